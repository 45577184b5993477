import { decodeEmojiTokens } from "../../../src/datasources/imopenlines/config/emoji-tokens.ts";
import { htmlOf } from "../../../src/resolvers/messages/bbcode/html.ts";
import type { WireChat, WireHistory, WireLine } from "./plain-portal.ts";

// What the workloads show of the portal's answers, made by plain functions: the peers of the gateway share them.

export interface PersonView {
  readonly id: string;
  readonly name: string;
}

export interface MessageView {
  readonly id: string;
  readonly text: string;
  readonly sentAt: string;
  readonly isSystem: boolean;
  readonly externalIds: readonly string[];
  readonly author: PersonView | null;
  readonly files: readonly PersonView[];
}

export interface SessionView {
  readonly id: string;
  readonly viewerCanJoin: boolean;
  readonly participants: readonly PersonView[];
  readonly messages: readonly MessageView[];
  readonly files: readonly PersonView[];
}

export const htmlOfMessage = ({ text }: { readonly text: string }): string => htmlOf(text);

export function lineView({ ID, LINE_NAME, ACTIVE }: WireLine) {
  return { id: String(ID), name: decodeEmojiTokens(LINE_NAME), isActive: ACTIVE === "Y" };
}

export function sessionView(history: WireHistory): SessionView {
  const files = new Map(Object.values(history.files).map(({ id, name }) => [String(id), { id: String(id), name }]));
  const people = new Map(Object.values(history.users).map(({ id, name }) => [String(id), { id: String(id), name }]));
  const person = (id: number | string): PersonView => people.get(String(id)) ?? { id: String(id), name: "" };
  const messages = Object.values(history.message)
    .sort((a, b) => Number(a.id) - Number(b.id))
    .map(({ id, senderid, date, text, params }): MessageView => {
      const isSystem = Number(senderid) === 0;
      return {
        id: String(id),
        text,
        sentAt: new Date(date).toISOString(),
        isSystem,
        externalIds: params?.connectorMid ?? [],
        author: isSystem ? null : person(senderid),
        files: (params?.fileId ?? []).flatMap((file) => files.get(String(file)) ?? []),
      };
    });
  return {
    id: String(history.sessionId),
    viewerCanJoin: history.canJoin === true || history.canJoin === "Y",
    participants: (history.userInChat[history.chatId] ?? []).map(person),
    messages,
    files: [...files.values()].sort((a, b) => Number(a.id) - Number(b.id)),
  };
}

export function chatView(chat: WireChat) {
  const [, , , , isWaiting, sessionId] = chat.entity_data_1.split("|");
  const isAssigned = Number(chat.owner) !== 0;
  const open = isWaiting === "Y" ? "CLOSING" : isAssigned ? "ASSIGNED" : "UNASSIGNED";
  return {
    id: String(chat.id),
    title: chat.name,
    state: Number(sessionId) === 0 ? "NO_OPEN_SESSION" : open,
    messageCount: chat.message_count,
    participantCount: chat.user_counter,
    readMarks: chat.readed_list.map((mark) => ({
      messageId: String(mark.message_id),
      readAt: new Date(mark.date).toISOString(),
      user: { id: String(mark.user_id), name: mark.user_name },
    })),
  };
}
