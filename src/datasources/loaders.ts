import DataLoader from "dataloader";
import type { PortalSession, ReadOptions } from "./bitrix24/calls.ts";
import type { ChatRecord } from "./domain/chat.ts";
import type { Id } from "./domain/ids.ts";
import type { LineRecord } from "./domain/line.ts";
import type { SessionHistory } from "./domain/session.ts";
import type { UserRecord } from "./domain/user.ts";
import type { HistoryCache, HistoryKey } from "./history-cache.ts";
import { userListGet } from "./im/users.ts";
import { configGet } from "./imopenlines/config/config-reads.ts";
import { dialogGet } from "./imopenlines/dialog.ts";
import { sessionHistoryGet } from "./imopenlines/history.ts";
import { noSessionAsNull, readChatByUserCodeWithSession } from "./imopenlines/linked-reads.ts";

/**
 * What one operation has read already, and the way to the rest: each object is read at most once per operation, and whatever an answer brings along
 * is kept for the fields that ask for it later. All promises may reject with the errors of `errors.ts`.
 */
export interface Loaders {
  /** The best record known so far, or the portal's (`im.user.list.get`, all users of a turn in one call); null for an unknown id. */
  user(id: Id): Promise<UserRecord | null>;
  /** The portal's own record even when a poorer one is known: for the fields that the known one leaves `undefined`. */
  fullUser(id: Id): Promise<UserRecord | null>;
  knownUser(id: Id): UserRecord | undefined;
  primeUsers(users: Iterable<UserRecord>): void;

  /** The full record (`imopenlines.dialog.get`). `fresh`: never from a read that began earlier. */
  chat(id: Id, options?: ReadOptions): Promise<ChatRecord>;
  /** The chat of a session, full record. */
  chatBySession(sessionId: Id): Promise<ChatRecord>;
  /** The chat of a user code, full record; with `withHistory` the newest session rides in the same request and answers `history` afterwards. */
  chatByUserCode(userCode: string, options?: { readonly withHistory?: boolean }): Promise<ChatRecord>;
  /** What the operation's answers so far tell of the chat, newest first. */
  knownChat(id: Id): ChatRecord | undefined;
  primeChat(chat: ChatRecord): void;

  /** A whole session (`imopenlines.session.history.get`), by its id or as the newest of a chat; null when the chat has had none. */
  history(by: HistoryKey): Promise<SessionHistory | null>;
  /** The session if it has been downloaded by this operation already. */
  knownHistory(sessionId: Id): SessionHistory | undefined;

  /** A line with all its settings (`imopenlines.config.get`); null for an unknown id. */
  line(id: Id): Promise<LineRecord | null>;
  knownLine(id: Id): LineRecord | undefined;
  primeLine(line: LineRecord): void;
  forgetLine(id: Id): void;

  /** After a write: everything but users is read again when asked for. Prime with what was re-read afterwards. */
  forgetAll(): void;
}

/** No limit is documented for `im.user.list.get`; this many ids keep a command short enough for a batch. */
const MAX_USERS_PER_CALL = 200;

export function createLoaders(portal: PortalSession, histories: HistoryCache): Loaders {
  const knownUsers = new Map<Id, UserRecord>();
  const knownChats = new Map<Id, ChatRecord>();
  const knownHistories = new Map<Id, SessionHistory>();
  const knownLines = new Map<Id, LineRecord>();
  const chats = new Map<Id, Promise<ChatRecord>>();
  const historyReads = new Map<string, Promise<SessionHistory | null>>();
  const lines = new Map<Id, Promise<LineRecord | null>>();
  /** Reads that began before the last write in this operation must not prime what is known now. */
  let generation = 0;

  const fullUsers = new DataLoader<Id, UserRecord | null>(
    async (ids) => {
      const byId = new Map((await portal.read(userListGet(ids))).map((user) => [user.id, user]));
      primeUsers(byId.values());
      return ids.map((id) => byId.get(id) ?? null);
    },
    { maxBatchSize: MAX_USERS_PER_CALL },
  );

  function primeUsers(users: Iterable<UserRecord>): void {
    for (const user of users) {
      const known = knownUsers.get(user.id);
      knownUsers.set(user.id, known === undefined ? user : { ...known, ...user, kind: betterKind(known, user) });
    }
  }

  function primeChat(chat: ChatRecord): void {
    const known = knownChats.get(chat.id);
    if (known === undefined) knownChats.set(chat.id, chat);
    else {
      const source = known.source === "full" || chat.source === "full" ? "full" : "partial";
      knownChats.set(chat.id, { ...known, ...chat, source });
    }
  }

  async function keepChat(read: Promise<ChatRecord>): Promise<ChatRecord> {
    const begun = generation;
    const chat = await read;
    if (begun === generation) primeChat(chat);
    return chat;
  }

  function readChat(id: Id, options?: ReadOptions): Promise<ChatRecord> {
    const reading = keepChat(portal.read(dialogGet({ chatId: id }), options));
    chats.set(id, reading);
    return reading;
  }

  function primeHistory(history: SessionHistory): void {
    knownHistories.set(history.sessionId, history);
    primeUsers(history.users.values());
    if (history.chat !== null) primeChat(history.chat);
  }

  /** The open session of a chat is its newest one, so a key by chat can become one by session, which more portals know and more reads share. */
  function historyKey(by: HistoryKey): { readonly memo: string; readonly by: HistoryKey } {
    if ("sessionId" in by) return { memo: `session ${by.sessionId}`, by };
    const openSession = knownChats.get(by.chatId)?.session?.sessionId ?? null;
    if (openSession === null) return { memo: `chat ${by.chatId}`, by };
    return { memo: `session ${openSession}`, by: { sessionId: openSession } };
  }

  async function keepHistory(by: HistoryKey, read: Promise<SessionHistory | null>, epoch: number) {
    const begun = generation;
    const history = await read;
    if (history === null || begun !== generation) return history;
    primeHistory(history);
    const isLatest = "chatId" in by || history.chat?.session?.sessionId === history.sessionId;
    if (isLatest) historyReads.set(`chat ${history.chatId}`, Promise.resolve(history));
    historyReads.set(`session ${history.sessionId}`, Promise.resolve(history));
    if (portal.writeEpoch() === epoch) histories.set(history, epoch, isLatest);
    return history;
  }

  function readHistory(by: HistoryKey): Promise<SessionHistory | null> {
    const epoch = portal.writeEpoch();
    const cached = histories.get(by, epoch);
    if (cached !== undefined) {
      primeHistory(cached);
      return Promise.resolve(cached);
    }
    return keepHistory(by, noSessionAsNull(portal.read(sessionHistoryGet(by))), epoch);
  }

  function history(by: HistoryKey): Promise<SessionHistory | null> {
    const key = historyKey(by);
    const known = historyReads.get(key.memo) ?? ("chatId" in by ? historyReads.get(`chat ${by.chatId}`) : undefined);
    if (known !== undefined) return known;
    const reading = readHistory(key.by);
    historyReads.set(key.memo, reading);
    return reading;
  }

  async function chatWithHistory(userCode: string): Promise<ChatRecord> {
    const epoch = portal.writeEpoch();
    const linked = readChatByUserCodeWithSession(portal, userCode);
    const begun = generation;
    const chat = await keepChat(linked.chat);
    if (begun === generation) {
      chats.set(chat.id, linked.chat);
      const reading = keepHistory({ chatId: chat.id }, linked.history, epoch);
      reading.catch(() => undefined);
      historyReads.set(`chat ${chat.id}`, reading);
      historyReads.set(historyKey({ chatId: chat.id }).memo, reading);
    }
    return chat;
  }

  return {
    user(id) {
      const known = knownUsers.get(id);
      return known === undefined ? fullUsers.load(id) : Promise.resolve(known);
    },
    async fullUser(id) {
      const full = await fullUsers.load(id);
      return full === null ? null : (knownUsers.get(id) ?? full);
    },
    knownUser: (id) => knownUsers.get(id),
    primeUsers,

    chat(id, options) {
      if (options?.fresh === true) return readChat(id, options);
      const known = knownChats.get(id);
      if (known?.source === "full") return Promise.resolve(known);
      return chats.get(id) ?? readChat(id);
    },
    chatBySession: (sessionId) => keepChat(portal.read(dialogGet({ sessionId }))),
    chatByUserCode(userCode, options) {
      if (options?.withHistory === true) return chatWithHistory(userCode);
      return keepChat(portal.read(dialogGet({ userCode })));
    },
    knownChat: (id) => knownChats.get(id),
    primeChat,

    history,
    knownHistory: (sessionId) => knownHistories.get(sessionId),

    line(id) {
      const reading = lines.get(id);
      if (reading !== undefined) return reading;
      const begun = portal.read(configGet(id));
      lines.set(id, begun);
      return begun;
    },
    knownLine: (id) => knownLines.get(id),
    primeLine(line) {
      knownLines.set(line.id, line);
    },
    forgetLine(id) {
      lines.delete(id);
      knownLines.delete(id);
    },

    forgetAll() {
      generation++;
      chats.clear();
      knownChats.clear();
      historyReads.clear();
      knownHistories.clear();
      lines.clear();
      knownLines.clear();
    },
  };
}

/** A source that cannot tell the kind must not hide what another one told. */
function betterKind(known: UserRecord, user: UserRecord): NonNullable<UserRecord["kind"]> {
  if (user.kind !== undefined && user.kind !== "UNKNOWN") return user.kind;
  return known.kind ?? user.kind ?? "UNKNOWN";
}
