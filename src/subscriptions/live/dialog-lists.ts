import type { PortalSession } from "../../datasources/bitrix24/calls.ts";
import { PortalProtocolError, PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import { portalName } from "../../datasources/bitrix24/portal-ref.ts";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { type RecentPage, recentGet, recentList } from "../../datasources/im/recent.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";
import { EVENT_PATIENCE_MS } from "./event-withheld.ts";
import { createFreshAnswers, type FreshAnswers } from "./fresh-answers.ts";
import type { LiveViewer } from "./live-viewer.ts";
import { readPatiently } from "./patient-read.ts";

/** The dialogs of a credential's user. */
export interface DialogList {
  readonly chats: ReadonlyMap<Id, ChatRecord>;
  /** False where the credential may not list its dialogs: nothing follows from what is not in it. */
  readonly isTold: boolean;
}

/** Whose list, and for what it is read. */
export interface ListQuestion {
  readonly viewer: LiveViewer;
  /** An event waits for it, or it is read to see whether something changed. */
  readonly urgency: "event" | "heartbeat";
}

/** Lists of dialogs, one for each credential, each read with its own. Reject with the errors of `errors.ts`. */
export type DialogLists = FreshAnswers<ListQuestion, DialogList>;

export interface DialogListsOptions {
  /** The viewer's own credential, bound to a fresh deadline. */
  readonly sessionOf: (viewer: LiveViewer, urgency: ListQuestion["urgency"]) => PortalSession;
  readonly signal: AbortSignal;
  /** Told of each list that was read. */
  readonly onRead?: (viewer: LiveViewer, list: DialogList, askedAt: number) => void;
}

const MAX_LISTS = 5_000;
/** Of portals that know only the newer list. */
const LONGEST_LIST = 200;

export function createDialogLists({ sessionOf, signal, onRead }: DialogListsOptions): DialogLists {
  async function read({ viewer, urgency }: ListQuestion): Promise<DialogList> {
    try {
      const page = await readPatiently(() => readRecent(sessionOf(viewer, urgency)), {
        patienceMs: EVENT_PATIENCE_MS,
        signal,
      });
      return { chats: new Map(page.items.map(({ id, record }) => [id, record])), isTold: true };
    } catch (error) {
      if (!isAboutTheList(error)) throw error;
      return { chats: new Map(), isTold: false };
    }
  }

  return createFreshAnswers<ListQuestion, DialogList>({
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
    return await portal.read(recentList({ offset: 0, limit: LONGEST_LIST }), { fresh: true });
  }
}

/** Refusals that concern the list alone: the credential lacks the scope or the portal the method. */
function isAboutTheList(error: unknown): boolean {
  if (error instanceof PortalProtocolError) return true;
  if (!(error instanceof PortalRefusal)) return false;
  const kind = refusalClass(error);
  return kind === "insufficient-scope" || kind === "unknown-method" || kind === "module-missing" || kind === "business";
}
