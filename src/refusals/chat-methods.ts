import { UserErrorCode as Code } from "../schema/mutation-payload.ts";
import { type MeaningsByCode, whenNotRemoved } from "./code-meanings.ts";
import {
  ABSENT,
  CANNOT_ANSWER,
  CANNOT_INTERCEPT,
  CANNOT_LEAVE,
  CANNOT_SKIP,
  LEAD_NOT_CREATED,
  LINE_NOT_FOUND,
  MESSAGE_NOT_EDITABLE,
  MESSAGE_NOT_FOUND,
  MESSAGE_NOT_SENT,
  meaning,
  NO_CHAT_ACCESS,
  NO_OPEN_SESSION,
  NOT_OPERATOR,
  SESSION_NOT_FOUND,
  TARGET_INVALID,
  TRANSFER_REFUSED,
} from "./object-meanings.ts";

/** Bots hand chats over by the same rules. */
export const TRANSFER: MeaningsByCode = {
  USER_ID_EMPTY: TARGET_INVALID,
  QUEUE_ID_EMPTY: TARGET_INVALID,
  TRANSFER_ID_EMPTY: TARGET_INVALID,
  ...whenNotRemoved(TRANSFER_REFUSED),
  USER_NOT_FOUND: TRANSFER_REFUSED,
  OPERATOR_WRONG: TRANSFER_REFUSED,
  "": TRANSFER_REFUSED,
};

const PIN: MeaningsByCode = {
  "": meaning(
    Code.NOT_OPERATOR,
    "Only the operator who is responsible for the chat may pin or unpin it: take the chat first.",
  ),
};

const FINISH: MeaningsByCode = { "": NO_OPEN_SESSION };

const FILE_TOO_LARGE = meaning(Code.FILE_TOO_LARGE, "The portal does not take a file of this size.");
const FILE_NOT_SENT = meaning(
  Code.FILE_NOT_SENT,
  "The portal did not take the file: you must be a participant who may write to this chat, and its disk must have room.",
);

const FILE: MeaningsByCode = {
  ACCESS_DENIED: NO_CHAT_ACCESS,
  FILE_EMPTY: FILE_NOT_SENT,
  FILE_INVALID_CONTENT: FILE_NOT_SENT,
  FILE_TOO_LARGE,
  FOLDER_ERROR: FILE_NOT_SENT,
  UPLOAD_FAILED: FILE_NOT_SENT,
  SEND_FAILED: FILE_NOT_SENT,
  FILES_ERROR: FILE_NOT_SENT,
  SAVE_ERROR: FILE_NOT_SENT,
  FILE_NOT_FOUND: ABSENT,
  FILE_ACCESS_ERROR: NO_CHAT_ACCESS,
  "": FILE_NOT_SENT,
};

/** Methods that refuse an object with the status and the code of a plan's refusal. */
export const FILE_METHODS: Readonly<Record<string, MeaningsByCode>> = {
  "im.v2.File.upload": FILE,
  "im.v2.File.download": FILE,
  "im.disk.folder.get": FILE,
  "im.disk.file.commit": FILE,
  "disk.folder.uploadFile": FILE,
  "disk.file.get": FILE,
};

/** Refusals of the methods about chats, sessions and messages. */
export const CHAT_METHODS: Readonly<Record<string, MeaningsByCode>> = {
  "imopenlines.operator.answer": { ...whenNotRemoved(CANNOT_ANSWER), USER_NOT_FOUND: CANNOT_ANSWER, "": CANNOT_ANSWER },
  "imopenlines.operator.skip": { ...whenNotRemoved(CANNOT_SKIP), USER_NOT_FOUND: CANNOT_SKIP, "": CANNOT_SKIP },
  "imopenlines.operator.finish": FINISH,
  "imopenlines.operator.another.finish": FINISH,
  "imopenlines.operator.transfer": TRANSFER,
  "imopenlines.session.intercept": {
    ...whenNotRemoved(CANNOT_INTERCEPT),
    USER_NOT_FOUND: CANNOT_INTERCEPT,
    OPERATOR_WRONG: CANNOT_INTERCEPT,
    "": CANNOT_INTERCEPT,
  },
  "imopenlines.session.mode.pin": PIN,
  "imopenlines.session.head.vote": {
    EMPTY_SESSION_ID: SESSION_NOT_FOUND,
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
  "imopenlines.dialog.get": {
    // The portal does not tell an absent chat from one that the caller may not see.
    ACCESS_ERROR: meaning(Code.ACCESS_DENIED, "There is no such open-line chat, or you have no access to it."),
  },
  "imopenlines.v2.QuickReply.list": { INVALID_LINE_ID: LINE_NOT_FOUND },
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
  "im.chat.leave": {
    ...whenNotRemoved(CANNOT_LEAVE),
    USER_NOT_FOUND: CANNOT_LEAVE,
    WRONG_REQUEST: CANNOT_LEAVE,
    "": CANNOT_LEAVE,
  },
  "im.chat.mute": { WRONG_REQUEST: NO_CHAT_ACCESS, "": NO_CHAT_ACCESS },
};
