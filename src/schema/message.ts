import { Field, ID, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { Chat } from "./chat.ts";
import { createConnectionType } from "./connections.ts";
import { File } from "./file.ts";
import { DateTime, JSONObject } from "./scalars.ts";
import { User } from "./user.ts";

/** Source: an `AttachmentRecord`. */
@ObjectType({
  simpleResolvers: true,
  description: "A rich block below a message: a link preview, a table, pictures, …",
})
export class Attachment {
  @Field(() => ID, { nullable: true, description: "Id inside the message." })
  readonly id!: string | null;

  @Field(() => String, { nullable: true, description: "Text that stands for the block in lists." })
  readonly description!: string | null;

  @Field(() => String, { nullable: true, description: "Colour of its edge, such as `#df532d`." })
  readonly color!: string | null;

  @Field(() => [JSONObject], {
    description: "Its parts in order, as the portal sends them (`link`, `grid`, `message`, `image`, `delimiter`, …).",
  })
  readonly blocks!: readonly Readonly<Record<string, unknown>>[];
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

  @Field(() => DateTime, { description: "When it was stored." })
  readonly sentAt!: Date;

  @Field(() => String, { description: "Text in the portal's BBCode; empty for a message of files only." })
  readonly text!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Text as HTML made by the portal; only through `Session.messages`, null elsewhere. Clean it before showing it.",
  })
  readonly html!: string | null;

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

export const MessageConnection = createConnectionType("Message", () => Message, "Messages, oldest first.");
