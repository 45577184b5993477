import { UserErrorCode as Code } from "../schema/mutation-payload.ts";
import { type MeaningsByCode, whenNotRemoved } from "./code-meanings.ts";
import {
  CHAT_NOT_IN_CRM,
  CRM_ENTITY_NOT_FOUND,
  MESSAGE_NOT_SENT,
  meaning,
  NO_CRM_ACCESS,
  USER_NOT_ACTIVE,
} from "./object-meanings.ts";

const CRM: MeaningsByCode = {
  ACCESS_DENIED: NO_CRM_ACCESS,
  CHAT_NOT_IN_CRM,
  CRM_CHAT_EMPTY_CRM_DATA: CRM_ENTITY_NOT_FOUND,
  CRM_CHAT_EMPTY_USER: meaning(Code.USER_NOT_FOUND, "Name a user by a whole number greater than 0.", "BAD_USER_INPUT"),
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

/** Refusals of the methods about chats of CRM items. */
export const CRM_METHODS: Readonly<Record<string, MeaningsByCode>> = {
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
    ...whenNotRemoved(PARTICIPANT_NOT_REMOVED),
    USER_NOT_FOUND: PARTICIPANT_NOT_REMOVED,
    WRONG_REQUEST: PARTICIPANT_NOT_REMOVED,
    "": PARTICIPANT_NOT_REMOVED,
  },
  "imopenlines.crm.message.add": {
    ...CRM,
    ERROR_NO_ACCESS: MESSAGE_NOT_SENT,
    "": MESSAGE_NOT_SENT,
  },
};
