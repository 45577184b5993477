import type { EventScope } from "../../config/setting-values.ts";

/** What an identity may do through the gateway, besides what its credential may in the portal. */
export interface IdentityRights {
  readonly query: boolean;
  /** Mutations. */
  readonly act: boolean;
  /** Null: no live events at all. */
  readonly events: EventRights | null;
}

export interface EventRights {
  readonly scope: EventScope;
  /** Lines whose events are granted besides the chats that the credential's user may see. */
  readonly lines: readonly string[];
}

export const OWN_EVENTS: EventRights = { scope: "own", lines: [] };
export const ALL_RIGHTS: IdentityRights = { query: true, act: true, events: OWN_EVENTS };

/** Why an operation of this kind is not for whoever has these rights; undefined when it is. */
export function missingRight(
  rights: IdentityRights,
  operation: "query" | "mutation" | "subscription",
): string | undefined {
  switch (operation) {
    case "query":
      return rights.query ? undefined : "This identity has no right to query (right: query).";
    case "mutation":
      return rights.act ? undefined : "This identity has no right to change anything (right: act).";
    case "subscription":
      return rights.events !== null ? undefined : "This identity has no right to live events (right: events).";
    default:
      return operation satisfies never;
  }
}
