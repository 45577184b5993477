import { type Problem, useAction } from "../actions/use-action.ts";
import { LeaveChatDocument, MarkChatAsUnreadDocument, MuteChatDocument, PinInInboxDocument } from "../graphql.ts";

export type RowDeed = "pin" | "unpin" | "markAsUnread" | "mute" | "unmute" | "leave";

export interface RowDeeds {
  readonly carryOut: (chatId: string, deed: RowDeed) => void;
  readonly problem: Problem | undefined;
}

/** What one does with conversations in one's own list; the list itself shows what came of it. */
export function useRowDeeds(): RowDeeds {
  const pin = useAction(PinInInboxDocument);
  const unread = useAction(MarkChatAsUnreadDocument);
  const mute = useAction(MuteChatDocument);
  const leave = useAction(LeaveChatDocument);
  const all = [pin, unread, mute, leave];
  const run = (chatId: string, deed: RowDeed): Promise<boolean> => {
    switch (deed) {
      case "pin":
      case "unpin":
        return pin.run({ chatId, pinned: deed === "pin" });
      case "markAsUnread":
        return unread.run({ chatId });
      case "mute":
      case "unmute":
        return mute.run({ chatId, muted: deed === "mute" });
      case "leave":
        return leave.run({ chatId });
      default:
        return deed satisfies never;
    }
  };
  return {
    carryOut(chatId, deed) {
      for (const action of all) action.forget();
      void run(chatId, deed);
    },
    problem: all.find(({ problem }) => problem !== undefined)?.problem,
  };
}
