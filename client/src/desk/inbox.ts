import type { OpenLinesClient } from "../client.ts";
import { isRecord, type Result } from "../result.ts";
import { openLiveView, type Problem } from "./live-view.ts";
import { createStore, type Watched } from "./store.ts";

/** An item of the inbox with the fields that were asked for; its id is the chat's. */
export type InboxRow = Readonly<Record<string, unknown>> & {
  readonly id: string;
  /** What an event told since the row was read; null until then. */
  readonly news: { readonly text: string | null; readonly at: string } | null;
};

export interface InboxState {
  /** Newest first. */
  readonly rows: readonly InboxRow[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly problem: Problem | undefined;
}

/** Before anything was read. */
export const EMPTY_INBOX: InboxState = { rows: [], hasMore: false, isLoading: true, problem: undefined };

export interface LiveInbox extends Watched<InboxState> {
  /** Widens the list by another page, up to 100 rows. */
  loadMore(): Promise<void>;
  close(): void;
}

export interface InboxOptions {
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
  /** Rows at first, and of each further page. */
  readonly first?: number | undefined;
  /** The selection of an item of the inbox without braces; with its `id`. */
  readonly itemFields?: string | undefined;
}

export const INBOX_FIELDS =
  "id status isPinned changedAt preview { text sentAt } chat { id title state viewerUnreadCount connector { id } line { id } operator { id name } }";
const FIRST = 20;
const MOST = 100;
/** Counters and states are read again so long after an event, once for all that came: many who read at each would use up the portal's allowance. */
const READ_AGAIN_MS = 5_000;

/** The viewer's dialogs. What an event tells is shown at once, the rest of the row when it was read again. */
export function openInbox(client: OpenLinesClient, options: InboxOptions = {}): LiveInbox {
  const { filter, first: step = FIRST, itemFields = INBOX_FIELDS } = options;
  let first = step;
  const store = createStore(EMPTY_INBOX);
  const show = (how: Partial<InboxState>): void => store.set({ ...store.get(), ...how });

  async function read(): Promise<string | undefined> {
    const { cursor, rows, hasMore } = readList(
      await client.request(LIST(itemFields), { first, filter: filter ?? null }),
    );
    show({ rows, hasMore: hasMore && first < MOST, isLoading: false });
    return cursor;
  }
  function event({ chat, content, receivedAt }: Readonly<Record<string, unknown>>): void {
    const id = isRecord(chat) ? chat.id : undefined;
    const { rows } = store.get();
    const row = rows.find((each) => each.id === id);
    if (row !== undefined && isRecord(content) && typeof receivedAt === "string") {
      const news = { text: typeof content.text === "string" ? content.text : null, at: receivedAt };
      show({ rows: [{ ...row, news }, ...rows.filter((each) => each !== row)] });
    }
    view.readSoon(READ_AGAIN_MS * (0.5 + Math.random()));
  }
  const view = openLiveView({
    client,
    subscription: EVENTS,
    variables: {},
    read,
    event,
    failed: (problem) => show({ problem, isLoading: store.get().isLoading && problem === undefined }),
  });
  return {
    ...store,
    async loadMore() {
      if (!store.get().hasMore) return;
      first = Math.min(MOST, first + step);
      show({ isLoading: true });
      await view.readNow();
    },
    close: view.close,
  };
}

const LIST = (fields: string): string => `query Inbox($first: Int!, $filter: InboxFilter) {
  eventCursor
  inbox(first: $first, filter: $filter) { nodes { ${fields} } pageInfo { hasNextPage } }
}`;

const EVENTS = `subscription InboxEvents($after: EventCursor) {
  openLineEvents(after: $after, checkpoints: true) {
    __typename
    cursor
    receivedAt
    ... on ChatEvent { chat { id } }
    ... on MessageAdded { content { text } }
    ... on StreamGap { since until refetchAfterMs }
  }
}`;

/** Throws the first error where the list is not there. */
function readList({ data, errors = [] }: Result): {
  readonly cursor: string | undefined;
  readonly rows: readonly InboxRow[];
  readonly hasMore: boolean;
} {
  const inbox = data?.inbox;
  if (!isRecord(inbox) || !Array.isArray(inbox.nodes)) {
    const [{ message, extensions } = { message: "The inbox was not answered.", extensions: undefined }] = errors;
    throw Object.assign(new Error(message), { extensions });
  }
  return {
    cursor: typeof data?.eventCursor === "string" ? data.eventCursor : undefined,
    rows: inbox.nodes.flatMap((node): InboxRow[] =>
      isRecord(node) && typeof node.id === "string" ? [{ ...node, id: node.id, news: null }] : [],
    ),
    hasMore: isRecord(inbox.pageInfo) && inbox.pageInfo.hasNextPage === true,
  };
}
