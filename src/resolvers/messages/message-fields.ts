import type { FileRecord } from "../../datasources/domain/file.ts";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import { Chat } from "../../schema/chat.ts";
import { File } from "../../schema/file.ts";
import { Message } from "../../schema/message.ts";
import { ChatMessageSendPayload } from "../../schema/message-payloads.ts";
import { User, userRef } from "../../schema/user.ts";
import { defineFields } from "../engine/field-table.ts";

/** References of a message; its other fields are properties of its record. */
export const messageFields = defineFields<Message, MessageRecord>(Message, {
  chat: (message) => new Chat(message.chatId),
  author: (message) => userRef(message.authorId),
});

/** The reference of a file; its other fields are properties of its record. */
export const fileFields = defineFields<File, FileRecord>(File, {
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
