import type { CrmEntity } from "../world/office-records.ts";
import type { Chat } from "../world/records.ts";
import type { World } from "../world/world.ts";
import { localisedError } from "./localised-errors.ts";
import type { Call } from "./method.ts";

/** Whether the user may read the CRM item: it is his, or the right to all CRM was granted to him. */
export function mayReadCrm(world: World, userId: number, entity: CrmEntity): boolean {
  return entity.assignedTo === userId || world.rights.has(userId, "CRM");
}

/** Whether the dialog's main CRM item lets the user in. */
export function mayReadChatCrm(world: World, userId: number, chat: Chat): boolean {
  if (!chat.crm.saved) return false;
  const entity = world.crm.get(world.crmKey(chat.crm.type, chat.crm.id));
  return entity !== undefined && mayReadCrm(world, userId, entity);
}

/**
 * The check before operator.*, session.* and message.*: CHAT_ID for a missing or unknown chat, CHAT_TYPE for a chat of
 * no line, ACCESS_DENIED without membership, offer, JOIN right or CRM access; all HTTP 400.
 */
export function openDialog({ world, userId, portal }: Call, chatId: number): Chat {
  const chat = chatId > 0 ? world.chats.get(chatId) : undefined;
  if (!chat) throw localisedError("CHAT_ID", portal.language);
  if (!world.users.get(userId)?.active) throw localisedError("USER_ID", portal.language);
  if (chat.kind !== "lines") throw localisedError("CHAT_TYPE", portal.language);
  if (chat.members.has(userId) || chat.recents.has(userId)) return chat;
  if (world.rights.has(userId, "JOIN", chat.data.lineId) || mayReadChatCrm(world, userId, chat)) return chat;
  throw localisedError("ACCESS_DENIED", portal.language);
}

/** Whether the user may see the dialog's record without being told why not. */
export function maySeeDialog(world: World, userId: number, chat: Chat): boolean {
  return (
    chat.members.has(userId) ||
    chat.recents.has(userId) ||
    world.rights.has(userId, "JOIN", chat.data.lineId) ||
    mayReadChatCrm(world, userId, chat)
  );
}
