import { UserErrorCode as Code } from "../schema/mutation-payload.ts";
import type { ObjectMeaning } from "./meaning.ts";
import {
  ABSENT,
  ACTING_USER_UNKNOWN,
  ATTACHMENT_INVALID,
  ATTACHMENT_TOO_LARGE,
  BOT_NOT_FOUND,
  CHAT_NOT_FOUND,
  CRM_ENTITY_NOT_FOUND,
  INVALID_ARGUMENT,
  KEYBOARD_INVALID,
  LEAD_NOT_CREATED,
  LINE_NOT_FOUND,
  MESSAGE_NOT_EDITABLE,
  MESSAGE_NOT_FOUND,
  MESSAGE_NOT_SENT,
  meaning,
  NO_CHAT_ACCESS,
  NO_OPEN_SESSION,
  NO_SESSION,
  NOT_OPEN_LINE_CHAT,
  NOT_OPERATOR,
  REPLY_NOT_POSSIBLE,
  TEXT_EMPTY,
  TRANSFER_REFUSED,
  USER_NOT_FOUND,
} from "./object-meanings.ts";

/** `""` is what a refusal without a code means. */
export type MeaningsByCode = Readonly<Record<string, ObjectMeaning>>;

/**
 * Codes by which the messenger says that somebody could not be taken out of a chat. They replace the method's own code when the messenger
 * objected first, so what they mean depends on the method.
 */
export function whenNotRemoved(meant: ObjectMeaning): MeaningsByCode {
  return Object.fromEntries(NOT_REMOVED.map((code) => [code, meant]));
}

const NOT_REMOVED: readonly string[] = [
  "ACCESS_DENIED_KICK",
  "IM_ERROR_KICK",
  "LEAVE_OWNER_FORBIDDEN",
  "EMPTY_USER_OR_CHAT",
];

/** Methods that are given no user: to them the messenger's word for an absent one says that somebody is not in the chat. */
const WITHOUT_A_USER = /^imopenlines\.(operator\.(finish|another\.finish|spam)$|session\.|message\.|crm\.lead\.)/;

/** Whether a code of the messenger stands in the place of one that the method itself would have given. */
export function replacesOwnCode(method: string, code: string): boolean {
  return NOT_REMOVED.includes(code) || (code === "USER_NOT_FOUND" && WITHOUT_A_USER.test(method));
}

/** Codes that mean the same on every method that has no meaning of its own for them. */
export const GENERAL_MEANINGS: MeaningsByCode = {
  CHAT_ID: CHAT_NOT_FOUND,
  CHAT_ID_EMPTY: CHAT_NOT_FOUND,
  DIALOG_ID_EMPTY: CHAT_NOT_FOUND,
  EMPTY_CHAT_ID: CHAT_NOT_FOUND,
  ERROR_CHAT_NOT_EXISTS: CHAT_NOT_FOUND,
  CHAT_NOT_FOUND,
  CHAT_DELETED: CHAT_NOT_FOUND,
  DIALOG_NOT_FOUND: CHAT_NOT_FOUND,
  ERROR_NOT_FOUND: ABSENT,
  NOT_FOUND: ABSENT,
  MESSAGE_NOT_FOUND,
  INVALID_SESSION_ID: NO_SESSION,
  NO_SESSION_ERROR: NO_SESSION,
  CRM_CHAT_EMPTY_CRM_DATA: CRM_ENTITY_NOT_FOUND,
  CHAT_TYPE: NOT_OPEN_LINE_CHAT,
  ACCESS_DENIED: NO_CHAT_ACCESS,
  ACCESS_ERROR: NO_CHAT_ACCESS,
  ERROR_NO_ACCESS: NO_CHAT_ACCESS,
  ACCESS_DENIED_EXTEND: NO_CHAT_ACCESS,
  USER_ID: ACTING_USER_UNKNOWN,
  ERROR_USER_NOT_OPERATOR: NOT_OPERATOR,
  NOT_LOAD_SESSION_OR_CHAT: NO_OPEN_SESSION,
  IMOL_CHAT_ERROR_NOT_LOAD_DATA: NO_OPEN_SESSION,
  IMOL_CHAT_ERROR_ANSWER_NOT_LOAD_SESSION: NO_OPEN_SESSION,
  IMOL_CHAT_ERROR_NOT_LOAD_CHAT: CHAT_NOT_FOUND,
  IMOL_CHAT_ERROR_NOT_LOAD_CRM: LEAD_NOT_CREATED,
  ANSWER_ALREADY_TAKEN: meaning(Code.ALREADY_ASSIGNED, "Another operator is already responsible for this chat."),
  CANCELED: MESSAGE_NOT_SENT,
  ERROR_FROM_OTHER_MODULE: MESSAGE_NOT_SENT,
  MESSAGE_ADD_ERROR: MESSAGE_NOT_SENT,
  MESSAGE_EMPTY: TEXT_EMPTY,
  USER_ID_EMPTY: meaning(Code.USER_NOT_FOUND, "Name a user by a whole number greater than 0.", "BAD_USER_INPUT"),
  USER_NOT_FOUND,
  USER_NOT_EXISTS: USER_NOT_FOUND,
  ERROR_USER_NOT_EXISTS: USER_NOT_FOUND,
  ATTACH_ERROR: ATTACHMENT_INVALID,
  PARAMS_ERROR: INVALID_ARGUMENT,
  ATTACH_OVERSIZE: ATTACHMENT_TOO_LARGE,
  KEYBOARD_ERROR: KEYBOARD_INVALID,
  KEYBOARD_OVERSIZE: KEYBOARD_INVALID,
  REPLY_ACCESS_ERROR: REPLY_NOT_POSSIBLE,
  REPLY_FROM_OTHER_CHAT_ERROR: REPLY_NOT_POSSIBLE,
  MESSAGE_ID_ERROR: MESSAGE_NOT_FOUND,
  CANT_EDIT_MESSAGE: MESSAGE_NOT_EDITABLE,
  ERROR_ARGUMENT: INVALID_ARGUMENT,
  OPERATOR_WRONG: TRANSFER_REFUSED,
  BOT_ID_ERROR: BOT_NOT_FOUND,
  CONFIG_ID_EMPTY: meaning(Code.LINE_NOT_FOUND, LINE_NOT_FOUND.sentence, "BAD_USER_INPUT"),
  CONFIG_WRONG_USER_PERMISSION: meaning(
    Code.ACCESS_DENIED,
    "Changing this open line needs the right to modify open lines.",
  ),
};
