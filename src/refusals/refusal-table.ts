import { UserErrorCode as Code } from "../schema/mutation-payload.ts";
import {
  ACTING_USER_UNKNOWN,
  ATTACHMENT_INVALID,
  ATTACHMENT_TOO_LARGE,
  BOT_NOT_FOUND,
  CANNOT_LEAVE,
  CHAT_NOT_FOUND,
  CHAT_NOT_IN_CRM,
  CRM_ENTITY_NOT_FOUND,
  INVALID_ARGUMENT,
  INVALID_CODE,
  KEYBOARD_INVALID,
  LEAD_NOT_CREATED,
  LINE_NOT_FOUND,
  MESSAGE_NOT_EDITABLE,
  MESSAGE_NOT_FOUND,
  MESSAGE_NOT_SENT,
  meaning,
  NETWORK_LINE_NOT_FOUND,
  NO_CHAT_ACCESS,
  NO_CRM_ACCESS,
  NO_OPEN_SESSION,
  NOT_OPEN_LINE_CHAT,
  NOT_OPERATOR,
  REPLY_NOT_POSSIBLE,
  type RefusalMeaning,
  TARGET_INVALID,
  TEXT_EMPTY,
  TRANSFER_REFUSED,
  USER_NOT_ACTIVE,
} from "./refusal-meanings.ts";

type Meanings = Readonly<Record<string, RefusalMeaning>>;

/** Codes that mean the same on every method that has no meaning of its own for them. */
export const GENERAL_MEANINGS: Meanings = {
  CHAT_ID: CHAT_NOT_FOUND,
  CHAT_ID_EMPTY: CHAT_NOT_FOUND,
  DIALOG_ID_EMPTY: CHAT_NOT_FOUND,
  EMPTY_CHAT_ID: CHAT_NOT_FOUND,
  ERROR_CHAT_NOT_EXISTS: CHAT_NOT_FOUND,
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
  // Codes of the messenger that take the place of the real one when the messenger objected first.
  ACCESS_DENIED_KICK: CANNOT_LEAVE,
  IM_ERROR_KICK: CANNOT_LEAVE,
  LEAVE_OWNER_FORBIDDEN: CANNOT_LEAVE,
  EMPTY_USER_OR_CHAT: CANNOT_LEAVE,
  CANCELED: MESSAGE_NOT_SENT,
  ERROR_FROM_OTHER_MODULE: MESSAGE_NOT_SENT,
  MESSAGE_ADD_ERROR: MESSAGE_NOT_SENT,
  MESSAGE_EMPTY: TEXT_EMPTY,
  USER_ID_EMPTY: meaning(Code.USER_NOT_FOUND, "Name a user by a whole number greater than 0."),
  USER_NOT_FOUND: meaning(Code.USER_NOT_FOUND, "There is no such user."),
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
  CONFIG_ID_EMPTY: LINE_NOT_FOUND,
  CONFIG_WRONG_USER_PERMISSION: meaning(
    Code.ACCESS_DENIED,
    "Changing this open line needs the right to modify open lines.",
  ),
};

const TRANSFER: Meanings = {
  USER_ID_EMPTY: TARGET_INVALID,
  QUEUE_ID_EMPTY: TARGET_INVALID,
  TRANSFER_ID_EMPTY: TARGET_INVALID,
  OPERATOR_WRONG: TRANSFER_REFUSED,
  "": TRANSFER_REFUSED,
};

const PIN: Meanings = {
  "": meaning(
    Code.NOT_OPERATOR,
    "Only the operator who is responsible for the chat may pin or unpin it: take the chat first.",
  ),
};

const BOT: Meanings = {
  ACCESS_DENIED: meaning(
    Code.BOT_NOT_CONFIGURED,
    "The portal demands the bot's client id under a webhook: set the credential's bot client id in the gateway's configuration.",
  ),
};

const CRM: Meanings = {
  ACCESS_DENIED: NO_CRM_ACCESS,
  CHAT_NOT_IN_CRM,
  CRM_CHAT_EMPTY_CRM_DATA: CRM_ENTITY_NOT_FOUND,
  CRM_CHAT_EMPTY_USER: meaning(Code.USER_NOT_FOUND, "Name a user by a whole number greater than 0."),
  CRM_CHAT_USER_NOT_ACTIVE: USER_NOT_ACTIVE,
};

const PARTICIPANT_NOT_ADDED = meaning(
  Code.PARTICIPANT_UNCHANGED,
  "The user could not be added: already in the chat, or not allowed to be.",
);
const PARTICIPANT_NOT_REMOVED = meaning(
  Code.PARTICIPANT_UNCHANGED,
  "The user could not be removed: not in the chat, or you may not remove participants.",
);

const FINISH: Meanings = { "": NO_OPEN_SESSION };

/** Meanings by method; `""` is what a refusal without a code means on that method. */
export const METHOD_MEANINGS: Readonly<Record<string, Meanings>> = {
  "imopenlines.operator.answer": {
    "": meaning(
      Code.CANNOT_ANSWER,
      "The chat could not be taken: you are its operator already, it has no open session, or somebody is taking it at this moment.",
    ),
  },
  "imopenlines.operator.skip": {
    "": meaning(
      Code.CANNOT_SKIP,
      "The chat could not be passed on: another operator must be in the queue, the line must offer chats one by one, and a session must be open.",
    ),
    ACCESS_DENIED_KICK: meaning(
      Code.CANNOT_SKIP,
      "The chat could not be passed on: it has no open session, or you could not be removed from it.",
    ),
    IM_ERROR_KICK: meaning(
      Code.CANNOT_SKIP,
      "The chat could not be passed on: it has no open session, or you are not in it.",
    ),
    EMPTY_USER_OR_CHAT: meaning(
      Code.CANNOT_SKIP,
      "The chat could not be passed on: it has no open session, or you are not in it.",
    ),
  },
  "imopenlines.operator.finish": FINISH,
  "imopenlines.operator.another.finish": FINISH,
  "imopenlines.operator.transfer": TRANSFER,
  "imopenlines.session.intercept": {
    OPERATOR_WRONG: meaning(
      Code.CANNOT_INTERCEPT,
      "The chat cannot be taken over: it must be an open-line chat that you have access to.",
    ),
    "": meaning(Code.CANNOT_INTERCEPT, "The chat cannot be taken over: somebody may be taking it at this moment."),
  },
  "imopenlines.session.mode.pin": PIN,
  "imopenlines.session.mode.unpin": PIN,
  "imopenlines.session.head.vote": {
    EMPTY_SESSION_ID: meaning(Code.SESSION_NOT_FOUND, "There is no session with this id."),
    EMPTY_VOTE_PARAMS: meaning(
      Code.RATING_OR_COMMENT_REQUIRED,
      "Give a rating, a comment or both; the portal takes a comment of just 0 for none.",
    ),
    ACCESS_DENIED: meaning(
      Code.ACCESS_DENIED,
      "You may not rate this session: it must exist, you need the right to rate on its line, and the portal's plan must include rating.",
    ),
  },
  "imopenlines.message.quick.save": {
    CANT_SAVE_QUICK_ANSWER: meaning(
      Code.QUICK_REPLY_NOT_SAVED,
      "The message was not saved as a canned response: it must exist, a session must be open, and you need the right to canned responses.",
    ),
    "": meaning(
      Code.QUICK_REPLY_NOT_SAVED,
      "The message was not saved as a canned response: check that it exists in this chat.",
    ),
  },
  "imopenlines.crm.lead.create": {
    ERROR_USER_NOT_OPERATOR: NOT_OPERATOR,
    IMOL_CHAT_ERROR_NOT_LOAD_DATA: LEAD_NOT_CREATED,
    "": LEAD_NOT_CREATED,
  },
  "imopenlines.crm.chat.get": CRM,
  "imopenlines.crm.chat.getLastId": CRM,
  "imopenlines.crm.chat.user.add": {
    ...CRM,
    WRONG_REQUEST: PARTICIPANT_NOT_ADDED,
    ACCESS_DENIED_EXTEND: PARTICIPANT_NOT_ADDED,
    "": PARTICIPANT_NOT_ADDED,
  },
  "imopenlines.crm.chat.user.delete": {
    ...CRM,
    CHAT_DELETE_USER_PERMISSION_DENIED: meaning(Code.ACCESS_DENIED, "You may not remove participants from this chat."),
    WRONG_REQUEST: PARTICIPANT_NOT_REMOVED,
    ACCESS_DENIED_KICK: PARTICIPANT_NOT_REMOVED,
    IM_ERROR_KICK: PARTICIPANT_NOT_REMOVED,
    EMPTY_USER_OR_CHAT: PARTICIPANT_NOT_REMOVED,
    "": PARTICIPANT_NOT_REMOVED,
  },
  "imopenlines.crm.message.add": {
    ...CRM,
    ERROR_NO_ACCESS: MESSAGE_NOT_SENT,
    "": MESSAGE_NOT_SENT,
  },
  "imopenlines.network.join": {
    CODE: INVALID_CODE,
    NOT_FOUND: NETWORK_LINE_NOT_FOUND,
    INACTIVE: meaning(Code.NETWORK_LINE_INACTIVE, "The network line is switched off: its owner must switch it on."),
    "": meaning(Code.NETWORK_LINE_NOT_FOUND, "The network line could not be joined: check the code."),
  },
  "imopenlines.network.message.add": {
    CODE: INVALID_CODE,
    NOT_FOUND: NETWORK_LINE_NOT_FOUND,
    USER_MESSAGE_LIMIT: meaning(
      Code.WEEKLY_LIMIT_REACHED,
      "This user already got a message of this line within the last seven days: wait until they have passed.",
    ),
    WRONG_REQUEST: MESSAGE_NOT_SENT,
    "": MESSAGE_NOT_SENT,
  },
  "imopenlines.bot.session.operator": {
    ...BOT,
    WRONG_CHAT: meaning(
      Code.CHAT_NOT_WITH_BOT,
      "The chat is not in the hands of a bot: only a bot's chat can be handed to an operator this way.",
    ),
  },
  "imopenlines.bot.session.message.send": BOT,
  "imopenlines.bot.session.transfer": { ...TRANSFER, ...BOT },
  "imopenlines.bot.session.finish": BOT,
  "imopenlines.dialog.get": {
    // The portal does not tell an absent chat from one that the caller may not see.
    ACCESS_ERROR: meaning(Code.ACCESS_DENIED, "There is no such open-line chat, or you have no access to it."),
  },
  "im.message.add": { ERROR_NO_ACCESS: MESSAGE_NOT_SENT, ACCESS_ERROR: MESSAGE_NOT_SENT, "": MESSAGE_NOT_SENT },
  "im.message.update": {
    "": MESSAGE_NOT_EDITABLE,
    ACCESS_ERROR: MESSAGE_NOT_EDITABLE,
    MESSAGE_ID_EMPTY: MESSAGE_NOT_FOUND,
  },
  "im.message.delete": {
    "": MESSAGE_NOT_EDITABLE,
    ACCESS_ERROR: MESSAGE_NOT_EDITABLE,
    MESSAGE_ID_EMPTY: MESSAGE_NOT_FOUND,
  },
  "im.chat.leave": { "": CANNOT_LEAVE, WRONG_REQUEST: CANNOT_LEAVE, CHAT_ID_EMPTY: CHAT_NOT_FOUND },
  "im.chat.mute": { WRONG_REQUEST: NO_CHAT_ACCESS, "": NO_CHAT_ACCESS },
};

/** A refusal without a code on a method that has no meaning of its own for it. */
export const BLANK_MEANING = meaning(
  Code.REFUSED,
  "The portal refused without a reason: read the object again to see what holds.",
);

/** A code that neither the documentation nor the portal's published behaviour knows. */
export const UNKNOWN_MEANING = meaning(
  Code.REFUSED,
  "The portal refused for a reason that the gateway has no word for: see bitrixCode and portalMessage.",
);
