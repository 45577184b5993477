import { Field, ID, Int, ObjectType } from "type-graphql";
import type { SessionStatus } from "../datasources/domain/chat.ts";
import type { Id } from "../datasources/domain/ids.ts";
import { Chat } from "./chat.ts";
import { MessagePreview, SessionStatusEnum } from "./chat-details.ts";
import { createConnectionType } from "./connections.ts";
import { DateTime } from "./scalars.ts";

/** Source: an `InboxItemRecord`. */
@ObjectType({
  simpleResolvers: true,
  description:
    "A dialog as it stands in the caller's own inbox: what only the list tells. What is the chat's own stands on `chat`, and is the same wherever it is read.",
})
export class InboxItem {
  @Field(() => ID, { description: "The id of the chat." })
  readonly id!: Id;

  @Field(() => Chat, { description: "The chat, with the record that came with the list." })
  readonly chat?: Chat;

  @Field(() => MessagePreview, { nullable: true, description: "The last message, as the list tells it." })
  readonly preview?: MessagePreview | null;

  @Field(() => SessionStatusEnum, { nullable: true, description: "Step of the session: no other method tells it." })
  readonly status!: SessionStatus | null;

  @Field(() => Int, { nullable: true, description: "The portal's number behind `status`." })
  readonly statusCode!: number | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the caller pinned it (`inboxPin`)." })
  readonly isPinned!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the caller marked it as unread (`chatMarkAsUnread`); how much is unread stands on the chat.",
  })
  readonly isMarkedAsUnread!: boolean | null;

  @Field(() => DateTime, { nullable: true, description: "When it last moved in the list." })
  readonly changedAt!: Date | null;
}

export const InboxConnection = createConnectionType(
  "InboxItem",
  () => InboxItem,
  "Dialogs of the caller's inbox: pinned ones first, then the last changed.",
  "InboxConnection",
);
