import { UserErrorCode as Code } from "../schema/mutation-payload.ts";

/** What a portal code means to a client, and the sentence that says what would be right. */
export interface RefusalMeaning {
  readonly code: Code;
  readonly message: string;
}

export function meaning(code: Code, message: string): RefusalMeaning {
  return { code, message };
}

export const CHAT_NOT_FOUND = meaning(Code.CHAT_NOT_FOUND, "There is no chat with this id.");
export const NOT_OPEN_LINE_CHAT = meaning(
  Code.NOT_OPEN_LINE_CHAT,
  "This chat does not belong to an open line; open-line actions need a chat that does.",
);
export const NO_CHAT_ACCESS = meaning(
  Code.ACCESS_DENIED,
  "You have no access to this chat: be its participant, or have the right to join the chats of its line.",
);
export const ACTING_USER_UNKNOWN = meaning(
  Code.ACTING_USER_UNKNOWN,
  "The portal could not tell on whose behalf this was called: use a credential that belongs to an active user.",
);
export const NO_OPEN_SESSION = meaning(
  Code.NO_OPEN_SESSION,
  "The chat has no open session: start one first, or wait until the customer writes.",
);
export const NOT_OPERATOR = meaning(
  Code.NOT_OPERATOR,
  "Only the operator who is responsible for the chat may do this: take the chat first.",
);
export const CANNOT_LEAVE = meaning(
  Code.CANNOT_LEAVE,
  "A participant could not be removed from the chat: the owner cannot leave, or the user is not in it.",
);
export const MESSAGE_NOT_SENT = meaning(
  Code.MESSAGE_NOT_SENT,
  "The message was not created: the sender must be a participant who may write to this chat.",
);
export const TEXT_EMPTY = meaning(Code.TEXT_EMPTY, "The text is empty: give at least one visible character.");
export const ATTACHMENT_INVALID = meaning(
  Code.ATTACHMENT_INVALID,
  "The portal does not understand the attachments: give an attachment object with a list of blocks.",
);
export const ATTACHMENT_TOO_LARGE = meaning(
  Code.ATTACHMENT_TOO_LARGE,
  "The attachments must not exceed 30 KB as JSON.",
);
export const KEYBOARD_INVALID = meaning(
  Code.KEYBOARD_INVALID,
  "The portal does not understand the keyboard: give buttons that link to external sites.",
);
export const TARGET_INVALID = meaning(
  Code.TRANSFER_TARGET_INVALID,
  "Name the transfer target as the id of one active user or of one open line.",
);
export const TRANSFER_REFUSED = meaning(
  Code.TRANSFER_REFUSED,
  "The chat cannot be transferred to this target: it must be another active employee or an existing open line, and you need access to the chat.",
);
export const MESSAGE_NOT_FOUND = meaning(Code.MESSAGE_NOT_FOUND, "There is no message with this id that you can see.");
export const MESSAGE_NOT_EDITABLE = meaning(
  Code.MESSAGE_NOT_EDITABLE,
  "Only its author may change or delete a message, and only for a limited time after sending.",
);
export const USER_NOT_ACTIVE = meaning(Code.USER_NOT_ACTIVE, "The user is unknown or not active: name an active user.");
export const NO_CRM_ACCESS = meaning(
  Code.ACCESS_DENIED,
  "You, or the user you named, have no access to this CRM item or to the chats of its line.",
);
export const CHAT_NOT_IN_CRM = meaning(
  Code.CHAT_NOT_IN_CRM,
  "The chat does not belong to this CRM item with an active session: an operator must have answered it and it must not be closing.",
);
export const CRM_ENTITY_NOT_FOUND = meaning(
  Code.CRM_ENTITY_NOT_FOUND,
  "There is no such CRM item with a chat, or you may not see it.",
);
export const INVALID_CODE = meaning(Code.INVALID_NETWORK_CODE, "A network line's code has exactly 32 characters.");
export const NETWORK_LINE_NOT_FOUND = meaning(
  Code.NETWORK_LINE_NOT_FOUND,
  "There is no network line with this code, or it is not joined: check the code and join the line first.",
);
export const LINE_NOT_FOUND = meaning(Code.LINE_NOT_FOUND, "There is no open line with this id.");
export const BOT_NOT_FOUND = meaning(
  Code.BOT_NOT_FOUND,
  "No bot is registered for this application or client id: register an open-line bot first.",
);
export const REPLY_NOT_POSSIBLE = meaning(
  Code.REPLY_NOT_POSSIBLE,
  "The message to reply to must be in the same chat and visible to you.",
);
export const INVALID_ARGUMENT = meaning(
  Code.INVALID_ARGUMENT,
  "The portal does not accept the value of an argument: ids are whole numbers greater than 0, and texts must not be empty or just 0.",
);
export const LEAD_NOT_CREATED = meaning(
  Code.LEAD_NOT_CREATED,
  "The portal could not create the lead: check that CRM is switched on for the line and that the chat can be read.",
);
