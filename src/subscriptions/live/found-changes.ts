import { LRUCache } from "lru-cache";
import { type PortalRef, portalName } from "../../datasources/bitrix24/portal-ref.ts";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { ChatAspect } from "../../datasources/domain/chat-aspect.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { atMost } from "../../process/growing-cache.ts";
import { guard } from "../../process/guard.ts";
import type { StoredChatChanged, StoredEvent } from "../events/stored-event.ts";

export interface FoundChanges {
  /** What an answer of the portal says about a chat that is the chat's, whoever asked; and when it was asked for. */
  observe(portal: PortalRef, chat: ChatRecord, askedAt: number): void;
  /** An event came into the log of a portal, by its name: what it is about has been told. */
  notice(portal: string, event: StoredEvent): void;
  close(): void;
}

export interface FoundChangesOptions {
  /** Called for a change that nothing else told. `name`: the same wherever it is found. */
  readonly found: (portal: PortalRef, change: StoredChatChanged, name: string) => void;
  /** How long the event that tells a change is waited for. Default 2 s. */
  readonly graceMs?: number;
  readonly now?: () => number;
}

const GRACE_MS = 2_000;
const MAX_CHATS = 20_000;

/** The state of each aspect as text; an aspect that the answer does not tell is missing. */
type Aspects = Partial<Readonly<Record<ChatAspect, string>>>;

interface Known {
  readonly aspects: Aspects;
  readonly askedAt: number;
}

/**
 * Compares what the portal answers about chats with what it answered before. What changed in between without an event or an action of this
 * gateway was done in Bitrix24 itself, which tells nobody.
 */
export function createFoundChanges(options: FoundChangesOptions): FoundChanges {
  const { found, graceMs = GRACE_MS, now = () => performance.now() } = options;
  const known = new LRUCache<string, Known>(atMost(MAX_CHATS));
  const toldAt = new LRUCache<string, number>(atMost(MAX_CHATS));
  const waiting = new Set<NodeJS.Timeout>();

  /** The portal's own event of the same change may be on its way. */
  function tellUnlessTold(name: string, before: Known, tell: () => void): void {
    const timer = setTimeout(
      guard("telling of a change that was found", () => {
        waiting.delete(timer);
        if ((toldAt.get(name) ?? Number.NEGATIVE_INFINITY) < before.askedAt) tell();
      }),
      graceMs,
    );
    timer.unref();
    waiting.add(timer);
  }

  return {
    observe(portal, chat, askedAt) {
      const name = `${portalName(portal)}\n${chat.id}`;
      const before = known.get(name);
      if (before !== undefined && before.askedAt >= askedAt) return;
      const aspects = aspectsOf(chat);
      known.set(name, { aspects: { ...before?.aspects, ...aspects }, askedAt });
      if (before === undefined) return;
      const changed = ASPECTS.filter((each) => differs(before.aspects[each], aspects[each]));
      if (changed.length === 0) return;
      const former = changed.includes("OPERATOR") ? formerOperator(before.aspects) : [];
      const step = changed.map((each) => [each, before.aspects[each], aspects[each]]);
      tellUnlessTold(name, before, () =>
        found(portal, changeOf(chat, changed, former), JSON.stringify([chat.id, ...step])),
      );
    },
    notice(portal, event) {
      if (event.kind !== "chatChanged" && event.kind !== "sessionStarted" && event.kind !== "sessionFinished") return;
      const { chatId } = event.address;
      if (chatId !== null) toldAt.set(`${portal}\n${chatId}`, now());
    },
    close() {
      for (const timer of waiting) clearTimeout(timer);
    },
  };
}

const NOBODY = "nobody";
const ASPECTS: readonly ChatAspect[] = ["OPERATOR", "LINE", "STATE", "PIN", "SILENT_MODE"];

function aspectsOf({ operatorId, session, userCode, isSilent }: ChatRecord): Aspects {
  const lineId: Id | null | undefined = session?.lineId ?? userCode?.lineId;
  return {
    ...(operatorId === undefined ? {} : { OPERATOR: operatorId ?? NOBODY }),
    ...(lineId === undefined || lineId === null ? {} : { LINE: lineId }),
    ...(session === undefined || session === null
      ? {}
      : {
          STATE: `${session.sessionId === null ? "closed" : "open"} ${session.isWaitingForAction === true}`,
          PIN: String(session.isPinned === true),
        }),
    ...(isSilent === undefined || isSilent === null ? {} : { SILENT_MODE: String(isSilent) }),
  };
}

function differs(before: string | undefined, after: string | undefined): boolean {
  return before !== undefined && after !== undefined && before !== after;
}

/** Whoever had the chat is told that he has it no longer. */
function formerOperator({ OPERATOR }: Aspects): readonly Id[] {
  return OPERATOR === undefined || OPERATOR === NOBODY ? [] : [OPERATOR];
}

function changeOf(chat: ChatRecord, changed: readonly ChatAspect[], formerUserIds: readonly Id[]): StoredChatChanged {
  return {
    kind: "chatChanged",
    address: {
      connectorId: chat.userCode?.connectorId ?? null,
      lineId: chat.session?.lineId ?? chat.userCode?.lineId ?? null,
      chatId: chat.id,
      externalChatId: null,
      namedChatId: null,
      userId: null,
    },
    dispatchedAt: new Date().toISOString(),
    source: "PORTAL",
    changed,
    formerUserIds,
  };
}
