import type { MessageDirection } from "./happenings.ts";
import type { Chat, ChatFile, Message, Session } from "./records.ts";
import type { WorldState } from "./state.ts";

export interface MessageDraft {
  /** 0 = system. */
  authorId: number;
  text: string;
  params?: Record<string, unknown>;
  fileIds?: readonly number[];
  /** False keeps the message inside the portal: no external id, no event for the channel. */
  toChannel?: boolean;
}

/** A UUID that follows from the id: the same message of the same world always has the same one. */
function uuidOf(id: number): string {
  const word = (salt: number): string => {
    let mixed = Math.imul((id % 2 ** 32) ^ salt, 0x9e3779b1);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) ^ (mixed >>> 13);
    return (mixed >>> 0).toString(16).padStart(8, "0");
  };
  const [a, b, c, d] = [word(0x1f3d), word(0x5be1), word(0x91a7), word(0xc64b)];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

export function directionOf(state: WorldState, authorId: number): MessageDirection {
  if (authorId === 0) return "system";
  return state.users.get(authorId)?.kind === "customer" ? "incoming" : "outgoing";
}

/** The external id the channel gives a message; live chat has the id of the customer-side copy. */
function externalId(chat: Chat, id: number): string {
  return chat.connectorId === "livechat" ? String(id + 1) : `${chat.connectorId.slice(0, 2)}.${id.toString(36)}`;
}

function count({ counts }: Session, direction: MessageDirection): void {
  counts.all += 1;
  if (direction === "outgoing") counts.operator += 1;
  if (direction === "incoming") counts.customer += 1;
}

/** Appends a message to the chat and tells the bus. Session statuses are not touched: see session-messages.ts. */
export function addMessage(state: WorldState, chat: Chat, draft: MessageDraft): Message {
  const direction = directionOf(state, draft.authorId);
  const id = state.next.message;
  state.next.message += direction === "system" ? 1 : 2;
  const params: Record<string, unknown> = { ...draft.params };
  const isHidden = direction === "outgoing" && chat.silent === "Y";
  const reachesChannel = draft.toChannel !== false && direction !== "system" && !isHidden;
  if (chat.kind === "lines" && reachesChannel) params.CONNECTOR_MID = [externalId(chat, id)];
  if (draft.fileIds && draft.fileIds.length > 0) params.FILE_ID = [...draft.fileIds];
  const message: Message = {
    id,
    chatId: chat.id,
    authorId: draft.authorId,
    createdAt: state.now(),
    text: draft.text,
    uuid: direction === "system" ? null : uuidOf(id),
    params,
  };
  chat.messages.push(message);
  state.messages.set(id, message);
  chat.lastActivityAt = message.createdAt;
  const author = chat.members.get(draft.authorId);
  if (author) {
    author.lastReadId = id;
    author.lastReadAt = message.createdAt;
  }
  const session = state.openSession(chat.id);
  if (session) count(session, direction);
  state.emit({ kind: "messageAdded", chatId: chat.id, messageId: id, sessionId: session?.id ?? 0, direction });
  return message;
}

export function addSystemMessage(state: WorldState, chat: Chat, text: string, params = {}): Message {
  return addMessage(state, chat, {
    authorId: 0,
    text,
    params: { CLASS: "bx-messenger-content-item-ol-output", ...params },
  });
}

/** Replaces the text (undefined keeps it); the edit mark can be suppressed. */
export function editMessage(state: WorldState, message: Message, text: string | undefined, marked = true): void {
  if (text !== undefined) message.text = text;
  if (marked) message.params.IS_EDITED = "Y";
  const direction = directionOf(state, message.authorId);
  state.emit({ kind: "messageUpdated", chatId: message.chatId, messageId: message.id, direction });
}

/** A deleted message stays as an empty one with the mark IS_DELETED, as in the vendor's messenger. */
export function deleteMessage(state: WorldState, message: Message): void {
  const external = message.params.CONNECTOR_MID;
  message.text = "";
  message.params = { IS_DELETED: "Y" };
  state.emit({
    kind: "messageDeleted",
    chatId: message.chatId,
    messageId: message.id,
    direction: directionOf(state, message.authorId),
    externalIds: Array.isArray(external) ? external.map(String) : [],
  });
}

export type FileDraft = Omit<ChatFile, "id" | "createdAt" | "chatId">;

export function addFile(state: WorldState, chat: Chat, draft: FileDraft): ChatFile {
  const file: ChatFile = { ...draft, id: state.next.file, chatId: chat.id, createdAt: state.now() };
  state.next.file += 2;
  state.files.set(file.id, file);
  if (chat.diskFolderId === 0) chat.diskFolderId = file.id - 1;
  return file;
}
