export type MessageDirection = "incoming" | "outgoing" | "system";

/** Everything that changes in the portal, told in order to whoever listens (event delivery, statistics, tests). */
export type Happening =
  | { kind: "messageAdded"; chatId: number; messageId: number; sessionId: number; direction: MessageDirection }
  | { kind: "messageUpdated"; chatId: number; messageId: number; direction: MessageDirection }
  | {
      kind: "messageDeleted";
      chatId: number;
      messageId: number;
      direction: MessageDirection;
      externalIds: string[];
    }
  | { kind: "reactionChanged"; chatId: number; messageId: number; userId: number; action: "add" | "delete" }
  | { kind: "sessionStarted"; chatId: number; sessionId: number }
  | { kind: "sessionChanged"; chatId: number; sessionId: number; status: number; operatorId: number }
  | { kind: "sessionFinished"; chatId: number; sessionId: number; status: number }
  | {
      kind: "activityAdded" | "activityUpdated" | "activityDeleted";
      chatId: number;
      activityId: number;
      userId: number;
    }
  | { kind: "membersChanged"; chatId: number; userIds: number[] };

export type HappeningListener = (happening: Happening) => void;

export interface HappeningBus {
  emit(happening: Happening): void;
  /** @returns a function that ends the listening */
  listen(listener: HappeningListener): () => void;
}

export function createHappeningBus(): HappeningBus {
  const listeners = new Set<HappeningListener>();
  return {
    emit(happening) {
      for (const listener of listeners) listener(happening);
    },
    listen(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
