import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import type { MessageRecord } from "../datasources/domain/message.ts";
import { Attachment } from "./attachment.ts";
import { Chat } from "./chat.ts";
import { type ConnectionFields, createConnectionType, type Page, type PageInfo } from "./connections.ts";
import { describedEnum } from "./described-enum.ts";
import { File } from "./file.ts";
import { DateTime, JSONObject } from "./scalars.ts";
import { User } from "./user.ts";

export type ReactionKind = "LIKE" | "UNKNOWN";

export const ReactionKindEnum = describedEnum<ReactionKind>("ReactionKind", "What somebody thinks of a message.", {
  LIKE: "Likes it: the one reaction that REST can set.",
  UNKNOWN: "One that the gateway has no word for.",
});

@ObjectType({ simpleResolvers: true, description: "Equal reactions to a message." })
export class Reaction {
  @Field(() => ReactionKindEnum, { description: "What they think." })
  readonly kind!: ReactionKind;

  @Field(() => Int, { description: "How many." })
  readonly count!: number;

  @Field(() => [User], { description: "Who." })
  readonly users!: readonly User[];
}

/** Source: a `MessageRecord`. */
@ObjectType({
  simpleResolvers: true,
  description:
    "A message stored on the portal. The one-line preview of a recent list is a `MessagePreview`, not a `Message`.",
})
export class Message {
  @Field(() => ID, { description: "The portal's id; greater ids are newer." })
  readonly id!: Id;

  @Field(() => Chat, { description: "The chat it stands in." })
  readonly chat?: Chat;

  @Field(() => User, { nullable: true, description: "Who wrote it; null for system messages." })
  readonly author?: User | null;

  @Field(() => Boolean, { description: "Whether the portal wrote it (joined, transferred, rated, …)." })
  readonly isSystem!: boolean;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether it is for colleagues alone (a whisper): true only where the portal marks it so, else null. Messages that are written in silent mode carry no mark: see `Chat.isSilent`, and that such a message has no `externalIds`.",
  })
  readonly isHidden?: boolean | null;

  @Field(() => Boolean, { description: "Whether its author changed it." })
  readonly isEdited?: boolean;

  @Field(() => Boolean, { description: "Whether it was deleted: then its text is empty." })
  readonly isDeleted?: boolean;

  @Field(() => DateTime, { description: "When it was stored." })
  readonly sentAt!: Date;

  @Field(() => String, { description: "Text in the portal's BBCode; empty for a message of files only." })
  readonly text!: string;

  @Field(() => String, {
    description:
      "The text as HTML that is safe to show as it is, made here from the BBCode: only `b i u s a br blockquote pre code span time`, links only to http, https, mail and phone (opened apart), everything else escaped. Mentions are `span` with `data-user-id` or `data-chat-id`; pictures are links.",
  })
  readonly html?: string;

  @Field(() => String, { description: "The text without marks, for notifications and lists." })
  readonly plainText?: string;

  @Directive('@rest(method: "im.dialog.messages.get")')
  @Field(() => Message, {
    nullable: true,
    description:
      "The message that this one answers; null when none, or when the caller may not see it. Costs nothing when it is in the answer already, or with nothing but its id selected, else two calls that leave together (`im.dialog.messages.get`).",
  })
  readonly replyTo?: Message | null;

  @Field(() => [Reaction], { description: "What others think of it." })
  readonly reactions?: readonly Reaction[];

  @Field(() => [File], { description: "Files sent with it." })
  readonly files!: readonly File[];

  @Field(() => [Attachment], { description: "Rich blocks below the text." })
  readonly attachments!: readonly Attachment[];

  @Field(() => [String], {
    description:
      "Ids of this message in the channel; several when it was split on the way; empty when it never went out.",
  })
  readonly externalIds!: readonly string[];

  @Field(() => JSONObject, {
    nullable: true,
    description:
      "All parameters of the message under the portal's names in upper case (`REPLY_ID`, `IS_EDITED`, `IS_DELETED`, `LIKE`, `CLASS`, `IMOL_VOTE_SID`, …), spelled alike whatever method read it; null when there are none.",
  })
  readonly params!: Readonly<Record<string, unknown>> | null;
}

/** What a list of messages reaches. */
export type MessageScope = "CHAT" | "LATEST_SESSION" | "SESSION";

export const MessageScopeEnum = describedEnum<MessageScope>("MessageScope", "What a list of messages reaches.", {
  CHAT: "All sessions of the chat: for its participants.",
  LATEST_SESSION: "The chat's latest session, open or closed: for others who may see the chat.",
  SESSION: "The session that was asked for.",
});

/** Source of `MessageConnection`: a page, and what the list that it is of reaches. */
export class MessagePage implements ConnectionFields<MessageRecord> {
  readonly scope: MessageScope;
  readonly #page: Page<MessageRecord>;

  constructor(page: Page<MessageRecord>, scope: MessageScope) {
    this.#page = page;
    this.scope = scope;
  }

  get nodes(): readonly MessageRecord[] {
    return this.#page.nodes;
  }

  get edges(): ConnectionFields<MessageRecord>["edges"] {
    return this.#page.edges;
  }

  get pageInfo(): PageInfo {
    return this.#page.pageInfo;
  }
}

export const MessageConnection = createConnectionType(
  "Message",
  () => Message,
  "Messages, oldest first. Their cursors are their ids, so that a message that is known can be gone on from.",
);
Field(() => MessageScopeEnum, { description: "What the list reaches." })(MessageConnection.prototype, "scope");
