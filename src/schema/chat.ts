import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import type { ChatRole } from "../datasources/domain/chat.ts";
import type { Id } from "../datasources/domain/ids.ts";
import {
  ChatCrm,
  ChatPermissions,
  ChatPublicLink,
  ChatRestrictions,
  ChatRoleEnum,
  type ChatState,
  ChatStateEnum,
  LastMessageViews,
  ReadMark,
} from "./chat-details.ts";
import { type ConnectionFields, createConnectionType } from "./connections.ts";
import { Connector } from "./connector.ts";
import { MessageConnection } from "./message.ts";
import { OpenLine } from "./open-line.ts";
import { RestField } from "./rest-field.ts";
import { AbsoluteUrl, DateTime } from "./scalars.ts";
import { Session } from "./session.ts";
import { User, UserConnection } from "./user.ts";

/** A field of the dialog record. */
const DialogField = (type: () => object, description: string): PropertyDecorator =>
  RestField("imopenlines.dialog.get", type, description);

/** Reference to a chat; its fields are answered from what the operation has read of it, and loaded otherwise. */
@ObjectType({
  simpleResolvers: true,
  description:
    "A conversation with one customer on an open line: one chat, many sessions over time. A reference: its id costs nothing; fields that an earlier answer told (a recent list, a history) cost nothing either, the others are read together (`imopenlines.dialog.get`). Lists of other people's dialogs, closing times, the customer's rating and waiting times cannot be told by REST.",
})
export class Chat {
  @Field(() => ID, { description: "The portal's id of the chat, without the prefix `chat`." })
  readonly id: Id;

  constructor(id: Id) {
    this.id = id;
  }

  @Field(() => String, { description: "The id as `im` methods want it: `chat` and the number." })
  get dialogId(): string {
    return `chat${this.id}`;
  }

  @DialogField(
    () => String,
    "Title, mostly the customer's name and the line's. This and the other fields of the dialog record are read once per operation, where no earlier answer told them (`imopenlines.dialog.get`).",
  )
  readonly title?: string | null;

  @DialogField(() => String, "Description, if somebody wrote one.")
  readonly description?: string | null;

  @DialogField(() => AbsoluteUrl, "Picture, as `User.avatarUrl`; null when there is none.")
  readonly avatarUrl?: string | null;

  @DialogField(() => String, "Colour, such as `#58cc47`.")
  readonly color?: string | null;

  @DialogField(() => DateTime, "When the chat was made.")
  readonly createdAt?: Date | null;

  @DialogField(
    () => String,
    "The customer's code: connector, line, chat and user in the channel, joined by `|`. Look a chat up by it with `chat(by: {userCode: …})`.",
  )
  readonly userCode?: string | null;

  @DialogField(() => Connector, "The channel, from the user code.")
  readonly connector?: Connector | null;

  @DialogField(() => String, "The chat's id in the channel, from the user code.")
  readonly externalChatId?: string | null;

  @DialogField(() => String, "The customer's id in the channel, from the user code; null for group chats of a channel.")
  readonly externalUserId?: string | null;

  @DialogField(
    () => OpenLine,
    "The line that the channel belongs to, from the user code. It stays when a chat is transferred.",
  )
  readonly entryLine?: OpenLine | null;

  @DialogField(
    () => OpenLine,
    "The line that serves the chat now, after transfers. Portals that write no line with a session leave only the entry line to tell: then it is that one.",
  )
  readonly line?: OpenLine | null;

  @DialogField(() => ChatStateEnum, "Where the chat stands.")
  readonly state?: ChatState | null;

  @DialogField(() => User, "The responsible operator; null when unassigned.")
  readonly operator?: User | null;

  @Directive('@rest(method: "im.user.list.get")')
  @DialogField(
    () => User,
    "The customer as a user of the portal. Told by the user code for live chats; for other channels looked for among the participants that the portal names, which may cost one look-up of users for the whole operation. Null when it cannot be told (`im.user.list.get`).",
  )
  readonly customer?: User | null;

  @DialogField(() => ChatCrm, "What of the CRM the chat is bound to.")
  readonly crm?: ChatCrm | null;

  @DialogField(
    () => Session,
    "The open session; null when none is open. Its `id`, `chat`, `isCurrent` and `startedAt` cost nothing more; any other field downloads its whole history.",
  )
  readonly currentSession?: Session | null;

  @Directive('@rest(method: "imopenlines.session.history.get")')
  @DialogField(
    () => Session,
    "The newest session, open or closed; null when the chat never had one. Unless a session is known to be open, the whole history is downloaded (`imopenlines.session.history.get`).",
  )
  readonly latestSession?: Session | null;

  @DialogField(
    () => Boolean,
    "Whether the session is pinned to its operator: the portal does not close it or pass it on by itself.",
  )
  readonly isPinned?: boolean | null;

  @DialogField(() => Boolean, "Whether silent mode is on: what operators write does not go to the customer.")
  readonly isSilent?: boolean | null;

  @DialogField(
    () => Boolean,
    "Whether the session waits for a last action (a rating, the closing text) before it closes.",
  )
  readonly isWaitingForAction?: boolean | null;

  @DialogField(() => DateTime, "When the channel stops accepting answers; null when never.")
  readonly blockedAt?: Date | null;

  @DialogField(() => String, "Why the channel stops accepting answers, in the portal's word.")
  readonly blockReason?: string | null;

  @DialogField(() => Boolean, "Whether outside partners take part.")
  readonly isExtranet?: boolean | null;

  @DialogField(() => Boolean, "Whether the portal marks the chat as new.")
  readonly isNew?: boolean | null;

  @DialogField(() => Int, "How many messages the caller can see.")
  readonly messageCount?: number | null;

  @DialogField(() => Int, "How many take part.")
  readonly participantCount?: number | null;

  @Directive('@rest(method: "im.dialog.users.list")')
  @Field(() => UserConnection, {
    nullable: true,
    description:
      "Who takes part, customer and bots included. Page size 1..100, 20 by default; one call per page. For participants only: others get NOT_FOUND_OR_FORBIDDEN (`im.dialog.users.list`).",
  })
  readonly participants?: ConnectionFields<User>;

  @DialogField(() => [User], "Managers of the chat.")
  readonly managers?: User[] | null;

  @DialogField(() => [ReadMark], "How far the other participants have read.")
  readonly readMarks?: ReadMark[] | null;

  @DialogField(() => LastMessageViews, "Who has seen the last message.")
  readonly lastMessageViews?: LastMessageViews | null;

  @DialogField(() => ID, "Id of the last message.")
  readonly lastMessageId?: Id | null;

  @DialogField(() => Int, "How many messages the caller has not read.")
  readonly viewerUnreadCount?: number | null;

  @DialogField(() => Boolean, "Whether the caller has switched notifications off.")
  readonly viewerIsMuted?: boolean | null;

  @DialogField(() => ChatRoleEnum, "The caller's role.")
  readonly viewerRole?: ChatRole | null;

  @DialogField(
    () => Boolean,
    "Whether the caller may write here, by the chat's rules and the caller's role. Guests (who have not joined) may not.",
  )
  readonly viewerCanSend?: boolean | null;

  @DialogField(
    () => ID,
    "Id of the last message that the caller has read. The portal documents this number in two ways (last read, or last at all).",
  )
  readonly viewerLastReadMessageId?: Id | null;

  @DialogField(() => ID, "Id of the first message that the caller has not read.")
  readonly viewerFirstUnreadMessageId?: Id | null;

  @DialogField(() => ID, "Id of the message from which the caller marked the chat as unread.")
  readonly viewerMarkedMessageId?: Id | null;

  @DialogField(
    () => [User],
    "Who has switched notifications off, as far as the portal tells: often no more than the caller.",
  )
  readonly mutedUsers?: User[] | null;

  @DialogField(() => ChatRestrictions, "What chats of this sort allow.")
  readonly restrictions?: ChatRestrictions | null;

  @DialogField(() => ChatPermissions, "Who may do what.")
  readonly permissions?: ChatPermissions | null;

  @DialogField(() => ID, "Id of the chat this one belongs to; null when none.")
  readonly parentChatId?: Id | null;

  @DialogField(() => ID, "Id of the message this chat belongs to; null when none.")
  readonly parentMessageId?: Id | null;

  @DialogField(() => ID, "Id of the chat's folder on the portal's disk; null until a file is sent.")
  readonly diskFolderId?: Id | null;

  @DialogField(() => String, "Background that was chosen for the chat.")
  readonly backgroundId?: string | null;

  @DialogField(() => Boolean, "Whether the portal's own client shows a text field.")
  readonly isTextFieldEnabled?: boolean | null;

  @DialogField(() => ChatPublicLink, "Public link; null when the chat is not public.")
  readonly publicLink?: ChatPublicLink | null;

  @DialogField(() => AbsoluteUrl, "Address of what the chat is about, where the portal has one.")
  readonly entityUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Number of the call the chat belongs to; told by a session's history only, null otherwise.",
  })
  readonly callNumber?: string | null;

  @Directive('@rest(method: "im.dialog.messages.get")')
  @Directive('@rest(method: "imopenlines.session.history.get")')
  @Directive('@rest(method: "imopenlines.dialog.get")')
  @Field(() => MessageConnection, {
    nullable: true,
    description:
      "Messages for whoever may see the chat, oldest first in a page: of all sessions for participants, of the latest session for others; `scope` of the connection says which. `last/before` walks back, `first/after` walks forward; neither means the last 20. Page size 1..100. For participants one call per 50 messages, and at sizes of 50 and 100 a further page may be announced that turns out empty (`im.dialog.messages.get`); for others the session is downloaded (`imopenlines.session.history.get`). `viewerRole` decides, which a list tells at once.",
  })
  readonly messages?: unknown;
}

export const ChatConnection = createConnectionType("Chat", () => Chat, "Chats.");
