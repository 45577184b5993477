import type { GraphQLResolveInfo } from "graphql";
import { Ctx, FieldResolver, Info, Resolver, Root } from "type-graphql";
import type { AttachedCell } from "../../datasources/domain/attachment.ts";
import type { FileRecord } from "../../datasources/domain/file.ts";
import type { AttachmentRecord, MessageRecord } from "../../datasources/domain/message.ts";
import { attachmentBlocks } from "../../datasources/im/attachment-blocks.ts";
import { messageMarks } from "../../datasources/im/message-marks.ts";
import { isBusinessRefusal } from "../../refusals/user-error.ts";
import {
  Attachment,
  AttachmentCell,
  AttachmentFile,
  AttachmentLink,
  AttachmentPerson,
  AttachmentPicture,
  AttachmentText,
} from "../../schema/attachment.ts";
import { Chat } from "../../schema/chat.ts";
import { File } from "../../schema/file.ts";
import { Message } from "../../schema/message.ts";
import { ChatMessageSendPayload } from "../../schema/message-payloads.ts";
import { User, userRef } from "../../schema/user.ts";
import type { OperationContext } from "../engine/context.ts";
import { defineFields } from "../engine/field-table.ts";
import { lookAhead } from "../engine/lookahead.ts";
import { oncePerObject } from "../engine/once-per-object.ts";
import { withoutAddresses } from "../files/without-addresses.ts";
import { htmlOf } from "./bbcode/html.ts";
import { plainTextOf } from "./bbcode/plain-text.ts";

interface WithText {
  readonly text: string;
}

/** Characters up to which it takes less to make something of a text anew than to keep it. */
const SHORT_TEXT = 300;

function oncePerLongText(make: (text: string) => string): (source: WithText) => string {
  const kept = oncePerObject(({ text }: WithText) => make(text));
  return (source) => (source.text.length > SHORT_TEXT ? kept(source) : make(source.text));
}

const html = oncePerLongText(htmlOf);
const plainText = oncePerLongText(plainTextOf);

/** References of a message; its other fields are properties of its record. */
export const messageFields = defineFields<Message, MessageRecord>(Message, {
  chat: (message) => new Chat(message.chatId),
  author: (message) => userRef(message.authorId),
  html: (message) => html(message),
  plainText: (message) => plainText(message),
  isHidden: ({ params }) => messageMarks(params).isHidden,
  isEdited: ({ params }) => messageMarks(params).isEdited,
  isDeleted: ({ params }) => messageMarks(params).isDeleted,
  reactions: ({ params }) => {
    const { likedBy } = messageMarks(params);
    return likedBy.length === 0
      ? []
      : [{ kind: "LIKE", count: likedBy.length, users: likedBy.map((userId) => new User(userId)) }];
  },
});

/** The message that another answers. */
@Resolver(() => Message)
export class MessageReplies {
  @FieldResolver()
  async replyTo(
    @Root() { chatId, params }: MessageRecord,
    @Ctx() { loaders }: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Pick<MessageRecord, "id" | "chatId"> | null> {
    const { replyToId } = messageMarks(params);
    if (replyToId === null) return null;
    if (lookAhead(info).hasOnly(REFERENCE)) return { id: replyToId, chatId };
    const known = loaders.histories.message(chatId, replyToId);
    if (known !== undefined) return known;
    try {
      return await loaders.messages.one(chatId, replyToId);
    } catch (error) {
      if (isBusinessRefusal(error)) return null;
      throw error;
    }
  }
}

const REFERENCE: ReadonlySet<string> = new Set(["id", "chat"]);

const blocks = oncePerObject(({ rawBlocks }: AttachmentRecord, origin: string) => attachmentBlocks(rawBlocks, origin));

/** The parts of attachments, read only where they are selected. */
export const attachmentFields = defineFields<Attachment, AttachmentRecord>(Attachment, {
  blocks: (attachment, { portal }) => blocks(attachment, portal.origin),
});

export const attachmentTextFields = defineFields(AttachmentText, {
  html: (block) => html(block),
  plainText: (block) => plainText(block),
});

export const attachmentCellFields = defineFields<AttachmentCell, AttachedCell>(AttachmentCell, {
  user: ({ userId }) => userRef(userId),
  chat: ({ chatId }) => (chatId === null ? null : new Chat(chatId)),
});

export const attachmentLinkFields = defineFields(AttachmentLink, {
  previewUrl: ({ previewUrl }, { links }) => links.picture(previewUrl),
});

export const attachmentPictureFields = defineFields(AttachmentPicture, {
  url: ({ url, name }, { links }) => links.content(url, name, false),
  previewUrl: ({ previewUrl }, { links }) => links.picture(previewUrl),
});

export const attachmentFileFields = defineFields(AttachmentFile, {
  url: ({ url, name }, { links }) => links.content(url, name, false),
});

export const attachmentPersonFields = defineFields(AttachmentPerson, {
  avatarUrl: ({ avatarUrl }, { links }) => links.picture(avatarUrl),
});

/** The reference and the links of a file; its other fields are properties of its record. */
export const fileFields = defineFields<File, FileRecord>(File, {
  previewUrl: (file, { links }) => links.file(file, "preview"),
  showUrl: (file, { links }) => links.file(file, "screen"),
  mediaPreviewUrl: (file, { links }) => links.file(file, "small"),
  downloadUrl: (file, { links }) => links.file(file, "download"),
  viewerAttributes: ({ viewerAttributes }) => (viewerAttributes === null ? null : withoutAddresses(viewerAttributes)),
  uploadedBy: ({ uploadedById, uploaderName }) => {
    if (uploadedById === null) return null;
    return new User(uploadedById, uploaderName === null ? undefined : { id: uploadedById, name: uploaderName });
  },
});

/** How many of the newest messages are looked through for the one just sent: others may write at the same moment. */
const LATEST = 9;

/** The message that was just sent, as stored; null when too many others were written in the meantime. */
export const chatMessageSendFields = defineFields(ChatMessageSendPayload, {
  message: ({ chatId, messageId }, { loaders }) => {
    if (chatId === null || messageId === null) return null;
    return loaders.messages
      .load({ chatId, direction: "backward", size: LATEST, from: null })
      .then(({ messages }) => messages.find(({ id }) => id === messageId) ?? null);
  },
});
