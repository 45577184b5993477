import { Field, ID, Int, ObjectType } from "type-graphql";
import type { ChatRole, SessionStatus } from "../datasources/domain/chat.ts";
import type { Id } from "../datasources/domain/ids.ts";
import { CrmEntity } from "./crm-entity.ts";
import { describedEnum } from "./described-enum.ts";
import { AbsoluteUrl, DateTime } from "./scalars.ts";
import { User } from "./user.ts";

export type ChatState = "NO_OPEN_SESSION" | "UNASSIGNED" | "ASSIGNED" | "CLOSING" | "UNKNOWN";

export const ChatStateEnum = describedEnum<ChatState>(
  "ChatState",
  "Where a chat stands, derived from its dialog record: the open session's id, the responsible operator, and whether the session waits for a last action.",
  {
    NO_OPEN_SESSION: "Nobody is being served: the last session is closed, or there never was one.",
    UNASSIGNED: "A session is open and no operator has taken it.",
    ASSIGNED: "A session is open and an operator is responsible for it.",
    CLOSING:
      "The operator has finished; the portal waits for the customer's rating or sends its closing text. A second finish, or time, closes it.",
    UNKNOWN: "The portal did not tell enough.",
  },
);

export const ChatRoleEnum = describedEnum<ChatRole>("ChatRole", "A user's role in a chat.", {
  OWNER: "Owner: in an open-line chat the responsible operator.",
  MANAGER: "May manage the chat.",
  MEMBER: "Takes part.",
  GUEST: "Sees the chat without taking part.",
  NONE: "Has no role in it.",
  UNKNOWN: "A role that the gateway does not know.",
});

export const SessionStatusEnum = describedEnum<SessionStatus>(
  "SessionStatus",
  "Step of a session, as a recent list tells it. The portal documents no list of them; codes not known here are UNKNOWN, and the code stands beside it.",
  {
    NEW: "Just begun (0).",
    SKIPPED: "An operator sent it back to the queue (5).",
    ANSWERED_BY_OPERATOR: "An operator took it (10).",
    CUSTOMER_WAITING: "The customer waits for an answer (20).",
    CUSTOMER_WAITING_AGAIN: "The customer wrote again after an answer (25).",
    OPERATOR_REPLIED: "The operator answered (40).",
    CLOSING: "Closing: waiting for a rating or the closing text (50).",
    CLOSED: "Closed (60).",
    SPAM: "Closed as spam or by force (65).",
    DUPLICATE: "Closed because another session of the same customer was open (69).",
    SILENTLY_CLOSED: "Closed without telling the customer (75).",
    UNKNOWN: "A code that the gateway does not know.",
  },
);

@ObjectType({ simpleResolvers: true, description: "How far a participant has read. Never lists the caller." })
export class ReadMark {
  @Field(() => User, { description: "Who read; the name is known without a further call." })
  readonly user!: User;

  @Field(() => ID, { nullable: true, description: "Id of the last message read." })
  readonly messageId!: Id | null;

  @Field(() => DateTime, { nullable: true, description: "When; the portal does not keep it for customers." })
  readonly readAt!: Date | null;
}

@ObjectType({ simpleResolvers: true, description: "One of the first who saw the last message." })
export class MessageViewer {
  @Field(() => User, { description: "Who saw it; the name is known without a further call." })
  readonly user!: User;

  @Field(() => DateTime, { nullable: true, description: "When." })
  readonly viewedAt!: Date | null;
}

@ObjectType({ simpleResolvers: true, description: "Who has seen the last message." })
export class LastMessageViews {
  @Field(() => ID, { nullable: true, description: "Id of the last message." })
  readonly messageId!: Id | null;

  @Field(() => [MessageViewer], { description: "The first who saw it, two at most." })
  readonly firstViewers!: readonly MessageViewer[];

  @Field(() => Int, { nullable: true, description: "How many more have seen it." })
  readonly otherViewerCount!: number | null;
}

/** Source: a `ChatPermissions` record. */
@ObjectType({ simpleResolvers: true, description: "The least role that may do a thing in this chat." })
export class ChatPermissions {
  @Field(() => ChatRoleEnum, { nullable: true, description: "Add participants." })
  readonly manageUsersAdd!: ChatRole | null;

  @Field(() => ChatRoleEnum, { nullable: true, description: "Remove participants." })
  readonly manageUsersDelete!: ChatRole | null;

  @Field(() => ChatRoleEnum, { nullable: true, description: "Change title and picture." })
  readonly manageUi!: ChatRole | null;

  @Field(() => ChatRoleEnum, { nullable: true, description: "Change settings." })
  readonly manageSettings!: ChatRole | null;

  @Field(() => ChatRoleEnum, { nullable: true, description: "Pin and delete messages of others." })
  readonly manageMessages!: ChatRole | null;

  @Field(() => ChatRoleEnum, { nullable: true, description: "Write." })
  readonly canPost!: ChatRole | null;
}

/** Source: a `ChatRestrictions` record. */
@ObjectType({
  simpleResolvers: true,
  description: "What chats of this sort allow at all: true means allowed. `permissions` tells to whom.",
})
export class ChatRestrictions {
  @Field(() => Boolean, { nullable: true, description: "Changing the picture is allowed." })
  readonly avatar!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Renaming is allowed." })
  readonly rename!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Adding participants is allowed." })
  readonly extend!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Calling is allowed." })
  readonly call!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Muting is allowed." })
  readonly mute!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Leaving is allowed." })
  readonly leave!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Leaving is allowed to the owner." })
  readonly leaveOwner!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Writing is allowed." })
  readonly send!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Seeing the list of participants is allowed." })
  readonly userList!: boolean | null;
}

@ObjectType({ simpleResolvers: true, description: "The public link of a chat." })
export class ChatPublicLink {
  @Field(() => String, { nullable: true, description: "Its code." })
  readonly code!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "Its address." })
  readonly url!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "The last message as a recent list tells it: plain text, cut short, without parameters. Read `messages` for the stored record.",
})
export class MessagePreview {
  @Field(() => ID, { nullable: true, description: "Id of the message." })
  readonly messageId!: Id | null;

  @Field(() => String, { nullable: true, description: "Text without formatting, perhaps cut." })
  readonly text!: string | null;

  @Field(() => DateTime, { nullable: true, description: "When it was sent." })
  readonly sentAt!: Date | null;

  @Field(() => User, { nullable: true, description: "Who wrote it; null for system messages." })
  readonly author!: User | null;

  @Field(() => Boolean, { nullable: true, description: "Whether a file came with it." })
  readonly hasFile!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether a rich block came with it." })
  readonly hasAttachment!: boolean | null;
}

@ObjectType({ simpleResolvers: true, description: "What of the CRM a chat is bound to." })
export class ChatCrm {
  @Field(() => Boolean, { nullable: true, description: "Whether the open session is saved in the CRM." })
  readonly isSaved!: boolean | null;

  @Field(() => CrmEntity, {
    nullable: true,
    description: "The item the session was recorded for: the one that its activity belongs to.",
  })
  readonly sessionEntity!: CrmEntity | null;

  @Field(() => CrmEntity, { nullable: true, description: "The bound lead." })
  readonly lead!: CrmEntity | null;

  @Field(() => CrmEntity, { nullable: true, description: "The bound deal." })
  readonly deal!: CrmEntity | null;

  @Field(() => CrmEntity, { nullable: true, description: "The bound contact." })
  readonly contact!: CrmEntity | null;

  @Field(() => CrmEntity, { nullable: true, description: "The bound company." })
  readonly company!: CrmEntity | null;
}
