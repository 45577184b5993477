import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Id } from "../../datasources/domain/ids.ts";
import { atMost } from "../../process/growing-cache.ts";
import type { KeyValueStore } from "../../storage/key-value-store.ts";
import type { EventAddress } from "../events/stored-event.ts";

/** What an incoming event tells about its chat; all of it is needed to find the chat. */
export interface ExternalPlace {
  readonly connectorId: string;
  readonly lineId: Id;
  /** The chat in the channel. */
  readonly externalChatId: string;
  /** The customer's user in the portal. */
  readonly customerId: string;
}

/** The external place of an event; null when the event does not tell enough. Digits beside the channel may be its own chat's, too. */
export function externalPlace(address: EventAddress): ExternalPlace | null {
  const { connectorId, lineId, userId, namedChatId } = address;
  const externalChatId = address.externalChatId ?? namedChatId;
  if (connectorId === null || lineId === null || externalChatId === null || userId === null) return null;
  return { connectorId, lineId, externalChatId, customerId: userId };
}

/** Names the place, the same in every process. */
export function placeName({ connectorId, lineId, externalChatId, customerId }: ExternalPlace): string {
  return JSON.stringify(["pair", connectorId, lineId, externalChatId, customerId]);
}

/** One thing an event told: this chat of the portal is at that place in the channel, or is this customer's. */
export type ChatFact =
  | {
      readonly kind: "at";
      readonly connectorId: string;
      readonly lineId: Id;
      readonly externalChatId: string;
      readonly chatId: Id;
    }
  | { readonly kind: "of"; readonly connectorId: string; readonly customerId: string; readonly chatId: Id };

/** What is known about the chats of portals, kept beyond the process. All methods reject with `StorageUnavailable`. */
export interface ChatFacts {
  pair(portal: string, place: ExternalPlace): Promise<Id | null>;
  keepPair(portal: string, place: ExternalPlace, chatId: Id): Promise<void>;
  /** Chats seen at the place in the channel, whoever wrote there. */
  chatsAt(portal: string, place: ExternalPlace): Promise<readonly Id[]>;
  /** Chats seen with the customer on the connector, on whatever line. */
  chatsOf(portal: string, place: ExternalPlace): Promise<readonly Id[]>;
  /** Whether this process has written it or seen it written. */
  isKnown(portal: string, fact: ChatFact): boolean;
  /** Tells whether it was new to this process. */
  keep(portal: string, fact: ChatFact): Promise<boolean>;
  forget(portal: string): Promise<void>;
}

/** A pair that nobody used for so long is looked up again. */
const PAIR_LIFE_MS = 30 * 24 * 60 * 60 * 1_000;
const MAX_CHATS_OF_FACT = 8;
const MAX_KNOWN_FACTS = 20_000;

const anId = z.string().regex(/^[1-9][0-9]*$/);
const ids = z.array(anId);

/** Facts in the key-value store: one namespace for each portal, which the store bounds. */
export function createChatFacts(store: KeyValueStore): ChatFacts {
  /** Facts that this process has written or seen written: most events tell nothing new and must not cost a write. */
  const known = new LRUCache<string, true>(atMost(MAX_KNOWN_FACTS));

  async function read<T>(portal: string, key: string, shape: z.ZodType<T>, none: T): Promise<T> {
    const text = await store.get(namespaceOf(portal), key);
    if (text === null) return none;
    const found = shape.safeParse(parsed(text));
    return found.success ? found.data : none;
  }

  return {
    pair: (portal, place) => read(portal, placeName(place), anId.nullable(), null),
    keepPair: (portal, place, chatId) =>
      store.set(namespaceOf(portal), placeName(place), JSON.stringify(chatId), { ttlMs: PAIR_LIFE_MS }),
    chatsAt: (portal, place) => read(portal, factName({ kind: "at", ...place, chatId: "" }), ids, []),
    chatsOf: (portal, place) => read(portal, factName({ kind: "of", ...place, chatId: "" }), ids, []),
    isKnown: (portal, fact) => known.has(nameOf(portal, fact)),
    async keep(portal, fact) {
      const key = factName(fact);
      const name = nameOf(portal, fact);
      if (known.has(name)) return false;
      const kept = await read(portal, key, ids, []);
      if (!kept.includes(fact.chatId)) {
        const chats = [...kept, fact.chatId].slice(-MAX_CHATS_OF_FACT);
        await store.set(namespaceOf(portal), key, JSON.stringify(chats), { ttlMs: PAIR_LIFE_MS });
      }
      known.set(name, true);
      return true;
    },
    async forget(portal) {
      known.clear();
      const namespace = namespaceOf(portal);
      for (const { key } of await store.list(namespace)) await store.delete(namespace, key);
    },
  };
}

/** The namespace of a portal's facts; its bound is the store's, so that one busy portal does not push out another's. */
export function namespaceOf(portal: string): string {
  return `chat-facts ${portal}`;
}

function factName(fact: ChatFact): string {
  return fact.kind === "at"
    ? JSON.stringify(["at", fact.connectorId, fact.lineId, fact.externalChatId])
    : JSON.stringify(["of", fact.connectorId, fact.customerId]);
}

function nameOf(portal: string, fact: ChatFact): string {
  return JSON.stringify([portal, factName(fact), fact.chatId]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
