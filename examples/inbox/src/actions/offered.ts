import type { ChatFactsFragment } from "../graphql.ts";

/** What one can do with a conversation. */
export type Deed =
  | "answer"
  | "skip"
  | "intercept"
  | "join"
  | "start"
  | "transfer"
  | "finish"
  | "finishOnBehalf"
  | "pin"
  | "unpin"
  | "silence"
  | "speak"
  | "rate"
  | "spam";

export interface Offer {
  /** What is most likely wanted, the first most of all. */
  readonly first: readonly Deed[];
  readonly further: readonly Deed[];
}

/** What makes sense where the conversation stands; whether one may is for the portal to say. */
export function offeredFor(chat: ChatFactsFragment, viewerId: string | undefined): Offer {
  const silence: Deed = chat.isSilent === true ? "speak" : "silence";
  const isMine = chat.operator !== null && chat.operator.id === viewerId;
  switch (chat.state) {
    case "NO_OPEN_SESSION":
      return { first: ["start"], further: ["rate"] };
    case "UNASSIGNED":
      return { first: ["answer", "skip"], further: ["join", "transfer", silence, "rate", "spam"] };
    default:
      return isMine
        ? {
            first: ["finish", "transfer"],
            further: [chat.isPinned === true ? "unpin" : "pin", silence, "skip", "rate", "spam"],
          }
        : { first: ["intercept", "join"], further: ["transfer", "finishOnBehalf", silence, "rate", "spam"] };
  }
}
