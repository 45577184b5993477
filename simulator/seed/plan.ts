import type { Random } from "../random.ts";
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
  /** How many chats before this one ended the same way; spreads pins and the like evenly. */
  ordinal: number;
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

/** A chat of the line with the welcome bot, without earlier sessions: every world of some size has one in the bot's hands. */
const chatOfBot = 9;

/** The outcomes in an order that has nothing to do with lines or channels; every 40 chats have all of them. */
function outcomesFor(count: number, random: Random): Outcome[] {
  const outcomes: Outcome[] = [];
  while (outcomes.length < count) {
    const left = [...cycle];
    while (left.length > 0) outcomes.push(...left.splice(random.int(0, left.length - 1), 1));
  }
  return outcomes;
}

function tabOf(outcome: Outcome): string {
  return outcome === "replied" || outcome === "unanswered" ? outcome : "running";
}

/**
 * Decides who works on which chat and how it ends. Operators are taken in turn, separately for the running and the
 * answered dialogs, so that each has some of both; only those of the chat's line are eligible.
 */
export function planDialogs(world: World, chats: readonly SeedChat[], longest: number, random: Random): DialogPlan[] {
  const load = new Map<string, number>();
  const count = (key: string): number => {
    const before = load.get(key) ?? 0;
    load.set(key, before + 1);
    return before;
  };
  const outcomes = outcomesFor(chats.length, random);
  if (outcomes.length > chatOfBot) outcomes[chatOfBot] = "unanswered";
  return chats.map((seed, index) => {
    const outcome = outcomes[index] ?? "closed";
    const tab = tabOf(outcome);
    const queue = activeQueue(world, seed.chat.data.lineId);
    const byLoad = [...queue].sort((a, b) => (load.get(`${tab} ${a}`) ?? 0) - (load.get(`${tab} ${b}`) ?? 0));
    const operatorId = byLoad[0];
    if (operatorId === undefined) throw new Error(`Line ${seed.chat.data.lineId} has no operators`);
    count(`${tab} ${operatorId}`);
    const ordinal = count(outcome);
    return {
      ...seed,
      outcome,
      operatorId,
      ordinal,
      earlier: index % 7 === 3 ? 3 : index % 3 === 1 ? 1 : 0,
      length: outcome === "replied" && ordinal === 0 ? longest : undefined,
    };
  });
}
