import type { FileRecord } from "../../datasources/domain/file.ts";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import { Chat } from "../../schema/chat.ts";
import { File } from "../../schema/file.ts";
import { Message } from "../../schema/message.ts";
import { User, userRef } from "../../schema/user.ts";
import { defineFields } from "../engine/field-table.ts";

/** References of a message; its other fields are properties of its record. */
export const MessageFields = defineFields<Message, MessageRecord>(Message, {
  chat: (message) => new Chat(message.chatId),
  author: (message) => userRef(message.authorId),
});

/** The reference of a file; its other fields are properties of its record. */
export const FileFields = defineFields<File, FileRecord>(File, {
  uploadedBy: ({ uploadedById, uploaderName }) => {
    if (uploadedById === null) return null;
    return new User(uploadedById, uploaderName === null ? undefined : { id: uploadedById, name: uploaderName });
  },
});
