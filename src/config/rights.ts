import { z } from "zod";

/** Which live events somebody may see: those of chats that his credential's user may see, or all of the portal. */
export type EventScope = "own" | "all";

/** What somebody may do through the gateway, besides what his credential may in the portal. */
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

const RIGHTS = ["query", "act", "events"] as const;

export const rightList = z.array(z.enum(RIGHTS, { error: "knows the rights query, act and events" })).min(1, {
  error: "must grant at least one right of query, act and events",
});
/** `none` takes the right away that is there by default. */
export const writtenScope = z.enum(["own", "all", "none"], { error: "takes own, all or none for live events" });
export const lineIds = z.array(z.string().regex(/^[1-9][0-9]*$/, "takes ids of lines, such as 1 and 2"));

/** Rights as they are written down, the same in the keys file, for keys of the environment and for users. */
export interface WrittenRights {
  /** All three when left out. */
  readonly rights?: readonly (typeof RIGHTS)[number][] | undefined;
  /** `own` when left out. */
  readonly events?: z.output<typeof writtenScope> | undefined;
  readonly lines?: readonly string[] | undefined;
}

/** Why written rights contradict each other; undefined when they do not. */
export function rightsProblem({ rights, events, lines }: WrittenRights): string | undefined {
  const granted = events !== "none" && (rights === undefined || rights.includes("events"));
  if (granted || ((events === undefined || events === "none") && (lines ?? []).length === 0)) return undefined;
  return "must have the right events where it says which events";
}

/** What written rights grant. */
export function grantedRights({ rights = RIGHTS, events = "own", lines = [] }: WrittenRights): IdentityRights {
  return {
    query: rights.includes("query"),
    act: rights.includes("act"),
    events: rights.includes("events") && events !== "none" ? { scope: events, lines } : null,
  };
}
