import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";
import type { ParamMap } from "../bitrix24/calls.ts";
import type { UpstreamUsage } from "../bitrix24/usage.ts";
import type { ChatRecord } from "../domain/chat.ts";
import type { Id } from "../domain/ids.ts";
import type { ListedLine } from "../domain/line.ts";
import type { SessionHistory } from "../domain/session.ts";
import type { UserRecord } from "../domain/user.ts";
import { type ChatPlace, chatTag, tagsOfChat, tagsOfPlace } from "./chat-place.ts";
import { bytesOfChat, bytesOfHistory, bytesOfRecord } from "./kept-bytes.ts";
import { createTaggedStore } from "./tagged-store.ts";

/**
 * What one operation may be answered with of what its credential read before. Only while somebody listens to live events with the credential
 * and the list of its dialogs was read within a minute: that list ends what has changed without an event.
 */
export interface KeptViews {
  /**
   * A chat beside what the operation's own list tells of it (`known`). Operator, state, line, pin and unread are those of the newest list;
   * nothing about the viewer's rights is in it.
   */
  chat(id: Id, known: ChatRecord | undefined): ChatRecord | undefined;
  keepChat(record: ChatRecord, askedAt: number): void;
  /** The open session of a chat. What it tells about the viewer's rights must not be shown. */
  history(chatId: Id, sessionId: Id, known: ChatRecord | undefined): SessionHistory | undefined;
  keepHistory(history: SessionHistory, askedAt: number): void;
  user(id: Id): UserRecord | undefined;
  keepUser(user: UserRecord, askedAt: number): void;
  line(id: Id): ListedLine | undefined;
  keepLine(line: ListedLine, askedAt: number): void;
}

/** All credentials' views under a common bound. */
export interface KeptViewsStore {
  /** `credentialKey` must differ for different credentials; it is only compared. What is answered from views is counted in `usage`. */
  forOperation(credentialKey: string, usage: UpstreamUsage): KeptViews;
  /** The list of a credential's dialogs was read for who listens with it. */
  noteList(credentialKey: string, chats: ReadonlyMap<Id, ChatRecord>, askedAt: number): void;
  /** Something happened in a chat. */
  forgetChat(place: ChatPlace): void;
  /** A credential sends a call that changes something, or got the answer to it. */
  written(credentialKey: string, params: ParamMap): void;
}

export interface KeptViewsOptions {
  readonly maxBytes: number;
  /** 0: nothing is kept. */
  readonly maxAgeMs: number;
  /** Whether somebody listens with the credential now. */
  readonly isWatched: (credentialKey: string) => boolean;
  /** The age of the list that views may still be answered with. Default 60 s. */
  readonly listAgeMs?: number;
}

/** Keeps nothing: for what must see the portal as it is. */
export const NO_VIEWS: KeptViews = {
  chat: () => undefined,
  keepChat: () => {},
  history: () => undefined,
  keepHistory: () => {},
  user: () => undefined,
  keepUser: () => {},
  line: () => undefined,
  keepLine: () => {},
};

const LIST_AGE_MS = 60_000;
const MAX_LISTS = 5_000;

interface NotedList {
  readonly chats: ReadonlyMap<Id, ChatRecord>;
  readonly askedAt: number;
}

export function createKeptViews(options: KeptViewsOptions): KeptViewsStore {
  const { maxBytes, maxAgeMs, isWatched, listAgeMs = LIST_AGE_MS } = options;
  const lists = new LRUCache<string, NotedList>({ ...atMost(MAX_LISTS), ttlAutopurge: true });
  const isOff = maxAgeMs <= 0 || maxBytes <= 0;
  const store = createTaggedStore({ maxBytes: Math.max(1, maxBytes), maxAgeMs: Math.max(1, maxAgeMs) });

  function freshList(credentialKey: string): NotedList | undefined {
    const list = lists.get(credentialKey);
    return list !== undefined && isWatched(credentialKey) ? list : undefined;
  }

  function forOperation(credentialKey: string, usage: UpstreamUsage): KeptViews {
    const credential = credentialTag(credentialKey);
    const nameOf = (kind: string, id: Id): string => `${credentialKey}\n${kind} ${id}`;

    function answer<T>(value: T): T {
      usage.kept += 1;
      return value;
    }

    /** What is kept of a chat in the place of what the lists tell, while neither says that something has changed since. */
    function current<T>(
      name: string,
      chatId: Id,
      known: ChatRecord | undefined,
      agrees: (value: T, row: ChatRecord) => boolean,
    ) {
      const list = freshList(credentialKey);
      const row = list?.chats.get(chatId);
      if (list === undefined || row === undefined) return undefined;
      const stored = store.get(name);
      if (stored === undefined) return undefined;
      // Only `keep…` below puts something under the name.
      const value = stored.value as T;
      const isOlderThanList = stored.askedAt < list.askedAt;
      if ((isOlderThanList && !agrees(value, row)) || (known !== undefined && !agrees(value, known))) {
        store.delete(name);
        return undefined;
      }
      return { value, newer: isOlderThanList ? row : undefined };
    }

    function small<T>(kind: string, id: Id): T | undefined {
      if (freshList(credentialKey) === undefined) return undefined;
      const stored = store.get(nameOf(kind, id));
      return stored === undefined ? undefined : answer(stored.value as T);
    }

    return {
      chat(id, known) {
        const kept = current<ChatRecord>(nameOf("chat", id), id, known, tellsTheSame);
        return kept === undefined
          ? undefined
          : answer({ ...kept.value, ...withoutRights(kept.newer), source: "partial" });
      },
      keepChat(record, askedAt) {
        if (freshList(credentialKey) === undefined) return;
        const value = withoutRights(record);
        store.set(nameOf("chat", record.id), { value, askedAt }, bytesOfChat(record), [
          credential,
          ...tagsOfChat(record),
        ]);
      },
      history(chatId, sessionId, known) {
        const kept = current<SessionHistory>(nameOf("history", chatId), chatId, known, endsWith);
        return kept?.value.sessionId === sessionId ? answer(kept.value) : undefined;
      },
      keepHistory(history, askedAt) {
        const { chatId, chat } = history;
        if (chat === null || freshList(credentialKey) === undefined) return;
        const tags = [credential, ...tagsOfChat(chat)];
        store.set(nameOf("history", chatId), { value: history, askedAt }, bytesOfHistory(history), tags);
      },
      user: (id) => small("user", id),
      keepUser(user, askedAt) {
        if (freshList(credentialKey) === undefined) return;
        store.set(nameOf("user", user.id), { value: user, askedAt }, bytesOfRecord(user), [credential]);
      },
      line: (id) => small("line", id),
      keepLine(line, askedAt) {
        if (freshList(credentialKey) === undefined) return;
        store.set(nameOf("line", line.id), { value: line, askedAt }, bytesOfRecord(line), [credential]);
      },
    };
  }

  return {
    forOperation: (credentialKey, usage) => (isOff ? NO_VIEWS : forOperation(credentialKey, usage)),
    noteList(credentialKey, chats, askedAt) {
      const left = listAgeMs - (performance.now() - askedAt);
      if (isOff || left <= 0 || askedAt < (lists.get(credentialKey)?.askedAt ?? askedAt)) return;
      lists.set(credentialKey, { chats, askedAt }, { ttl: left });
    },
    forgetChat(place) {
      const tags = tagsOfPlace(place);
      if (tags === undefined) store.endAll();
      else for (const tag of tags) store.end(tag);
    },
    written(credentialKey, params) {
      store.end(credentialTag(credentialKey));
      const chatId = chatNamedBy(params);
      if (chatId === undefined) store.endAll();
      else store.end(chatTag(chatId));
    },
  };
}

const credentialTag = (credentialKey: string): string => `credential ${credentialKey}`;

/** The chat that a write is about; undefined where it names none. */
function chatNamedBy({ CHAT_ID, DIALOG_ID }: ParamMap): Id | undefined {
  if (typeof CHAT_ID === "string" || typeof CHAT_ID === "number") return String(CHAT_ID);
  return typeof DIALOG_ID === "string" ? /^chat(\d+)$/.exec(DIALOG_ID)?.[1] : undefined;
}

/** What the viewer may do is never answered with what was so a moment ago, and who is muted is told in another way by lists. */
function withoutRights(record: ChatRecord | undefined): Partial<ChatRecord> {
  if (record === undefined) return {};
  const { viewerRole: _role, restrictions: _restrictions, permissions: _permissions, ...rest } = record;
  const { mutedUserIds: _muted, isListed: _listed, ...told } = rest;
  return told;
}

/** Whether a newer list tells nothing else of the chat than its record, as far as both tell it. */
function tellsTheSame(record: ChatRecord, row: ChatRecord): boolean {
  return (
    isSame(record.lastMessageId, row.lastMessageId) &&
    isSame(record.unreadCount, row.unreadCount) &&
    isSame(record.lastReadMessageId, row.lastReadMessageId) &&
    isSame(record.operatorId, row.operatorId) &&
    isSame(record.isSilent, row.isSilent) &&
    isSame(record.participantCount, row.participantCount) &&
    isSame(record.session?.sessionId, row.session?.sessionId) &&
    isSame(record.session?.isPinned, row.session?.isPinned) &&
    isSame(record.session?.isWaitingForAction, row.session?.isWaitingForAction)
  );
}

/** Whether the session is the chat's open one and ends with its last message, which the list has to tell. */
function endsWith({ sessionId, messages }: SessionHistory, row: ChatRecord): boolean {
  const last = messages.at(-1)?.id;
  return last !== undefined && row.lastMessageId === last && row.session?.sessionId === sessionId;
}

function isSame<T>(a: T | null | undefined, b: T | null | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}
