import { createUnionType, Field, ID, Int, ObjectType } from "type-graphql";
import type {
  AttachedCell,
  AttachedFile,
  AttachedLink,
  AttachedPerson,
  AttachedPicture,
  AttachmentBlockRecord,
  CellLayout,
} from "../datasources/domain/attachment.ts";
import { Chat } from "./chat.ts";
import { describedEnum } from "./described-enum.ts";
import { AbsoluteUrl, JSONObject, SafeInt } from "./scalars.ts";
import { User } from "./user.ts";

@ObjectType("AttachmentText", { simpleResolvers: true, description: "A text of an attachment." })
export class AttachmentText {
  readonly kind!: "text";

  @Field(() => String, { description: "In the portal's BBCode." })
  readonly text!: string;

  @Field(() => String, { description: "The same as HTML that is safe to show, as `Message.html`." })
  readonly html?: string;

  @Field(() => String, { description: "The same without marks." })
  readonly plainText?: string;
}

@ObjectType("AttachmentLink", { simpleResolvers: true, description: "A link with what its author says of it." })
export class AttachmentLink implements AttachedLink {
  @Field(() => String, { nullable: true, description: "Its title." })
  readonly name!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "Where it leads." })
  readonly url!: string | null;

  @Field(() => String, { nullable: true, description: "Text below the title." })
  readonly description!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "A picture of it." })
  readonly previewUrl!: string | null;
}

@ObjectType("AttachmentLinks", { simpleResolvers: true, description: "Links, or the preview of one." })
class AttachmentLinks {
  readonly kind!: "links";

  @Field(() => [AttachmentLink], { description: "In order." })
  readonly links!: readonly AttachedLink[];
}

@ObjectType("AttachmentPicture", { simpleResolvers: true, description: "A picture that an attachment shows." })
export class AttachmentPicture implements AttachedPicture {
  @Field(() => String, { nullable: true, description: "Its title." })
  readonly name!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "The picture." })
  readonly url!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "A smaller one." })
  readonly previewUrl!: string | null;

  @Field(() => Int, { nullable: true, description: "Pixels." })
  readonly width!: number | null;

  @Field(() => Int, { nullable: true, description: "Pixels." })
  readonly height!: number | null;
}

@ObjectType("AttachmentPictures", { simpleResolvers: true, description: "Pictures." })
class AttachmentPictures {
  readonly kind!: "pictures";

  @Field(() => [AttachmentPicture], { description: "In order." })
  readonly pictures!: readonly AttachedPicture[];
}

@ObjectType("AttachmentFile", {
  simpleResolvers: true,
  description: "A file that an attachment links to; files of a message itself are `Message.files`.",
})
export class AttachmentFile implements AttachedFile {
  @Field(() => String, { nullable: true, description: "Its name." })
  readonly name!: string | null;

  @Field(() => AbsoluteUrl, {
    nullable: true,
    description:
      "Where it is: under an address of the gateway where it lies on the portal, else as the attachment's author says.",
  })
  readonly url!: string | null;

  @Field(() => SafeInt, { nullable: true, description: "Bytes." })
  readonly size!: number | null;
}

@ObjectType("AttachmentFiles", { simpleResolvers: true, description: "Files." })
class AttachmentFiles {
  readonly kind!: "files";

  @Field(() => [AttachmentFile], { description: "In order." })
  readonly files!: readonly AttachedFile[];
}

@ObjectType("AttachmentPerson", { simpleResolvers: true, description: "Somebody whom an attachment shows." })
export class AttachmentPerson implements AttachedPerson {
  @Field(() => String, { nullable: true, description: "The name." })
  readonly name!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "A picture." })
  readonly avatarUrl!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "A page about the person." })
  readonly url!: string | null;
}

@ObjectType("AttachmentPeople", { simpleResolvers: true, description: "People." })
class AttachmentPeople {
  readonly kind!: "people";

  @Field(() => [AttachmentPerson], { description: "In order." })
  readonly people!: readonly AttachedPerson[];
}

const CellLayoutEnum = describedEnum<CellLayout>("AttachmentCellLayout", "How a cell of a grid is laid out.", {
  BLOCK: "Name above value, each cell in a line of its own.",
  LINE: "Name above value, cells side by side while they fit.",
  ROW: "Name and value side by side.",
  COLUMN: "Name and value side by side, in columns.",
  UNKNOWN: "The portal names a layout that the gateway does not know.",
});

@ObjectType("AttachmentCell", { simpleResolvers: true, description: "A name with its value." })
export class AttachmentCell {
  @Field(() => String, { nullable: true, description: "What the value is." })
  readonly name!: string | null;

  @Field(() => String, { nullable: true, description: "The value, in the portal's BBCode." })
  readonly value!: string | null;

  @Field(() => CellLayoutEnum, { nullable: true, description: "How name and value are laid out." })
  readonly layout!: CellLayout | null;

  @Field(() => Int, { nullable: true, description: "Pixels." })
  readonly width!: number | null;

  @Field(() => String, { nullable: true, description: "Colour of the value, such as `#df532d`." })
  readonly color!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "Where the value leads." })
  readonly url!: string | null;

  @Field(() => User, { nullable: true, description: "The user whom the value names." })
  readonly user?: User | null;

  @Field(() => Chat, { nullable: true, description: "The chat that the value names." })
  readonly chat?: Chat | null;
}

@ObjectType("AttachmentGrid", { simpleResolvers: true, description: "A table of names and values." })
class AttachmentGrid {
  readonly kind!: "grid";

  @Field(() => [AttachmentCell], { description: "In order." })
  readonly cells!: readonly AttachedCell[];
}

@ObjectType("AttachmentDelimiter", { simpleResolvers: true, description: "A line between parts." })
class AttachmentDelimiter {
  readonly kind!: "delimiter";

  @Field(() => Int, { nullable: true, description: "Pixels." })
  readonly width!: number | null;

  @Field(() => String, { nullable: true, description: "Colour, such as `#c6c6c6`." })
  readonly color!: string | null;
}

@ObjectType("AttachmentUnknownBlock", {
  simpleResolvers: true,
  description: "A part of a kind that the gateway does not know.",
})
class AttachmentUnknownBlock {
  readonly kind!: "unknown";

  @Field(() => JSONObject, { description: "As the portal sends it." })
  readonly raw!: Readonly<Record<string, unknown>>;
}

const TYPE_NAMES: Readonly<Record<AttachmentBlockRecord["kind"], string>> = {
  text: "AttachmentText",
  links: "AttachmentLinks",
  pictures: "AttachmentPictures",
  files: "AttachmentFiles",
  people: "AttachmentPeople",
  grid: "AttachmentGrid",
  delimiter: "AttachmentDelimiter",
  unknown: "AttachmentUnknownBlock",
};

const AttachmentBlock = createUnionType({
  name: "AttachmentBlock",
  description: "A part of an attachment. Kinds may be added.",
  types: () =>
    [
      AttachmentText,
      AttachmentLinks,
      AttachmentPictures,
      AttachmentFiles,
      AttachmentPeople,
      AttachmentGrid,
      AttachmentDelimiter,
      AttachmentUnknownBlock,
    ] as const,
  resolveType: ({ kind }) => TYPE_NAMES[kind],
});

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

  @Field(() => [AttachmentBlock], { description: "Its parts in order." })
  readonly blocks?: readonly AttachmentBlockRecord[];
}
