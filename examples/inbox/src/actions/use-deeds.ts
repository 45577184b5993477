import {
  AnswerChatDocument,
  FinishChatDocument,
  FinishChatOnBehalfDocument,
  InterceptChatDocument,
  JoinChatDocument,
  MarkChatAsSpamDocument,
  PinChatDocument,
  SetSilentModeDocument,
  SkipChatDocument,
  StartSessionDocument,
  UnpinChatDocument,
} from "../graphql.ts";
import type { Deed } from "./offered.ts";
import { type Problem, useAction } from "./use-action.ts";

/** What is done at once; the others ask for more first. */
export type PromptDeed = Exclude<Deed, "transfer" | "rate">;

export interface Deeds {
  readonly carryOut: (deed: PromptDeed) => Promise<boolean>;
  readonly isBusy: boolean;
  /** What was not carried out last, and why. */
  readonly problem: Problem | undefined;
}

/** What one does with a chat. Each answer carries the chat as it is then, which the cache hands to all who show it. */
export function useDeeds(chatId: string): Deeds {
  const silentMode = useAction(SetSilentModeDocument);
  const plain = {
    answer: useAction(AnswerChatDocument),
    skip: useAction(SkipChatDocument),
    intercept: useAction(InterceptChatDocument),
    join: useAction(JoinChatDocument),
    start: useAction(StartSessionDocument),
    finish: useAction(FinishChatDocument),
    finishOnBehalf: useAction(FinishChatOnBehalfDocument),
    pin: useAction(PinChatDocument),
    unpin: useAction(UnpinChatDocument),
    spam: useAction(MarkChatAsSpamDocument),
  };
  const all = [silentMode, ...Object.values(plain)];
  return {
    carryOut(deed) {
      for (const action of all) action.forget();
      if (deed === "silence" || deed === "speak") return silentMode.run({ chatId, enabled: deed === "silence" });
      return plain[deed].run({ chatId });
    },
    isBusy: all.some(({ isRunning }) => isRunning),
    problem: all.find(({ problem }) => problem !== undefined)?.problem,
  };
}
