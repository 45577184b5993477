import { Field, ID, Int, ObjectType } from "type-graphql";
import type { FileKind } from "../datasources/domain/file.ts";
import type { Id } from "../datasources/domain/ids.ts";
import { createConnectionType } from "./connections.ts";
import { describedEnum } from "./described-enum.ts";
import { AbsoluteUrl, DateTime, JSONObject, SafeInt } from "./scalars.ts";
import { User } from "./user.ts";

const FileKindEnum = describedEnum<FileKind>("FileKind", "What sort of file it is, as the portal classes it.", {
  IMAGE: "A picture.",
  VIDEO: "A film.",
  AUDIO: "A sound recording.",
  FILE: "Any other file.",
  UNKNOWN: "A kind that the gateway does not know.",
});

@ObjectType({ simpleResolvers: true, description: "Size of a picture in pixels." })
export class ImageSize {
  @Field(() => Int, { description: "Width in pixels." })
  readonly width!: number;

  @Field(() => Int, { description: "Height in pixels." })
  readonly height!: number;
}

/** Source: a `FileRecord`. */
@ObjectType({
  simpleResolvers: true,
  description:
    "A file sent in a chat. Its addresses are the gateway's: they need no key, are good for an hour or two and as long as whoever asked may read, and each fetch asks the portal anew (`im.v2.File.download`, else `disk.file.get`). Whoever has one has the file: pass them to nobody else. In live events they are null unless the gateway was told its public address.",
})
export class File {
  @Field(() => ID, { description: "The portal's id of the file on its disk." })
  readonly id!: Id;

  @Field(() => ID, { nullable: true, description: "Id of the chat the file was sent in." })
  readonly chatId!: Id | null;

  @Field(() => String, { description: "File name with its extension." })
  readonly name!: string;

  @Field(() => FileKindEnum, { description: "Picture, film, sound, or other." })
  readonly kind!: FileKind;

  @Field(() => String, { nullable: true, description: "Extension without a dot, such as `png`." })
  readonly extension!: string | null;

  @Field(() => SafeInt, { nullable: true, description: "Size in bytes." })
  readonly size!: number | null;

  @Field(() => ImageSize, { nullable: true, description: "Size of a picture; null for other files." })
  readonly image!: ImageSize | null;

  @Field(() => String, { nullable: true, description: "State of the upload in the portal's word: `done`, `upload`." })
  readonly status!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "Progress of the upload in percent, 100 when done; null when not told.",
  })
  readonly progress!: number | null;

  @Field(() => User, { nullable: true, description: "Who sent the file." })
  readonly uploadedBy?: User | null;

  @Field(() => DateTime, { nullable: true, description: "When the file was stored." })
  readonly uploadedAt!: Date | null;

  @Field(() => AbsoluteUrl, {
    nullable: true,
    description:
      "A reduced picture, or the file itself where there is none. Pictures, sound and film are shown, everything else is for keeping.",
  })
  readonly previewUrl!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "The picture in the size of a screen, or the file itself." })
  readonly showUrl!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "The file itself, for keeping." })
  readonly downloadUrl!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "A small picture, 250 pixels wide, or the file itself." })
  readonly mediaPreviewUrl!: string | null;

  @Field(() => JSONObject, {
    nullable: true,
    description:
      "Settings of the portal's own file viewer, as the portal sends them, with null for the addresses in them: those need the portal's session, and the gateway's are above.",
  })
  readonly viewerAttributes!: Readonly<Record<string, unknown>> | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the portal can turn the recording into text." })
  readonly isTranscribable!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether this is a video note." })
  readonly isVideoNote!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether this is a voice message." })
  readonly isVoiceNote!: boolean | null;
}

export const FileConnection = createConnectionType("File", () => File, "Files, oldest first.");
