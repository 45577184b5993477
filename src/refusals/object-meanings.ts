import { UserErrorCode as Code } from "../schema/mutation-payload.ts";
import type { ObjectMeaning, QueryErrorCode } from "./meaning.ts";

/** What a query is told, by the user error of a mutation that is refused for the same; what is not named here no read is refused for. */
const QUERY_CODES: ReadonlyMap<Code, QueryErrorCode> = new Map<Code, QueryErrorCode>([
  [Code.CHAT_NOT_FOUND, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.NOT_OPEN_LINE_CHAT, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.ACCESS_DENIED, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.ACTING_USER_UNKNOWN, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.NO_OPEN_SESSION, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.NOT_OPERATOR, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.MESSAGE_NOT_FOUND, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.CHAT_NOT_IN_CRM, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.CRM_ENTITY_NOT_FOUND, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.NETWORK_LINE_NOT_FOUND, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.LINE_NOT_FOUND, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.BOT_NOT_FOUND, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.SESSION_NOT_FOUND, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.USER_NOT_FOUND, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.FILE_NOT_SENT, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.FILE_TOO_LARGE, "NOT_FOUND_OR_FORBIDDEN"],
  [Code.TEXT_EMPTY, "BAD_USER_INPUT"],
  [Code.ATTACHMENT_INVALID, "BAD_USER_INPUT"],
  [Code.ATTACHMENT_TOO_LARGE, "BAD_USER_INPUT"],
  [Code.KEYBOARD_INVALID, "BAD_USER_INPUT"],
  [Code.TRANSFER_TARGET_INVALID, "BAD_USER_INPUT"],
  [Code.INVALID_NETWORK_CODE, "BAD_USER_INPUT"],
  [Code.INVALID_ARGUMENT, "BAD_USER_INPUT"],
  [Code.RATING_OR_COMMENT_REQUIRED, "BAD_USER_INPUT"],
]);

export function meaning(user: Code, sentence: string, query?: QueryErrorCode): ObjectMeaning {
  return { kind: "business", user, sentence, query: query ?? QUERY_CODES.get(user) ?? "UPSTREAM_PROTOCOL" };
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
export const SESSION_NOT_FOUND = meaning(Code.SESSION_NOT_FOUND, "There is no session with this id.");
export const NO_SESSION = meaning(
  Code.SESSION_NOT_FOUND,
  "There is no session with this id, or the chat has never had one.",
);
export const USER_NOT_FOUND = meaning(Code.USER_NOT_FOUND, "There is no such user.");
export const ABSENT = meaning(
  Code.REFUSED,
  "There is no such object, or you may not see it.",
  "NOT_FOUND_OR_FORBIDDEN",
);
export const CANNOT_SKIP = meaning(
  Code.CANNOT_SKIP,
  "The chat could not be passed on: another operator must be in the queue, the line must offer chats one by one, a session must be open, and you must be in the chat.",
);
export const CANNOT_ANSWER = meaning(
  Code.CANNOT_ANSWER,
  "The chat could not be taken: you are its operator already, it has no open session, or somebody is taking it at this moment.",
);
export const CANNOT_INTERCEPT = meaning(
  Code.CANNOT_INTERCEPT,
  "The chat cannot be taken over: it must be an open-line chat that you have access to, and nobody may be taking it at this moment.",
);
