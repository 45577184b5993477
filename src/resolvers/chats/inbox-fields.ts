import type { InboxItemRecord } from "../../datasources/domain/inbox-item.ts";
import { Chat } from "../../schema/chat.ts";
import { InboxItem } from "../../schema/inbox-item.ts";
import { userRef } from "../../schema/user.ts";
import { defineFields } from "../engine/field-table.ts";

/** References of an inbox's item; its other fields are properties of its record. */
export const inboxItemFields = defineFields<InboxItem, InboxItemRecord>(InboxItem, {
  chat: ({ id }) => new Chat(id),
  preview: ({ preview }) => (preview === null ? null : { ...preview, author: userRef(preview.authorId) }),
});
