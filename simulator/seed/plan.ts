import { activeQueue } from "../world/line-settings.ts";
import type { World } from "../world/world.ts";
import type { SeedChat } from "./chats.ts";

/** How a seeded dialog ends up. */
export type Outcome =
  | "unanswered"
  | "skipped"
  | "answered"
  | "customerWaits"
  | "wroteAgain"
  | "replied"
  | "closing"
  | "closed"
  | "spam"
  | "duplicate";

export interface DialogPlan extends SeedChat {
  outcome: Outcome;
  operatorId: number;
  /** Sessions that were opened and closed before the last one. */
  earlier: number;
  /** Messages of the last session's conversation; undefined = as long as the conversation is. */
  length: number | undefined;
}

/** Shares of the outcomes in every 40 chats; the first three groups fill the operators' three tabs. */
const cycle: readonly Outcome[] = [
  ...Array<Outcome>(6).fill("unanswered"),
  ...Array<Outcome>(4).fill("wroteAgain"),
  ...Array<Outcome>(4).fill("customerWaits"),
  ...Array<Outcome>(4).fill("answered"),
  ...Array<Outcome>(12).fill("replied"),
  ...Array<Outcome>(1).fill("skipped"),
  ...Array<Outcome>(2).fill("closing"),
  ...Array<Outcome>(5).fill("closed"),
  ...Array<Outcome>(1).fill("spam"),
  ...Array<Outcome>(1).fill("duplicate"),
];

/**
 * Decides who works on which chat and how it ends. Operators are taken in turn, separately for the running and the
 * answered dialogs, so that each has some of both; only those of the chat's line are eligible.
 */
export function planDialogs(world: World, chats: readonly SeedChat[], longest: number): DialogPlan[] {
  const load = new Map<string, number>();
  return chats.map((seed, index) => {
    const outcome = cycle[index % cycle.length] ?? "closed";
    const group = outcome === "replied" ? "replied" : outcome === "unanswered" ? "unanswered" : "running";
    const queue = activeQueue(world, seed.chat.data.lineId);
    const operatorId = [...queue].sort(
      (a, b) => (load.get(`${group} ${a}`) ?? 0) - (load.get(`${group} ${b}`) ?? 0),
    )[0];
    if (operatorId === undefined) throw new Error(`Line ${seed.chat.data.lineId} has no operators`);
    load.set(`${group} ${operatorId}`, (load.get(`${group} ${operatorId}`) ?? 0) + 1);
    const isLong = index === cycle.indexOf("replied");
    return {
      ...seed,
      outcome,
      operatorId,
      earlier: index % 7 === 3 ? 3 : index % 3 === 1 ? 1 : 0,
      length: isLong ? longest : undefined,
    };
  });
}
