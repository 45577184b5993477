import { GraphQLError } from "graphql";
import { LRUCache } from "lru-cache";
import type { PortalSession } from "../../datasources/bitrix24/calls.ts";
import { PortalProtocolError, PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { recentGet } from "../../datasources/im/recent.ts";
import { dialogGet } from "../../datasources/imopenlines/dialog.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";
import type { StoredEvent } from "../events/stored-event.ts";
import type { EventAccess, LiveViewer } from "./live-viewer.ts";
import { isPassing, readPatiently } from "./patient-read.ts";

export interface EventAccessOptions {
  /** The viewer's own credential, bound to a fresh deadline. Called for each question to the portal. */
  readonly sessionOf: (viewer: LiveViewer) => PortalSession;
  /** How long a permission holds before the portal is asked again; also how long a refusal by the portal itself holds. Default 60 s. */
  readonly recheckMs?: number;
  /** How long a refusal holds before the viewer's list of dialogs is looked at again: dialogs are handed over without an event. Default 20 s. */
  readonly refusedMs?: number;
  /** How long a busy or absent portal is waited for before an event is given up for the viewer. Default 30 s. */
  readonly patienceMs?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

/** What became of the questions so far. */
export interface EventAccessCounts {
  /** Events withheld because nobody can tell their chat, once for each viewer that would have got them. */
  readonly withoutChat: number;
  /** Questions that ended without an answer. */
  readonly undetermined: number;
  /** `im.recent.get` and `imopenlines.dialog.get` calls that were begun, repetitions after a failure included. */
  readonly listReads: number;
  readonly chatReads: number;
}

export interface CheckedEventAccess extends EventAccess {
  /** Reads the viewer's dialogs before its first event. Never rejects: what goes wrong is told at the first event. */
  prime(viewer: LiveViewer): Promise<void>;
  /** An event that may have let somebody into a chat: refusals for it that are older no longer hold. Call it when the event is appended. */
  notice(portal: string, event: StoredEvent): void;
  counts(): EventAccessCounts;
  /** Ends waiting questions. */
  close(): void;
}

/**
 * It cannot be told now whether the viewer may see the chat, because the portal does not answer or its answer is not understood. The event was
 * not delivered; the next one may be. What clients are told names no chat, for it may be one they have no right to know of.
 */
export class AccessUndetermined extends GraphQLError {
  readonly chatId: Id;
  constructor(chatId: Id, cause: unknown) {
    super(
      "An event was left out because the portal could not be asked in time whether you may see it. Read again what matters; the stream goes on.",
      { extensions: { code: "EVENT_WITHHELD" } },
    );
    this.name = "AccessUndetermined";
    this.chatId = chatId;
    this.cause = cause;
  }
}

interface Decision {
  readonly allowed: boolean;
  /** When the portal began to be asked about this chat. */
  readonly askedAt: number;
  /** When it was last confirmed, by the list or by the portal's answer about the chat. */
  readonly lookedAt: number;
  readonly validUntil: number;
}

/** The viewer's own dialogs: what is in it may be seen, what is not has to be asked for. */
interface DialogList {
  readonly chatIds: ReadonlySet<Id>;
  /** False when the credential may not list its dialogs. */
  readonly isTold: boolean;
  readonly askedAt: number;
  /** Not asked again before. */
  readonly restUntil: number;
}

interface ViewerState {
  list: DialogList | undefined;
  listing: Promise<DialogList> | undefined;
}

const RECHECK_MS = 60_000;
const REFUSED_MS = 20_000;
const PATIENCE_MS = 30_000;
/** A credential that may not list its dialogs (no scope `im`) is not asked to for this long. */
const LIST_REFUSED_MS = 600_000;
const MAX_VIEWERS = 1_000;
const MAX_DECISIONS = 50_000;
const MAX_CHANGED_CHATS = 10_000;
/** Actions through the gateway after which nobody sees the chat who did not before: looking again would only cost allowance. */
const ADMITS_NOBODY: ReadonlySet<string> = new Set(["ANSWER", "FINISH", "SPAM", "PIN", "SILENT_MODE"]);

/**
 * Tells who may see which event: `all` viewers everything, others what their granted lines carry and, asked with their own credential, the
 * chats of their dialog list and those whose record the portal shows them. A question that the portal does not answer rejects with
 * `AccessUndetermined`; a credential that the portal no longer accepts rejects with that refusal.
 */
export function createEventAccess(options: EventAccessOptions): CheckedEventAccess {
  const { sessionOf, recheckMs = RECHECK_MS, patienceMs = PATIENCE_MS, now = () => performance.now() } = options;
  const refusedMs = Math.min(options.refusedMs ?? REFUSED_MS, recheckMs);
  const viewers = new LRUCache<string, ViewerState>({ max: MAX_VIEWERS });
  const decisions = new LRUCache<string, Decision>({ max: MAX_DECISIONS });
  const changedChats = new LRUCache<string, number>({ max: MAX_CHANGED_CHATS });
  const asking = new Map<string, Promise<boolean>>();
  const closing = new AbortController();
  const patience = { patienceMs, signal: closing.signal };
  const counts = { withoutChat: 0, undetermined: 0, listReads: 0, chatReads: 0 };

  const viewerKey = (viewer: LiveViewer): string => `${viewer.portal}\n${viewer.rightsKey}`;
  const changedAt = (viewer: LiveViewer, chatId: Id): number =>
    changedChats.get(`${viewer.portal}\n${chatId}`) ?? Number.NEGATIVE_INFINITY;

  function stateOf(viewer: LiveViewer): ViewerState {
    const key = viewerKey(viewer);
    const known = viewers.get(key);
    if (known !== undefined) return known;
    const state: ViewerState = { list: undefined, listing: undefined };
    viewers.set(key, state);
    return state;
  }

  async function readList(viewer: LiveViewer): Promise<DialogList> {
    let askedAt = now();
    try {
      const page = await readPatiently(() => {
        askedAt = now();
        counts.listReads += 1;
        const portal = sessionOf(viewer);
        return portal.read(recentGet(), { fresh: true });
      }, patience);
      const chatIds = new Set(page.chats.map((chat) => chat.id));
      return { chatIds, isTold: true, askedAt, restUntil: askedAt + refusedMs };
    } catch (error) {
      // The list only saves questions: without it each chat is asked for.
      if (!isListRefused(error)) throw error;
      return { chatIds: new Set(), isTold: false, askedAt, restUntil: askedAt + LIST_REFUSED_MS };
    }
  }

  /** The viewer's dialogs, not older than the rest between two readings and than `since`. */
  function listOf(viewer: LiveViewer, since: number): Promise<DialogList> | DialogList {
    const state = stateOf(viewer);
    const { list } = state;
    if (list !== undefined && (list.askedAt >= since || !list.isTold) && now() < list.restUntil) return list;
    state.listing ??= readList(viewer)
      .then((read) => {
        state.list = read;
        return read;
      })
      .finally(() => {
        state.listing = undefined;
      });
    return state.listing;
  }

  /** Whether the portal shows the viewer the chat's record. */
  async function mayRead(viewer: LiveViewer, chatId: Id): Promise<boolean> {
    try {
      await readPatiently(() => {
        counts.chatReads += 1;
        const portal = sessionOf(viewer);
        return portal.read(dialogGet({ chatId }), { fresh: true });
      }, patience);
      return true;
    } catch (error) {
      if (error instanceof PortalRefusal && refusalClass(error) === "business") return false;
      throw error;
    }
  }

  async function decide(viewer: LiveViewer, chatId: Id, key: string): Promise<boolean> {
    const earlier = decisions.get(key);
    const changed = changedAt(viewer, chatId);
    const list = await listOf(viewer, changed);
    if (list.chatIds.has(chatId)) {
      const { askedAt } = list;
      decisions.set(key, { allowed: true, askedAt, lookedAt: askedAt, validUntil: askedAt + recheckMs });
      return true;
    }
    // Whoever was let in since has the chat in the list; rights to a whole line are looked at again at the next check only.
    const isOutdated = !list.isTold && earlier !== undefined && earlier.lookedAt < changed;
    if (earlier?.allowed === false && !isOutdated && now() < earlier.askedAt + recheckMs) {
      const validUntil = Math.min(now() + refusedMs, earlier.askedAt + recheckMs);
      decisions.set(key, { ...earlier, lookedAt: list.askedAt, validUntil });
      return false;
    }
    const askedAt = now();
    const allowed = await mayRead(viewer, chatId);
    const validUntil = askedAt + (allowed ? recheckMs : refusedMs);
    decisions.set(key, { allowed, askedAt, lookedAt: askedAt, validUntil });
    return allowed;
  }

  /** One question at a time for a viewer and a chat. */
  function ask(viewer: LiveViewer, chatId: Id, key: string): Promise<boolean> {
    const underWay = asking.get(key);
    if (underWay !== undefined) return underWay;
    const question = decide(viewer, chatId, key)
      .catch((error: unknown) => {
        if (!isPassing(error) && !(error instanceof PortalProtocolError)) throw error;
        counts.undetermined += 1;
        throw new AccessUndetermined(chatId, error);
      })
      .finally(() => asking.delete(key));
    asking.set(key, question);
    return question;
  }

  return {
    maySee(viewer, address, chatId) {
      if (viewer.scope === "all") return true;
      if (address.lineId !== null && viewer.grantedLines.has(address.lineId)) return true;
      if (chatId === null) {
        counts.withoutChat += 1;
        return false;
      }
      const key = `${viewerKey(viewer)}\n${chatId}`;
      const known = decisions.get(key);
      const holds = known !== undefined && now() < known.validUntil;
      if (holds && (known.allowed || known.lookedAt >= changedAt(viewer, chatId))) return known.allowed;
      return ask(viewer, chatId, key);
    },
    async prime(viewer) {
      if (viewer.scope === "all") return;
      try {
        await listOf(viewer, Number.NEGATIVE_INFINITY);
      } catch {
        // Told at the first event, which asks again.
      }
    },
    notice(portal, event) {
      const admits =
        event.kind === "sessionStarted" || (event.kind === "chatChanged" && !ADMITS_NOBODY.has(event.source));
      if (!admits) return;
      const { chatId } = event.address;
      if (chatId !== null) changedChats.set(`${portal}\n${chatId}`, now());
    },
    counts: () => ({ ...counts }),
    close: () => closing.abort(),
  };
}

/** Refusals that concern the list alone: the credential lacks the scope or the portal the method. */
function isListRefused(error: unknown): boolean {
  if (error instanceof PortalProtocolError) return true;
  if (!(error instanceof PortalRefusal)) return false;
  const kind = refusalClass(error);
  return kind === "insufficient-scope" || kind === "unknown-method" || kind === "module-missing" || kind === "business";
}
