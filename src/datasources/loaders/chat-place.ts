import { isCanonicalId } from "../bitrix24/wire.ts";
import type { ChatRecord } from "../domain/chat.ts";
import type { Id } from "../domain/ids.ts";

/** What an event tells about its chat. */
export interface ChatPlace {
  readonly chatId: Id | null;
  readonly connectorId: string | null;
  readonly externalChatId: string | null;
  /** Digits beside it, which may be the portal's id. */
  readonly namedChatId?: Id | null;
}

const UNKNOWN_PLACE = "place";
export const chatTag = (id: Id): string => `chat ${id}`;
const placeTag = (connectorId: string, externalChatId: string): string => `place ${connectorId}\n${externalChatId}`;

/** By what an event may name the chat: tags of what is kept of it. */
export function tagsOfChat({ id, userCode }: Pick<ChatRecord, "id" | "userCode">): string[] {
  return [chatTag(id), userCode ? placeTag(userCode.connectorId, userCode.externalChatId) : UNKNOWN_PLACE];
}

/** Tags of which one is on whatever is kept of an event's chat; undefined where it may be any chat. */
export function tagsOfPlace(place: ChatPlace): readonly string[] | undefined {
  const { chatId, connectorId, externalChatId, namedChatId = null } = place;
  if (chatId !== null) return [chatTag(chatId)];
  if (connectorId === null || externalChatId === null) return undefined;
  // Which of two numbers is the portal's is not told, and to read a chat again that nothing happened in costs little.
  const numbers = [externalChatId, namedChatId].filter((id) => isCanonicalId(id));
  return [placeTag(connectorId, externalChatId), UNKNOWN_PLACE, ...numbers.map(chatTag)];
}
