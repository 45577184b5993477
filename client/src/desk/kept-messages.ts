import type { TextStorage } from "../cursors.ts";
import { isRecord, parsed } from "../result.ts";
import type { Outgoing } from "./outbox.ts";

/** Messages that are not settled, for the next page: a reload must not lose one of which nobody knows whether it was sent. */
export interface KeptMessages {
  /** What was left behind; nothing where the storage fails. */
  read(): Promise<readonly Outgoing[]>;
  /** Replaces what this page had. Those of other tabs stay as they are. */
  keep(messages: readonly Outgoing[]): void;
}

export function keptMessages(storage: TextStorage | undefined, name: string): KeptMessages {
  if (storage === undefined) return { read: async () => [], keep: () => undefined };
  const known = new Set<string>();
  let writing: Promise<unknown> = Promise.resolve();
  const read = async () => readMessages(await storage.getItem(name));
  async function write(messages: readonly Outgoing[]): Promise<void> {
    const others = (await read()).filter(({ key }) => !known.has(key));
    const all = [...others, ...messages.filter(({ state }) => state !== "sent")];
    await (all.length === 0 ? storage?.removeItem(name) : storage?.setItem(name, JSON.stringify(all)));
  }
  return {
    read: () => read().catch(() => []),
    keep(messages) {
      for (const { key } of messages) known.add(key);
      // Full or forbidden: the message is still in memory.
      writing = writing.then(() => write(messages)).catch(() => undefined);
    },
  };
}

function readMessages(text: string | null): Outgoing[] {
  const kept = parsed(text ?? "[]");
  return Array.isArray(kept) ? kept.flatMap((each) => readMessage(each) ?? []) : [];
}

/** What was being sent when the page ended may have been sent or not. */
function readMessage(value: unknown): Outgoing | undefined {
  if (!isRecord(value)) return undefined;
  const { key, chatId, text, replyToId, writtenAt, state } = value;
  if (typeof key !== "string" || typeof chatId !== "string" || typeof text !== "string") return undefined;
  return {
    key,
    chatId,
    text,
    replyToId: typeof replyToId === "string" ? replyToId : undefined,
    writtenAt: typeof writtenAt === "number" ? writtenAt : 0,
    state: state === "failed" || state === "refused" ? state : "unknown",
    userErrors: [],
  };
}
