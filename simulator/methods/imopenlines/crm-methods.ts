import { RestError } from "../../rest-error.ts";
import { staffWrites } from "../../world/conversation.ts";
import { bindNewCrmEntity, chatsOfCrm, hasActiveSession } from "../../world/crm.ts";
import { joinChat, leaveChat } from "../../world/members.ts";
import type { Chat } from "../../world/records.ts";
import { loadSession } from "../../world/sessions.ts";
import { openDialog } from "../dialog-access.ts";
import { raiseLegacy } from "../legacy-error.ts";
import { type Call, type Method, read, write } from "../method.ts";
import { intParam, isEmptyParam, isPresent, textParam } from "../param-reading.ts";
import {
  accessDenied,
  type CrmItem,
  crmItem,
  crmItemOrEmptyData,
  findEntity,
  isCrmType,
  mayReadItem,
  nullArgument,
  positiveId,
} from "./crm-arguments.ts";

const scope = "imopenlines";
const noAction = "You dont have access to this action";
const noJoin = "You don't have access to join user to chat";

const connectorTitles: Record<string, string> = {
  livechat: "Live Chat",
  telegrambot: "Telegram",
  whatsappbytwilio: "WhatsApp",
  network: "Bitrix24 Network",
  facebook: "Facebook: Messages",
};

const chatGet = read("imopenlines.crm.chat.get", scope, ({ world, params, userId }) => {
  const item = crmItem(params);
  if (!mayReadItem(world, userId, item)) throw accessDenied(noAction);
  const activeOnly = params.ACTIVE_ONLY !== "N";
  return chatsOfCrm(world, item.type, item.id)
    .filter((chat) => !activeOnly || hasActiveSession(world, chat))
    .map((chat) => ({
      CHAT_ID: String(chat.id),
      CONNECTOR_ID: chat.connectorId,
      CONNECTOR_TITLE: connectorTitles[chat.connectorId] ?? chat.connectorId,
    }));
});

const chatGetLastId = read("imopenlines.crm.chat.getLastId", scope, ({ world, params, userId }) => {
  const item = crmItemOrEmptyData(params);
  const last = mayReadItem(world, userId, item) ? chatsOfCrm(world, item.type, item.id)[0] : undefined;
  if (!last) throw new RestError("CRM_CHAT_EMPTY_CRM_DATA", "Could not find CRM entity");
  return last.id;
});

function notInCrm(): RestError {
  return new RestError("CHAT_NOT_IN_CRM", "Chat does not belong to the CRM entity being checked");
}

/** The chat of CHAT_ID or, without it, the item's last one; undefined when there is none at all. */
function chatOfItem({ world, params }: Call, item: CrmItem): Chat | undefined {
  const chats = chatsOfCrm(world, item.type, item.id);
  if (!isPresent(params, "CHAT_ID")) return chats[0];
  const chatId = intParam(params, "CHAT_ID");
  const chat = chats.find((candidate) => candidate.id === chatId);
  if (!chat || !hasActiveSession(world, chat)) throw notInCrm();
  return chat;
}

function requireActiveUser({ world }: Call, userId: number): void {
  if (!world.users.get(userId)?.active) throw new RestError("CRM_CHAT_USER_NOT_ACTIVE", "User not active");
}

const chatUserAdd = write("imopenlines.crm.chat.user.add", scope, (call) => {
  const { world, params, userId } = call;
  const item = crmItem(params);
  if (!isCrmType(item.type) || !mayReadItem(world, userId, item)) throw accessDenied(noJoin);
  const chat = chatOfItem(call, item);
  if (!chat) return 0;
  if (!chat.members.has(userId) && !world.rights.has(userId, "JOIN", chat.data.lineId)) throw accessDenied(noJoin);
  const added = intParam(params, "USER_ID");
  if (added <= 0) throw nullArgument("Empty USER_ID");
  requireActiveUser(call, added);
  const user = world.users.get(added);
  const prefix = "This user does not have access to the chat because he does not have access to this";
  if (!mayReadItem(world, added, item)) throw accessDenied(`${prefix} CRM entity`);
  if (user?.kind !== "bot" && !world.rights.has(added, "HISTORY", chat.data.lineId)) {
    throw accessDenied(`${prefix} view chat history`);
  }
  if (user?.kind === "customer") {
    throw new RestError("WRONG_REQUEST", "You don't have access or user already member in chat");
  }
  joinChat(world, chat, [added]);
  return chat.id;
});

const chatUserDelete = write("imopenlines.crm.chat.user.delete", scope, (call) => {
  const { world, params, userId } = call;
  if (isEmptyParam(params, "USER_ID")) throw new RestError("CRM_CHAT_EMPTY_USER", "Empty User ID");
  const item = crmItemOrEmptyData(params);
  if (!isCrmType(item.type) || !mayReadItem(world, userId, item)) throw accessDenied(noJoin);
  const chat = chatOfItem(call, item);
  if (!chat) return 0;
  if (!chat.members.has(userId) && !world.rights.has(userId, "JOIN", chat.data.lineId)) {
    const text = "You don't have access to delete a user from this chat";
    throw new RestError("CHAT_DELETE_USER_PERMISSION_DENIED", text, 403);
  }
  const removed = intParam(params, "USER_ID");
  requireActiveUser(call, removed);
  if (!chat.members.has(removed)) {
    throw new RestError("WRONG_REQUEST", "You don't have access or user already not in chat");
  }
  leaveChat(world, chat, [removed]);
  return chat.id;
});

const messageAdd = write("imopenlines.crm.message.add", scope, (call) => {
  const { world, params, userId } = call;
  const item = crmItem(params);
  const authorId = positiveId(params, "USER_ID");
  const chatId = positiveId(params, "CHAT_ID");
  if (isEmptyParam(params, "MESSAGE")) throw nullArgument("MESSAGE");
  if (!mayReadItem(world, userId, item)) throw accessDenied(noAction);
  if (!mayReadItem(world, authorId, item)) throw accessDenied("User dont have access to this entity");
  const chat = world.chats.get(chatId);
  if (!chat || findEntity(world, item) === undefined || chatOfItem(call, item) !== chat) throw notInCrm();
  const author = world.users.get(authorId);
  if (!chat.members.has(authorId) || author?.kind === "customer") {
    raiseLegacy(call.cache, new RestError("CANCELED", "You cannot send messages to the specified chat"));
    throw new RestError("MESSAGE_ADD_ERROR", "Message isn't added");
  }
  const attach = { ID: 1, BLOCKS: [{ MESSAGE: "Auto generated message" }], DESCRIPTION: "", COLOR: "transparent" };
  return staffWrites(world, chat, { authorId, text: textParam(params, "MESSAGE"), params: { ATTACH: [attach] } }).id;
});

const leadCreate = write("imopenlines.crm.lead.create", scope, (call) => {
  const { world, params, userId } = call;
  const chat = openDialog(call, intParam(params, "CHAT_ID"));
  if (chat.crm.saved) return true;
  const session = loadSession(world, chat, true);
  if (session?.operatorId !== userId) {
    const text = "Attempt to save a CRM entity by a user who is not an operator";
    throw new RestError("ERROR_USER_NOT_OPERATOR", text);
  }
  bindNewCrmEntity(world, chat, "LEAD", userId);
  return true;
});

export const crmMethods: readonly Method[] = [
  chatGet,
  chatGetLastId,
  chatUserAdd,
  chatUserDelete,
  messageAdd,
  leadCreate,
];
