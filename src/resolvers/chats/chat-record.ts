import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { Chat } from "../../schema/chat.ts";
import type { OperationContext } from "../engine/context.ts";

type ChatKey = keyof ChatRecord;

/**
 * Derives a value from the chat's record. Answered at once from what the operation knows of the chat, if that tells all of `keys`; otherwise
 * the full record is read, once for all fields of the operation. Refusals are those of `dialog.get`.
 */
export function fromChat<T>(
  chat: Chat,
  context: OperationContext,
  keys: readonly ChatKey[],
  derive: (record: ChatRecord) => T,
): T | Promise<T> {
  const told = whatIsTold(chat, context, keys);
  return told === undefined ? context.loaders.chat(chat.id).then(derive) : derive(told);
}

function whatIsTold(chat: Chat, context: OperationContext, keys: readonly ChatKey[]): ChatRecord | undefined {
  const known = context.loaders.knownChat(chat.id);
  if (known !== undefined && tells(known, keys)) return known;
  return chat.record !== undefined && tells(chat.record, keys) ? chat.record : undefined;
}

/** The full record tells all that any call tells; what it leaves out is not to be had. */
function tells(record: ChatRecord, keys: readonly ChatKey[]): boolean {
  return record.source === "full" || keys.every((key) => record[key] !== undefined);
}

/** One field of the record; null where the portal does not tell it. */
export function tell<Key extends ChatKey>(
  chat: Chat,
  context: OperationContext,
  key: Key,
): NonNullable<ChatRecord[Key]> | null | Promise<NonNullable<ChatRecord[Key]> | null> {
  return fromChat(chat, context, [key], (record) => record[key] ?? null);
}

/** A field that `dialog.get` never tells: from a recent list or a history of this operation, null otherwise. Never reads. */
export function tellIfKnown<Key extends ChatKey>(
  chat: Chat,
  context: OperationContext,
  key: Key,
): NonNullable<ChatRecord[Key]> | null {
  return context.loaders.knownChat(chat.id)?.[key] ?? chat.record?.[key] ?? null;
}
