import type { IdentityRights } from "../../config/rights.ts";

export const NO_RIGHT_TO_EVENTS = "This identity has no right to live events (events).";

/** Why an operation of this kind is not for whoever has these rights; undefined when it is. The code that goes with it is `FORBIDDEN`. */
export function missingRight(
  rights: IdentityRights,
  operation: "query" | "mutation" | "subscription",
): string | undefined {
  switch (operation) {
    case "query":
      return rights.query ? undefined : "This identity has no right to read (query).";
    case "mutation":
      return rights.act ? undefined : "This identity has no right to change anything (act).";
    case "subscription":
      return rights.events !== null ? undefined : NO_RIGHT_TO_EVENTS;
    default:
      return operation satisfies never;
  }
}
