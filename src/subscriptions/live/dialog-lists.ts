import { LRUCache } from "lru-cache";
import type { PortalSession } from "../../datasources/bitrix24/calls.ts";
import { PortalProtocolError, PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import { portalName } from "../../datasources/bitrix24/portal-ref.ts";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { InboxItemRecord } from "../../datasources/domain/inbox-item.ts";
import type { UserRecord } from "../../datasources/domain/user.ts";
import { type RecentPage, recentGet, recentList } from "../../datasources/im/recent.ts";
import { atMost } from "../../process/growing-cache.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";
import { EVENT_PATIENCE_MS } from "./event-withheld.ts";
import { createFreshAnswers, type FreshAnswers } from "./fresh-answers.ts";
import type { LiveViewer } from "./live-viewer.ts";
import { readPatiently } from "./patient-read.ts";

/** The dialogs of a credential's user. */
export interface DialogList {
  readonly chats: ReadonlyMap<Id, ChatRecord>;
  /** The same in the list's own order: pinned ones first, then the last changed. */
  readonly items: readonly InboxItemRecord[];
  /** Authors of the last messages. */
  readonly users: readonly UserRecord[];
  /** The portal has more of it than was read. */
  readonly hasMore: boolean;
  /** False where the credential may not list its dialogs: nothing follows from what is not in it. */
  readonly isTold: boolean;
  /** What the portal said where it is not told. */
  readonly refusal?: unknown;
}

const NOT_TOLD: DialogList = { chats: new Map(), items: [], users: [], hasMore: false, isTold: false };

/** Whose list, and for what it is read. */
export interface ListQuestion {
  readonly viewer: LiveViewer;
  /** An event waits for it, it is read to see whether something changed, or the viewer himself waits for it. */
  readonly urgency: ListUrgency;
}

export type ListUrgency = "event" | "heartbeat" | "viewer";

/** Lists of dialogs, one for each credential, each read with its own. Reject with the errors of `errors.ts`. */
export interface DialogLists extends FreshAnswers<ListQuestion, DialogList> {
  /**
   * Whether a chat that waits for an operator is offered to the viewer although his list lacks it: some portals leave what is offered out of
   * the one list and have it in the other. Where that is found, the other is the portal's list from then on.
   */
  isOffered(viewer: LiveViewer, chatId: Id): Promise<boolean>;
}

export interface DialogListsOptions {
  /** The viewer's own credential, bound to a fresh deadline. */
  readonly sessionOf: (viewer: LiveViewer, urgency: ListUrgency) => PortalSession;
  readonly signal: AbortSignal;
  /** Told of each list that was read. */
  readonly onRead?: (viewer: LiveViewer, list: DialogList, askedAt: number) => void;
}

const MAX_LISTS = 5_000;
/** Of portals that know only the newer list. */
const LONGEST_LIST = 200;
const MAX_PORTALS = 10_000;
/** What a portal's lists hold changes with its version only. */
const FULLER_LIST_MS = 24 * 60 * 60_000;
/** A portal whose two lists told the same is not asked for both again before that. */
const COMPARED_MS = 10 * 60_000;

export function createDialogLists({ sessionOf, signal, onRead }: DialogListsOptions): DialogLists {
  /** Portals that tell what is offered in the newer list only. */
  const fuller = new LRUCache<string, true>({ ...atMost(MAX_PORTALS), ttl: FULLER_LIST_MS });
  const compared = new LRUCache<string, true>({ ...atMost(MAX_PORTALS), ttl: COMPARED_MS });

  async function read({ viewer, urgency }: ListQuestion): Promise<DialogList> {
    const readPage = fuller.has(portalName(viewer.portal)) ? readList : readRecent;
    try {
      const page = await readPatiently(() => readPage(sessionOf(viewer, urgency)), {
        patienceMs: EVENT_PATIENCE_MS,
        signal,
      });
      const { items, users, hasMore } = page;
      return { chats: new Map(items.map(({ id, record }) => [id, record])), items, users, hasMore, isTold: true };
    } catch (error) {
      if (!isAboutTheList(error)) throw error;
      return { ...NOT_TOLD, refusal: error };
    }
  }

  const lists = createFreshAnswers<ListQuestion, DialogList>({
    nameOf: ({ viewer }) => dialogListName(viewer),
    // Who asks has waited for a gathering already, or is a heartbeat.
    turn: () => Promise.resolve(),
    async ask(question) {
      const askedAt = performance.now();
      const list = await read(question);
      if (list.isTold) onRead?.(question.viewer, list, askedAt);
      return list;
    },
    maxKept: MAX_LISTS,
  });

  return {
    ...lists,
    async isOffered(viewer, chatId) {
      const portal = portalName(viewer.portal);
      if (fuller.has(portal) || compared.has(portal)) return false;
      compared.set(portal, true);
      try {
        const page = await readPatiently(() => readList(sessionOf(viewer, "event")), {
          patienceMs: EVENT_PATIENCE_MS,
          signal,
        });
        const isThere = page.items.some(({ id }) => id === chatId);
        if (isThere) fuller.set(portal, true);
        return isThere;
      } catch (error) {
        if (isAboutTheList(error)) return false;
        compared.delete(portal);
        throw error;
      }
    },
  };
}

/** Names the credential whose list it is. */
export function dialogListName({ portal, credentialKey }: Pick<LiveViewer, "portal" | "credentialKey">): string {
  return `${portalName(portal)}\n${credentialKey}`;
}

async function readRecent(portal: PortalSession): Promise<RecentPage> {
  try {
    return await portal.read(recentGet(), { fresh: true });
  } catch (error) {
    if (!(error instanceof PortalRefusal && refusalClass(error) === "unknown-method")) throw error;
    return await readList(portal);
  }
}

function readList(portal: PortalSession): Promise<RecentPage> {
  return portal.read(recentList({ offset: 0, limit: LONGEST_LIST }), { fresh: true });
}

/** Refusals that concern the list alone: the credential lacks the scope or the portal the method. */
function isAboutTheList(error: unknown): boolean {
  if (error instanceof PortalProtocolError) return true;
  if (!(error instanceof PortalRefusal)) return false;
  const kind = refusalClass(error);
  return kind === "insufficient-scope" || kind === "unknown-method" || kind === "module-missing" || kind === "business";
}
