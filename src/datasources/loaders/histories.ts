import type { PortalSession } from "../bitrix24/calls.ts";
import type { Id } from "../domain/ids.ts";
import type { MessageRecord } from "../domain/message.ts";
import type { SessionHistory } from "../domain/session.ts";
import { sessionHistoryGet } from "../imopenlines/history.ts";
import { noSessionAsNull } from "../imopenlines/linked-reads.ts";
import type { ChatLoader } from "./chats.ts";
import type { CredentialMemory } from "./credential-memory.ts";
import { type DatedRead, readDated } from "./dated-read.ts";
import type { HistoryCache, HistoryKey } from "./history-cache.ts";
import type { KeptViews } from "./kept-views.ts";
import { oneByOne, replace } from "./one-by-one.ts";
import type { UserLoader } from "./users.ts";

/** Whole sessions. */
export interface HistoryLoader {
  /** A session (`imopenlines.session.history.get`), by its id or as the newest of a chat; null when the chat has had none. */
  load(by: HistoryKey): Promise<SessionHistory | null>;
  /** The session if it has been downloaded by this operation already. */
  known(sessionId: Id): SessionHistory | undefined;
  /** Whether this operation downloads the session, or has, or need not because an earlier one did a moment ago. */
  isBegun(chatId: Id, sessionId: Id): boolean;
  /** The open session of a chat as an earlier operation read it, where it may still be shown: for anything but the viewer's rights. */
  kept(chatId: Id, sessionId: Id): SessionHistory | undefined;
  /** A message of the sessions that have been downloaded by this operation already. */
  message(chatId: Id, messageId: Id): MessageRecord | undefined;
  /** A session that is on its way beside another call since the portal's write epoch was `epoch`: `load` answers with it. */
  expect(by: HistoryKey, read: DatedRead<SessionHistory | null>, epoch: number): void;
  forgetAll(): void;
}

export interface HistoryLoaderOptions {
  readonly portal: PortalSession;
  readonly users: UserLoader;
  readonly chats: ChatLoader;
  readonly memory: Pick<CredentialMemory, "chatSessions" | "chats">;
  /** What earlier operations of this credential downloaded a moment ago. */
  readonly cache: HistoryCache;
  readonly views: KeptViews;
}

export function createHistoryLoader({
  portal,
  users,
  chats,
  memory,
  cache,
  views,
}: HistoryLoaderOptions): HistoryLoader {
  const known = new Map<Id, SessionHistory>();
  const kept = new Map<Id, SessionHistory | undefined>();
  const begunReads = new Map<string, Promise<SessionHistory | null>>();
  /** As with chats: what was read before a write is not known after it. */
  let generation = 0;

  const loader = oneByOne<HistoryKey, SessionHistory | null>(read, nameOf, begunReads);

  function prime(history: SessionHistory): void {
    known.set(history.sessionId, history);
    memory.chatSessions.note(history.chatId, history.sessionId);
    memory.chats.noteMessages(history.sessionId, history.messages.length);
    users.prime(history.users.values());
    if (history.chat !== null) chats.prime(history.chat);
  }

  function read(by: HistoryKey): Promise<SessionHistory | null> {
    const epoch = portal.writeEpoch();
    const cached = cache.get(by, epoch);
    if (cached === undefined) return keep(by, readHistory(by), epoch);
    prime(cached);
    return Promise.resolve(cached);
  }

  function readHistory(by: HistoryKey): DatedRead<SessionHistory | null> {
    const { answer, askedAt } = readDated(portal, sessionHistoryGet(by));
    return { answer: noSessionAsNull(answer), askedAt };
  }

  async function keep(by: HistoryKey, { answer, askedAt }: DatedRead<SessionHistory | null>, epoch: number) {
    const begun = generation;
    const history = await answer;
    if (history === null || begun !== generation) return history;
    prime(history);
    const isLatest = "chatId" in by || history.chat?.session?.sessionId === history.sessionId;
    if (isLatest) replace(loader, { chatId: history.chatId }, Promise.resolve(history));
    replace(loader, { sessionId: history.sessionId }, Promise.resolve(history));
    if (portal.writeEpoch() === epoch) cache.set(history, { askedAt, writeEpoch: epoch, isLatest });
    if (isLatest) views.keepHistory(history, askedAt);
    return history;
  }

  /** The open session of a chat is its newest one, so a key by chat can become one by session, which more portals know and more reads share. */
  function bestKey(by: HistoryKey): HistoryKey {
    if ("sessionId" in by) return by;
    const openSession = chats.known(by.chatId)?.session?.sessionId ?? null;
    return openSession === null ? by : { sessionId: openSession };
  }

  return {
    load(by) {
      const best = bestKey(by);
      return loader.load(begunReads.has(nameOf(by)) && !begunReads.has(nameOf(best)) ? by : best);
    },
    known: (sessionId) => known.get(sessionId),
    isBegun: (chatId, sessionId) =>
      known.has(sessionId) ||
      begunReads.has(nameOf({ sessionId })) ||
      begunReads.has(nameOf({ chatId })) ||
      cache.get({ sessionId }, portal.writeEpoch()) !== undefined,
    kept(chatId, sessionId) {
      if (!kept.has(sessionId)) {
        const history = views.history(chatId, sessionId, chats.known(chatId));
        kept.set(sessionId, history);
        if (history !== undefined) users.prime([...history.users.values()].filter(({ id }) => !users.known(id)));
      }
      return kept.get(sessionId);
    },
    message(chatId, messageId) {
      for (const history of [...known.values(), ...kept.values()]) {
        if (history?.chatId !== chatId) continue;
        const found = history.messages.find(({ id }) => id === messageId);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    expect(by, read, epoch) {
      const kept = keep(by, read, epoch);
      replace(loader, by, kept);
      replace(loader, bestKey(by), kept);
    },
    forgetAll() {
      generation++;
      known.clear();
      kept.clear();
      loader.clearAll();
    },
  };
}

function nameOf(by: HistoryKey): string {
  return "sessionId" in by ? `session ${by.sessionId}` : `chat ${by.chatId}`;
}
