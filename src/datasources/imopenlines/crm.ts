import type { Call } from "../bitrix24/calls.ts";
import { acceptance, object, optionalId, optionalText } from "../bitrix24/wire.ts";
import { kept, ornamental } from "../bitrix24/wire-lists.ts";
import type { CrmReference } from "../domain/chat.ts";
import type { Id } from "../domain/ids.ts";
import type { ChatWrite } from "../im/chat-write.ts";
import { flagParam, idParam } from "../rest-params.ts";

/** A chat that is linked to a CRM item. */
export interface CrmChatRecord {
  readonly chatId: Id;
  readonly connectorId: string | null;
  /** In the portal's language. */
  readonly connectorTitle: string | null;
}

function entityParams(entity: CrmReference): Call<unknown>["params"] {
  return { CRM_ENTITY_TYPE: entity.type.toLowerCase(), CRM_ENTITY: idParam(entity.id) };
}

/**
 * Chats of a CRM item, the last changed first (`imopenlines.crm.chat.get`). "Active" leaves out dialogs that nobody has answered yet and those
 * that are closing. An unknown item is an empty list. Refusals: `ACCESS_DENIED`, `ERROR_ARGUMENT`.
 */
export function crmChatGet(entity: CrmReference, activeOnly: boolean): Call<CrmChatRecord[]> {
  return {
    method: "imopenlines.crm.chat.get",
    params: { ...entityParams(entity), ACTIVE_ONLY: flagParam(activeOnly) },
    decode: decodeCrmChats,
  };
}

function decodeCrmChats(result: unknown): CrmChatRecord[] {
  const chats: CrmChatRecord[] = [];
  kept(result, "", (entry, path) => {
    const raw = object(entry, path);
    const chatId = optionalId(raw.CHAT_ID, `${path}.CHAT_ID`);
    // The portal writes null for a chat that is gone: there is nothing left to name.
    if (chatId === null) return;
    chats.push({
      chatId,
      connectorId: ornamental(optionalText, raw.CONNECTOR_ID, `${path}.CONNECTOR_ID`),
      connectorTitle: ornamental(optionalText, raw.CONNECTOR_TITLE, `${path}.CONNECTOR_TITLE`),
    });
  });
  return chats;
}

/**
 * The latest chat of a CRM item (`imopenlines.crm.chat.getLastId`); null for 0. "None" is usually a refusal: `CRM_CHAT_EMPTY_CRM_DATA` stands for no chat,
 * unknown item and missing rights alike.
 */
export function crmChatGetLastId(entity: CrmReference): Call<Id | null> {
  return { method: "imopenlines.crm.chat.getLastId", params: entityParams(entity), decode: decodeIdOrNone };
}

/** Who is added or removed, and where; without `chatId` the portal takes the item's latest chat. */
export interface CrmChatMember {
  readonly entity: CrmReference;
  readonly userId: Id;
  readonly chatId?: Id | undefined;
}

function memberParams(member: CrmChatMember): Call<unknown>["params"] {
  return {
    ...entityParams(member.entity),
    USER_ID: idParam(member.userId),
    CHAT_ID: member.chatId === undefined ? undefined : idParam(member.chatId),
  };
}

/**
 * Adds a user or bot to a CRM item's chat (`imopenlines.crm.chat.user.add`). The chat's id; null when the item has no chat and nothing was
 * done.
 */
export function crmChatUserAdd(member: CrmChatMember): ChatWrite<Id | null> {
  return {
    method: "imopenlines.crm.chat.user.add",
    changes: "CRM",
    params: memberParams(member),
    decode: decodeIdOrNone,
  };
}

/**
 * Removes a user or bot from a CRM item's chat (`imopenlines.crm.chat.user.delete`). The chat's id; null when the item has no chat and
 * nothing was done.
 */
export function crmChatUserDelete(member: CrmChatMember): ChatWrite<Id | null> {
  return {
    method: "imopenlines.crm.chat.user.delete",
    changes: "CRM",
    params: memberParams(member),
    decode: decodeIdOrNone,
  };
}

/**
 * Sends a message into a CRM item's chat in the name of `authorId` (`imopenlines.crm.message.add`). The message's id; null when nothing was sent. Both the
 * caller and the author need rights on the item, and the author must be in the chat.
 */
export function crmMessageAdd(message: {
  readonly entity: CrmReference;
  readonly authorId: Id;
  readonly chatId: Id;
  readonly text: string;
}): ChatWrite<Id | null> {
  return {
    method: "imopenlines.crm.message.add",
    changes: null,
    params: {
      ...entityParams(message.entity),
      USER_ID: idParam(message.authorId),
      CHAT_ID: idParam(message.chatId),
      MESSAGE: message.text,
    },
    decode: decodeIdOrNone,
  };
}

/**
 * Makes a CRM lead of the dialog (`imopenlines.crm.lead.create`). The portal does not tell the lead's id: read the chat's CRM links again.
 * Refusal: `ERROR_USER_NOT_OPERATOR`.
 */
export function crmLeadCreate(chatId: Id): ChatWrite<boolean> {
  return {
    method: "imopenlines.crm.lead.create",
    changes: "CRM",
    params: { CHAT_ID: idParam(chatId) },
    decode: acceptance,
  };
}

function decodeIdOrNone(result: unknown): Id | null {
  return optionalId(result, "");
}
