import { PortalRefusal } from "../datasources/bitrix24/errors.ts";
import type { Id } from "../datasources/domain/ids.ts";
import type { SessionRecord } from "../datasources/domain/session-record.ts";
import {
  type SessionListFilter,
  type SessionListPage,
  sessionList,
} from "../datasources/imopenlines/statistics/session-list.ts";
import type { BackgroundReader } from "./background-reader.ts";

const PAGE_SIZE = 200;
/** A portal that sends fewer rows than were asked for sends at least as many as it does by itself. */
const LEAST_PAGE_SIZE = 50;
/** Offsets 0 to 9,800: as many pages as a request has commands, and less than the portal's last offset. */
export const PAGES_PER_WINDOW = 50;
const MAX_ROWS = PAGES_PER_WINDOW * PAGE_SIZE;

/** Of a second whose sessions come in another order each time: each pass tells most of those that the passes before left out. */
const MAX_PASSES = 20;

export interface ExportWindow {
  readonly sessions: readonly SessionRecord[];
  /** Whether these are all; else the second of the last one may go on. */
  readonly isWhole: boolean;
}

/** The sessions that a filter finds as far as offsets go, `pagesAtOnce` pages side by side at first. */
export async function readWindow(
  read: BackgroundReader,
  filter: SessionListFilter,
  pagesAtOnce: number,
): Promise<ExportWindow> {
  const found = new Map<Id, SessionRecord>();
  const repeated = new Set<number>();
  let step = PAGE_SIZE;
  let isWhole = false;
  for (let offset = 0; offset < MAX_ROWS && !isWhole; ) {
    const left = Math.ceil((MAX_ROWS - offset) / step);
    const offsets = Array.from({ length: offset === 0 ? pagesAtOnce : left }, (_, index) => offset + index * step);
    const pages = await read(
      offsets.map((at) => sessionList({ filter, order: "CREATED", direction: "ASC", offset: at, limit: step })),
    );
    for (const page of pages) {
      if (page instanceof PortalRefusal) throw page;
      const { items, count } = page.sessions;
      for (const session of items) {
        if (found.has(session.id)) repeated.add(secondOf(session));
        found.set(session.id, session);
      }
      isWhole = !page.hasNextPage;
      offset += count === 0 ? step : count;
      const isShort = count > 0 && count < step;
      // What follows begins where this one ended, and not where it was asked for.
      if (isShort) step = Math.max(LEAST_PAGE_SIZE, count);
      if (isWhole || isShort) break;
    }
  }
  for (const second of repeated) await readSecond(read, filter, second, found);
  return { sessions: [...found.values()], isWhole };
}

/**
 * Sessions of one second have no order among themselves, so that pages that were read beside or after each other may repeat one of them, and then
 * leave another out. Of that second all are read again, until as many different ones have come as there are: the pages forwards and backwards in
 * turn, so that they meet a portal that has two orders in both.
 */
async function readSecond(
  read: BackgroundReader,
  filter: SessionListFilter,
  second: number,
  found: Map<Id, SessionRecord>,
): Promise<void> {
  // A second on both sides, whichever ends of a period the portal counts in.
  const created = { from: new Date((second - 1) * 1000), to: new Date((second + 1) * 1000) };
  const seen = new Set<Id>();
  const offsets: number[] = [];
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    let rows = 0;
    for await (const page of pass === 0 ? onwards() : again(pass % 2 === 0 ? offsets : offsets.toReversed())) {
      rows += page.sessions.items.length;
      for (const session of page.sessions.items) {
        seen.add(session.id);
        if (secondOf(session) === second) found.set(session.id, session);
      }
    }
    if (seen.size >= rows) return;
  }

  async function pageAt(offset: number): Promise<SessionListPage> {
    const [page] = await read([
      sessionList({ filter: { ...filter, created }, order: "CREATED", direction: "ASC", offset, limit: PAGE_SIZE }),
    ]);
    if (page === undefined) throw new Error("unreachable: a call without an answer");
    if (page instanceof PortalRefusal) throw page;
    return page;
  }

  /** Notes where the pages begin. */
  async function* onwards(): AsyncGenerator<SessionListPage> {
    for (let offset = 0; offset < MAX_ROWS; ) {
      const page = await pageAt(offset);
      offsets.push(offset);
      yield page;
      if (!page.hasNextPage || page.sessions.count === 0) return;
      offset += page.sessions.count;
    }
  }

  async function* again(places: readonly number[]): AsyncGenerator<SessionListPage> {
    for (const offset of places) yield await pageAt(offset);
  }
}

function secondOf({ startedAt }: SessionRecord): number {
  return Math.floor(startedAt.getTime() / 1000);
}
