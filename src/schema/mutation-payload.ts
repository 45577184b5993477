import { Field, InterfaceType, ObjectType, registerEnumType } from "type-graphql";
import { Chat } from "./chat.ts";

/** Why an action was not carried out, in one vocabulary for all methods; the portal spells one refusal differently on different methods. */
export enum UserErrorCode {
  ACCESS_DENIED = "ACCESS_DENIED",
  ACTING_USER_UNKNOWN = "ACTING_USER_UNKNOWN",
  ALREADY_ASSIGNED = "ALREADY_ASSIGNED",
  ATTACHMENT_INVALID = "ATTACHMENT_INVALID",
  ATTACHMENT_TOO_LARGE = "ATTACHMENT_TOO_LARGE",
  BOT_NOT_CONFIGURED = "BOT_NOT_CONFIGURED",
  BOT_NOT_FOUND = "BOT_NOT_FOUND",
  CANNOT_ANSWER = "CANNOT_ANSWER",
  CANNOT_INTERCEPT = "CANNOT_INTERCEPT",
  CANNOT_LEAVE = "CANNOT_LEAVE",
  CANNOT_SKIP = "CANNOT_SKIP",
  CHAT_NOT_FOUND = "CHAT_NOT_FOUND",
  CHAT_NOT_IN_CRM = "CHAT_NOT_IN_CRM",
  CHAT_NOT_WITH_BOT = "CHAT_NOT_WITH_BOT",
  COMMENT_UNREADABLE = "COMMENT_UNREADABLE",
  CRM_ENTITY_NOT_FOUND = "CRM_ENTITY_NOT_FOUND",
  IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED",
  FILE_NOT_SENT = "FILE_NOT_SENT",
  FILE_TOO_LARGE = "FILE_TOO_LARGE",
  INVALID_ARGUMENT = "INVALID_ARGUMENT",
  INVALID_NETWORK_CODE = "INVALID_NETWORK_CODE",
  KEYBOARD_INVALID = "KEYBOARD_INVALID",
  LEAD_NOT_CREATED = "LEAD_NOT_CREATED",
  LINE_NOT_FOUND = "LINE_NOT_FOUND",
  LINE_NOT_SAVED = "LINE_NOT_SAVED",
  MESSAGE_NOT_EDITABLE = "MESSAGE_NOT_EDITABLE",
  MESSAGE_NOT_FOUND = "MESSAGE_NOT_FOUND",
  MESSAGE_NOT_SENT = "MESSAGE_NOT_SENT",
  NETWORK_LINE_INACTIVE = "NETWORK_LINE_INACTIVE",
  NETWORK_LINE_NOT_FOUND = "NETWORK_LINE_NOT_FOUND",
  NO_CHAT = "NO_CHAT",
  NO_OPEN_SESSION = "NO_OPEN_SESSION",
  NOT_DONE = "NOT_DONE",
  NOT_OPEN_LINE_CHAT = "NOT_OPEN_LINE_CHAT",
  NOT_OPERATOR = "NOT_OPERATOR",
  PARTICIPANT_UNCHANGED = "PARTICIPANT_UNCHANGED",
  QUICK_REPLY_NOT_SAVED = "QUICK_REPLY_NOT_SAVED",
  RATING_OR_COMMENT_REQUIRED = "RATING_OR_COMMENT_REQUIRED",
  RATING_OUT_OF_RANGE = "RATING_OUT_OF_RANGE",
  REFUSED = "REFUSED",
  REPLY_NOT_POSSIBLE = "REPLY_NOT_POSSIBLE",
  SESSION_NOT_FOUND = "SESSION_NOT_FOUND",
  TEXT_EMPTY = "TEXT_EMPTY",
  TRANSFER_REFUSED = "TRANSFER_REFUSED",
  TRANSFER_TARGET_INVALID = "TRANSFER_TARGET_INVALID",
  UPLOAD_NOT_FOUND = "UPLOAD_NOT_FOUND",
  USER_NOT_ACTIVE = "USER_NOT_ACTIVE",
  USER_NOT_FOUND = "USER_NOT_FOUND",
  WEEKLY_LIMIT_REACHED = "WEEKLY_LIMIT_REACHED",
}

registerEnumType(UserErrorCode, {
  name: "UserErrorCode",
  description:
    "Why an action was not carried out. One vocabulary for all mutations: the portal spells the same refusal differently on different methods, and on some it sends no code at all. New values may be added; treat one you do not know like `REFUSED`.",
  valuesConfig: {
    ACCESS_DENIED: { description: "The caller (or, for CRM actions, the named user) has no right to do this here." },
    ACTING_USER_UNKNOWN: { description: "The portal could not tell on whose behalf the call was made." },
    ALREADY_ASSIGNED: { description: "Another operator is responsible for the chat." },
    ATTACHMENT_INVALID: { description: "The portal does not understand the attachment." },
    ATTACHMENT_TOO_LARGE: { description: "The attachment is above the portal's limit of 30 KB." },
    BOT_NOT_CONFIGURED: {
      description:
        "The credential names no bot client id, which the portal demands for bot actions under a webhook. It belongs to the gateway's configuration.",
    },
    BOT_NOT_FOUND: { description: "The application or client id has no registered bot." },
    CANNOT_ANSWER: {
      description:
        "The chat could not be taken: the caller is its operator already, no session is open, or somebody is taking it at this moment. The portal does not say which; the re-read chat does.",
    },
    CANNOT_INTERCEPT: {
      description:
        "The chat cannot be taken over: no such chat, no open-line chat, or no right to it. The portal does not say which.",
    },
    CANNOT_LEAVE: { description: "The caller may not leave this chat, or is not in it." },
    CANNOT_SKIP: {
      description:
        "The chat could not be passed on: the line offers chats to everyone at once, nobody else is in the queue, or no session is open.",
    },
    CHAT_NOT_FOUND: { description: "There is no chat with this id." },
    CHAT_NOT_IN_CRM: {
      description:
        "The chat does not belong to this CRM item, or not with an active session (answered and not closing).",
    },
    CHAT_NOT_WITH_BOT: { description: "The chat is not in the hands of a bot." },
    COMMENT_UNREADABLE: {
      description:
        "The stored comment could not be read, and rating without it would erase it. Nothing was sent. Give `comment` to replace it.",
    },
    CRM_ENTITY_NOT_FOUND: { description: "There is no such CRM item, or the caller may not see it." },
    IDEMPOTENCY_KEY_REUSED: {
      description: "The idempotency key came within the last 24 hours with other arguments. Nothing was sent.",
    },
    FILE_NOT_SENT: { description: "The portal did not take the file, or could not send it." },
    FILE_TOO_LARGE: { description: "The file is larger than the gateway or the portal takes." },
    INVALID_ARGUMENT: { description: "The portal does not accept the value of an argument." },
    INVALID_NETWORK_CODE: { description: "A network line's code has exactly 32 characters." },
    KEYBOARD_INVALID: { description: "The portal does not understand the keyboard; only link buttons are allowed." },
    LEAD_NOT_CREATED: { description: "The CRM could not create the lead." },
    LINE_NOT_FOUND: { description: "There is no open line with this id." },
    LINE_NOT_SAVED: {
      description:
        "The portal did not save the line. It gives no reason: no such line, a queue without a valid member, or a value that it rejects.",
    },
    MESSAGE_NOT_EDITABLE: {
      description: "Only its author may change or delete a message, and only for a limited time.",
    },
    MESSAGE_NOT_FOUND: { description: "There is no message with this id that the caller can see." },
    MESSAGE_NOT_SENT: { description: "The message was not created: the sender may not write to this chat." },
    NETWORK_LINE_INACTIVE: { description: "The network line exists but is switched off." },
    NETWORK_LINE_NOT_FOUND: { description: "There is no network line with this code, or it is not joined." },
    NO_CHAT: { description: "The CRM item has no chat. Nothing was done." },
    NO_OPEN_SESSION: { description: "The chat has no open session." },
    NOT_DONE: { description: "The portal answered that it did not do it, without a reason. Any mutation may give it." },
    NOT_OPEN_LINE_CHAT: { description: "The chat exists but is not a chat of an open line." },
    NOT_OPERATOR: { description: "Only the operator who is responsible for the chat may do this." },
    PARTICIPANT_UNCHANGED: {
      description: "The user could not be added or removed: already (not) in the chat, or not allowed.",
    },
    QUICK_REPLY_NOT_SAVED: {
      description:
        "The message could not be stored as a canned response: no such message here, no open session, or no right to canned responses.",
    },
    RATING_OR_COMMENT_REQUIRED: { description: "Give a rating, a comment or both." },
    RATING_OUT_OF_RANGE: { description: "A rating is a whole number from 1 to 5." },
    REFUSED: {
      description:
        "The portal refused without a reason, or for one that the gateway has no word for; see `bitrixCode`. Any mutation may give it.",
    },
    REPLY_NOT_POSSIBLE: { description: "The message to reply to is in another chat or cannot be seen by the caller." },
    SESSION_NOT_FOUND: { description: "There is no session with this id." },
    TEXT_EMPTY: { description: "The text is empty." },
    TRANSFER_REFUSED: {
      description:
        "The chat cannot be transferred to this operator or line: the target is unavailable, is the caller, or the caller has no access to the chat. The portal does not say which.",
    },
    TRANSFER_TARGET_INVALID: { description: "The transfer target is not a valid user or line." },
    UPLOAD_NOT_FOUND: {
      description:
        "There is no such upload of the caller for this chat, its bytes are not there, or it was handed on before.",
    },
    USER_NOT_ACTIVE: { description: "The user is unknown or not active." },
    USER_NOT_FOUND: { description: "There is no such user." },
    WEEKLY_LIMIT_REACHED: {
      description: "This user already got a message of this network line within the last seven days.",
    },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    "Why an action was refused, as data: about this object or this action. Who the caller is, scopes, the plan, rate limits and failures of the portal are GraphQL errors instead.",
})
export class UserError {
  @Field(() => UserErrorCode, { description: "What a program decides on." })
  code!: UserErrorCode;

  @Field(() => String, { description: "One stable English sentence that says what would be right." })
  message!: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Path of the argument that is to blame, e.g. `["to", "userId"]`; null where it is not one argument.',
  })
  field!: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The portal's own code; empty where the portal refused without a code, null where the gateway refused before asking the portal.",
  })
  bitrixCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The portal's own text, often in the portal's language. For logs and people, not for programs.",
  })
  portalMessage!: string | null;
}

@InterfaceType({ description: "What every mutation answers." })
export abstract class MutationPayload {
  @Field(() => [UserError], { description: "Why the action was not carried out; empty when it was." })
  userErrors!: UserError[];
}

@InterfaceType({ description: "What every mutation about a chat answers." })
export abstract class ChatPayload {
  @Field(() => Chat, {
    nullable: true,
    description:
      "The chat, read again in the same round trip when more than its id is selected, also after a refusal. Null when there is no such chat or the caller may not see it.",
  })
  chat?: Chat | null;
}
