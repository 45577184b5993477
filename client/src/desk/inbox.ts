import type { OpenLinesClient } from "../client.ts";
import { isRecord, type SubscriptionEnded } from "../result.ts";
import { beginAgainAfter, type Problem } from "./live-view.ts";
import { type Selection, textOfSelection } from "./selection.ts";
import { createStore, type Watched } from "./store.ts";

/** An item of the inbox with the fields that were asked for, here the usual ones; its id is the chat's. */
export type InboxRow = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly status?: string | null;
  readonly isPinned?: boolean | null;
  readonly preview?: { readonly text: string | null; readonly sentAt: string | null } | null;
  readonly chat?: {
    readonly id: string;
    readonly title: string | null;
    readonly state: string | null;
    readonly viewerUnreadCount: number | null;
    readonly operator: { readonly id: string; readonly name: string | null } | null;
  };
};

export interface InboxState<Row = InboxRow> {
  /** In the gateway's order: pinned ones first, then the last changed. */
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly problem: Problem | undefined;
}

/** Before anything came. */
export const EMPTY_INBOX: InboxState<never> = { rows: [], hasMore: false, isLoading: true, problem: undefined };

export interface LiveInbox<Row = InboxRow> extends Watched<InboxState<Row>> {
  /** Widens the list by another page, up to 100 rows. Resolves when the wider list is there, or cannot be had. */
  loadMore(): Promise<void>;
  /** Asks for the list anew, now: for whoever does not want to wait until that is done by itself. */
  readAgain(): void;
  close(): void;
}

export interface InboxOptions<Row extends InboxRow = InboxRow> {
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
  /** Rows at first, and of each further page. */
  readonly first?: number | undefined;
  /** What is selected of an item of the inbox; with its `id`. */
  readonly itemFields?: Selection<Row> | undefined;
}

export const INBOX_FIELDS =
  "id status isPinned changedAt preview { text sentAt } chat { id title state viewerUnreadCount connector { id } line { id } operator { id name } }";
const FIRST = 20;
const MOST = 100;

/** The viewer's dialogs as the gateway keeps them up to date: a row moves with its message, what is unread follows. */
export function openInbox<Row extends InboxRow = InboxRow>(
  client: OpenLinesClient,
  options: InboxOptions<Row> = {},
): LiveInbox<Row> {
  const { filter = null, first: step = FIRST, itemFields = INBOX_FIELDS } = options;
  let first = step;
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: () => void = () => undefined;
  const items = new Map<string, Row>();
  const waiting = new Set<() => void>();
  const store = createStore<InboxState<Row>>(EMPTY_INBOX);
  const show = (how: Partial<InboxState<Row>>): void => store.set({ ...store.get(), ...how });

  function arrived(): void {
    for (const resolve of waiting) resolve();
    waiting.clear();
  }
  function take({ inboxChanged: change }: Readonly<Record<string, unknown>>): void {
    if (!isRecord(change)) return;
    if (change.isWholeList === true) items.clear();
    for (const id of listOf(change.removedIds)) items.delete(String(id));
    for (const item of listOf(change.changed)) if (isRow<Row>(item)) items.set(item.id, item);
    const rows = listOf(change.order).flatMap((id) => items.get(String(id)) ?? []);
    show({ rows, hasMore: change.hasMore === true && first < MOST, isLoading: false, problem: undefined });
    arrived();
  }
  function ended(end: SubscriptionEnded): void {
    show({ problem: end, isLoading: false });
    arrived();
    const wait = beginAgainAfter(end);
    if (wait !== undefined && !isClosed) timer = setTimeout(begin, wait);
  }
  function begin(): void {
    stop();
    clearTimeout(timer);
    stop = client.subscribe(
      CHANGES(textOfSelection(itemFields)),
      { variables: { first, filter } },
      { next: take, error: ended },
    );
  }

  begin();
  return {
    ...store,
    async loadMore() {
      if (!store.get().hasMore || isClosed) return;
      first = Math.min(MOST, first + step);
      show({ isLoading: true });
      begin();
      await new Promise<void>((resolve) => waiting.add(resolve));
    },
    readAgain() {
      if (isClosed) return;
      show({ isLoading: true, problem: undefined });
      begin();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      stop();
      arrived();
    },
  };
}

const CHANGES = (fields: string): string => `subscription InboxChanges($first: Int!, $filter: InboxFilter) {
  inboxChanged(first: $first, filter: $filter) { isWholeList order removedIds hasMore changed { ${fields} } }
}`;

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Its fields are those that were selected: the gateway answers nothing else. */
function isRow<Row extends InboxRow>(item: unknown): item is Row {
  return isRecord(item) && typeof item.id === "string";
}
