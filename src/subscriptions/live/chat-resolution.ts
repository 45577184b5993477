import { LRUCache } from "lru-cache";
import type { PortalSession } from "../../datasources/bitrix24/calls.ts";
import { type PortalRef, portalName } from "../../datasources/bitrix24/portal-ref.ts";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { atMost } from "../../process/growing-cache.ts";
import { guard } from "../../process/guard.ts";
import type { KeyValueStore } from "../../storage/key-value-store.ts";
import { StorageUnavailable } from "../../storage/storage-unavailable.ts";
import type { StoredEvent } from "../events/stored-event.ts";
import { type ChatFact, createChatFacts, type ExternalPlace, externalPlace, placeName } from "./chat-facts.ts";
import { type KnownChats, searchChat, sureCodes } from "./chat-search.ts";
import { EVENT_PATIENCE_MS } from "./event-withheld.ts";
import type { Gathering } from "./gathering.ts";
import type { ChatResolution } from "./live-viewer.ts";
import { isPassing, readPatiently } from "./patient-read.ts";

export interface ChatResolutionOptions {
  readonly keyValues: KeyValueStore;
  /** The portal's application (or the polling owner), bound to a fresh deadline; undefined when the gateway has no credential for it. */
  readonly sessionOf: (portal: PortalRef) => PortalSession | undefined | Promise<PortalSession | undefined>;
  /** Searches wait for each other, so that they leave in one request. */
  readonly gathering: Gathering;
  /** Told of the record of a chat that was found, which answers further questions. */
  readonly onChat?: (portal: PortalRef, chat: ChatRecord, askedAt: number) => void;
  readonly onError: (error: unknown) => void;
  /** How long a chat that was not found is not looked for again. Default 60 s; what an event tells meanwhile ends it earlier. */
  readonly unresolvedMs?: number;
  /** How long a busy or absent portal is waited for. Default: as long as an event is waited with. */
  readonly patienceMs?: number;
  /** How long the session event of a new chat is waited for when the message overtook it. Default 2 s. */
  readonly graceMs?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

export interface ChatResolutionCounts {
  /** Places that were looked for because this process did not know them. */
  readonly searches: number;
  /** Of these: found by what events had told, without a question to the portal. */
  readonly deduced: number;
  /** Of these: not found, because there was nothing to go by, the portal has no such chat, or it did not answer. */
  readonly unresolved: number;
}

export interface LearningChatResolution extends ChatResolution {
  /** Remembers the user code that an answer told: an event with that code needs no search. */
  note(portal: PortalRef, chat: Pick<ChatRecord, "id" | "userCode">): void;
  /** Keeps what the event tells about its chat. Call it for each event that was appended. Never rejects. */
  learn(portal: string, event: StoredEvent): Promise<void>;
  /** Forgets a portal whose application was removed. Rejects with `StorageUnavailable`. */
  forget(portal: string): Promise<void>;
  counts(): ChatResolutionCounts;
  /** Ends waiting searches. */
  close(): void;
}

const UNRESOLVED_MS = 60_000;
const GRACE_MS = 2_000;
/** Waiting for session events that never come must not hold up the streams: it takes at most this part of the time. */
const GRACE_SHARE = 0.1;
const MAX_PAIRS = 20_000;
const MAX_UNRESOLVED = 5_000;
const MAX_PORTALS = 1_000;

/** A search that found nothing and waits for an event to tell more. */
interface Waiting {
  readonly portal: string;
  readonly place: ExternalPlace;
  readonly wake: (told: boolean) => void;
}

/** Finds the portal's chat of events from customers, which name only the chat in the channel. */
export function createChatResolution(options: ChatResolutionOptions): LearningChatResolution {
  const { onError, unresolvedMs = UNRESOLVED_MS, patienceMs = EVENT_PATIENCE_MS, graceMs = GRACE_MS } = options;
  const now = options.now ?? (() => performance.now());
  const facts = createChatFacts(options.keyValues);
  const pairs = new LRUCache<string, Id>(atMost(MAX_PAIRS));
  /** Chats by the user codes that answers told. */
  const codes = new LRUCache<string, Id>(atMost(MAX_PAIRS));
  const unresolved = new LRUCache<string, { readonly place: ExternalPlace; readonly until: number }>(
    atMost(MAX_UNRESOLVED),
  );
  const searching = new Map<string, Promise<Id | null>>();
  const waiting = new Set<Waiting>();
  const nextGrace = new LRUCache<string, number>(atMost(MAX_PORTALS));
  const closing = new AbortController();
  const counts = { searches: 0, deduced: 0, unresolved: 0 };

  /** A chat that was seen at the place and with the customer needs no question: one customer has one chat at a place. */
  async function search(ref: PortalRef, place: ExternalPlace, named: Id | null): Promise<Id | null> {
    const portal = portalName(ref);
    const kept = await facts.pair(portal, place);
    if (kept !== null) return kept;
    const [at, of] = await Promise.all([facts.chatsAt(portal, place), facts.chatsOf(portal, place)]);
    const both = at.filter((chatId) => of.includes(chatId));
    const only = both.length === 1 ? both[0] : undefined;
    if (only !== undefined) counts.deduced += 1;
    const found = only ?? (await searchInPortal(ref, place, { at, of, named }));
    if (found !== null) await keepPair(portal, place, found);
    return found;
  }

  async function searchInPortal(ref: PortalRef, place: ExternalPlace, known: KnownChats): Promise<Id | null> {
    await options.gathering.next(portalName(ref));
    return readPatiently(
      async () => {
        const session = await options.sessionOf(ref);
        if (session === undefined) return null;
        const askedAt = performance.now();
        const found = await searchChat(session, place, known);
        if (found !== null) options.onChat?.(ref, found, askedAt);
        return found?.id ?? null;
      },
      { patienceMs, signal: closing.signal },
    );
  }

  /** A pair that cannot be kept now is still right. */
  async function keepPair(portal: string, place: ExternalPlace, chatId: Id): Promise<void> {
    try {
      await facts.keepPair(portal, place, chatId);
    } catch (error) {
      onError(error);
    }
  }

  /**
   * Portals send events in any order: the session event of a new chat, which tells whose it is, may come just after the customer's message.
   * Resolves with true when something about the place was told, with false after a short time or at once if there was much waiting lately.
   */
  function somethingTold(portal: string, place: ExternalPlace): Promise<boolean> {
    const earliest = nextGrace.get(portal) ?? Number.NEGATIVE_INFINITY;
    if (graceMs <= 0 || now() < earliest || closing.signal.aborted) return Promise.resolve(false);
    nextGrace.set(portal, now() + graceMs / GRACE_SHARE);
    return new Promise((resolve) => {
      const wake = (told: boolean): void => {
        clearTimeout(timer);
        waiting.delete(waiter);
        resolve(told);
      };
      const waiter: Waiting = { portal, place, wake };
      const timer = setTimeout(
        guard("waiting for what tells of a chat", () => wake(false)),
        graceMs,
      );
      timer.unref();
      waiting.add(waiter);
    });
  }

  async function find(ref: PortalRef, place: ExternalPlace, named: Id | null, key: string): Promise<Id | null> {
    const portal = portalName(ref);
    counts.searches += 1;
    try {
      let found = await search(ref, place, named);
      if (found === null && (await somethingTold(portal, place))) found = await search(ref, place, named);
      if (found === null) miss(key, place);
      else pairs.set(key, found);
      return found;
    } catch (error) {
      // A portal that was only busy is asked again at the next event, and a store that is away at this one.
      if (isPassing(error) || error instanceof StorageUnavailable) {
        counts.unresolved += 1;
        throw error;
      }
      onError(error);
      miss(key, place);
      return null;
    } finally {
      searching.delete(key);
    }
  }

  function miss(key: string, place: ExternalPlace): void {
    counts.unresolved += 1;
    unresolved.set(key, { place, until: now() + unresolvedMs });
  }

  /** Places that were not found and that the fact may be about are looked for again. */
  function reconsider(portal: string, fact: ChatFact): void {
    for (const waiter of [...waiting]) if (waiter.portal === portal && concerns(fact, waiter.place)) waiter.wake(true);
    for (const [key, { place }] of unresolved.entries()) {
      if (key.startsWith(`${portal}\n`) && concerns(fact, place)) unresolved.delete(key);
    }
  }

  async function learn(portal: string, told: readonly ChatFact[]): Promise<void> {
    try {
      for (const fact of told) if (await facts.keep(portal, fact)) reconsider(portal, fact);
    } catch (error) {
      onError(error);
    }
  }

  return {
    resolve(ref, address) {
      const portal = portalName(ref);
      if (address.chatId !== null) return address.chatId;
      const place = externalPlace(address);
      if (place === null) {
        counts.unresolved += 1;
        return null;
      }
      const key = `${portal}\n${placeName(place)}`;
      const known = pairs.get(key);
      if (known !== undefined) return known;
      const seen = sureCodes(place).flatMap((code) => codes.get(`${portal}\n${code}`) ?? []);
      if (seen[0] !== undefined) {
        pairs.set(key, seen[0]);
        return seen[0];
      }
      const missed = unresolved.get(key);
      if (missed !== undefined && now() < missed.until) return null;
      const underWay = searching.get(key);
      if (underWay !== undefined) return underWay;
      const search = find(ref, place, address.namedChatId, key);
      searching.set(key, search);
      return search;
    },
    note(ref, { id, userCode }) {
      if (userCode !== null && userCode !== undefined) codes.set(`${portalName(ref)}\n${userCode.raw}`, id);
    },
    learn(portal, event) {
      const untold = factsOf(event).filter((fact) => !facts.isKnown(portal, fact));
      return untold.length === 0 ? NOTHING_LEARNED : learn(portal, untold);
    },
    async forget(portal) {
      for (const key of pairs.keys()) if (key.startsWith(`${portal}\n`)) pairs.delete(key);
      for (const key of codes.keys()) if (key.startsWith(`${portal}\n`)) codes.delete(key);
      for (const key of unresolved.keys()) if (key.startsWith(`${portal}\n`)) unresolved.delete(key);
      await facts.forget(portal);
    },
    counts: () => ({ ...counts }),
    close() {
      closing.abort();
      for (const waiter of [...waiting]) waiter.wake(false);
    },
  };
}

const NOTHING_LEARNED = Promise.resolve();

function concerns(fact: ChatFact, place: ExternalPlace): boolean {
  if (fact.connectorId !== place.connectorId) return false;
  return fact.kind === "at" ? fact.externalChatId === place.externalChatId : fact.customerId === place.customerId;
}

/** Connectors whose chats have many customers name none. */
const NO_CUSTOMER = "0";

/**
 * What an event tells: session events the chat and its customer, messages that carry both chats the place in the channel, and those a
 * customer wrote the customer too. The `userId` of what was sent out is the channel's, so that it tells nothing about the portal's user.
 */
function factsOf(event: StoredEvent): ChatFact[] {
  if (event.kind === "gap" || event.kind === "chatChanged") return [];
  const { connectorId, lineId, chatId, externalChatId, userId } = event.address;
  if (connectorId === null || chatId === null) return [];
  const facts: ChatFact[] = [];
  const isSession = event.kind === "sessionStarted" || event.kind === "sessionFinished";
  if (!isSession && lineId !== null && externalChatId !== null) {
    facts.push({ kind: "at", connectorId, lineId, externalChatId, chatId });
  }
  const isByCustomer = isSession || event.direction === "INCOMING";
  if (isByCustomer && userId !== null && userId !== NO_CUSTOMER)
    facts.push({ kind: "of", connectorId, customerId: userId, chatId });
  return facts;
}
