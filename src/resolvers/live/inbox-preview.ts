import type { MessagePreviewRecord } from "../../datasources/domain/chat.ts";
import type { StoredMessageAdded } from "../../subscriptions/events/stored-event.ts";
import { plainTextOf } from "../messages/bbcode/plain-text.ts";
import { splitSignature } from "./signature.ts";

/** How a list will tell a message that an event brought: as plain text, without the name that the portal puts before what operators write. */
export function previewOfEvent({ message, direction }: StoredMessageAdded): MessagePreviewRecord {
  const { messageId, authorId, sentAt, files } = message;
  const text = direction === "INCOMING" ? message.text : splitSignature(message.text).text;
  return {
    messageId,
    text: text === null ? null : plainTextOf(text),
    sentAt: sentAt === null ? null : new Date(sentAt),
    authorId,
    hasFile: files.length > 0,
    hasAttachment: null,
  };
}
