import { PortalRefusal } from "../datasources/bitrix24/errors.ts";
import { ACTIVITY_PAGE_SIZE, sessionActivityList } from "../datasources/crm/activities.ts";
import { compareIds } from "../datasources/domain/id-order.ts";
import type { Id } from "../datasources/domain/ids.ts";
import type { MessageRecord } from "../datasources/domain/message.ts";
import type {
  SessionRecord,
  SessionStatisticsRecord,
  SessionTransferRecord,
} from "../datasources/domain/session-record.ts";
import { sessionHistoryGet } from "../datasources/imopenlines/history.ts";
import { sessionList } from "../datasources/imopenlines/statistics/session-list.ts";
import {
  MAX_SESSIONS_PER_STATISTICS,
  sessionStatGet,
} from "../datasources/imopenlines/statistics/session-statistics.ts";
import {
  MAX_SESSIONS_PER_TRANSFERS,
  sessionTransferList,
} from "../datasources/imopenlines/statistics/session-transfers.ts";
import { OLDEST_ROWS } from "../datasources/imopenlines/statistics/session-walk.ts";
import { missingReasonOf } from "../refusals/missing-reason.ts";
import type { BackgroundReader } from "./background-reader.ts";
import { type ExportCursor, formatExportCursor } from "./export-cursor.ts";
import { PAGES_PER_WINDOW, readWindow } from "./export-window.ts";

export interface ExportQuery {
  /** When the sessions began, both ends included. */
  readonly from: Date;
  readonly to: Date;
  readonly lineIds?: readonly Id[] | undefined;
  readonly withMessages: boolean;
  /** Go on behind this one. */
  readonly after?: ExportCursor | undefined;
}

/** One session with all that is exported of it. */
export interface ExportedSession {
  readonly session: SessionRecord;
  readonly statistics: SessionStatisticsRecord | null;
  readonly transfers: readonly SessionTransferRecord[];
  /** null where they were not asked for, or may not be read. */
  readonly messages: readonly MessageRecord[] | null;
  /** To go on behind it. */
  readonly cursor: string;
}

const DAY_S = 86_400;
const WINDOW_S = 365 * DAY_S;
const OVERLAP_S = 1;
/** Figures of a hundred and transfers of fifty sessions a command: three requests. */
const SESSIONS_PER_ROUND = 5_000;
const HISTORIES_PER_ROUND = 50;

/**
 * All sessions of a period, the oldest first, in parts: from the reports, page beside page, else from activities of the CRM. Of any length; a part
 * is all that is held in memory. Throws the portal's refusal where neither source may be read.
 */
export async function* exportSessions(read: BackgroundReader, query: ExportQuery): AsyncGenerator<ExportedSession[]> {
  if (query.after?.source === "activities") {
    yield* fromActivities(read, query, query.after.id);
    return;
  }
  let count = 0;
  try {
    for await (const sessions of fromReports(read, query, query.after)) {
      count += sessions.length;
      yield* withDetails(read, sessions, query);
    }
  } catch (error) {
    if (!isMissing(error) || count > 0 || query.after !== undefined) throw error;
    yield* fromActivities(read, query, undefined);
    return;
  }
  // Reports that the user may not see are empty without a word.
  if (count === 0 && query.after === undefined) yield* orNothing(fromActivities(read, query, undefined));
}

function isMissing(error: unknown): boolean {
  return error instanceof PortalRefusal && missingReasonOf(error) !== undefined;
}

async function* orNothing<T>(parts: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* parts;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function* fromReports(
  read: BackgroundReader,
  { from, to, lineIds }: ExportQuery,
  after: Extract<ExportCursor, { source: "reports" }> | undefined,
): AsyncGenerator<SessionRecord[]> {
  // Nothing began later than now; the portal's clock may be ahead of ours.
  const end = Math.min(secondsOf(to), secondsOf(new Date()) + DAY_S);
  const oldest = after === undefined ? await findOldest(read, lineIds) : after.at - OVERLAP_S;
  if (oldest === undefined) return;
  let begin = Math.max(secondsOf(from), oldest);
  let last = after;
  let pagesAtOnce = 1;
  while (begin <= end) {
    const until = Math.min(end, begin + WINDOW_S);
    const filter = { lineIds, created: { from: new Date(begin * 1000), to: new Date(until * 1000) } };
    const { sessions, isWhole } = await readWindow(read, filter, pagesAtOnce);
    // What follows a full window is as dense.
    pagesAtOnce = isWhole ? 1 : PAGES_PER_WINDOW;
    const cut = isWhole ? undefined : lastSecond(sessions);
    // More sessions of one second than offsets reach: as many as they do.
    const isCrowded = cut !== undefined && cut - OVERLAP_S <= begin;
    const sure = cut === undefined || isCrowded ? sessions : sessions.filter((each) => secondOf(each) !== cut);
    const fresh = sure.filter((each) => last === undefined || comparePlaces(each, last) > 0).sort(byPlace);
    const newest = fresh.at(-1);
    if (newest !== undefined) last = { source: "reports", at: secondOf(newest), id: newest.id };
    if (fresh.length > 0) yield fresh;
    if (isWhole && until >= end) return;
    // Overlapping by a second, whichever ends of a period the portal counts in.
    if (isWhole) begin = until;
    else begin = cut === undefined ? begin + 1 : isCrowded ? cut + 1 : cut - OVERLAP_S;
  }
}

/** When the first session of all began; undefined without any. */
async function findOldest(read: BackgroundReader, lineIds: readonly Id[] | undefined): Promise<number | undefined> {
  const [first] = await read([
    sessionList({ filter: { lineIds }, order: "CREATED", direction: "ASC", offset: 0, limit: OLDEST_ROWS }),
  ]);
  if (first instanceof PortalRefusal) throw first;
  const session = first?.sessions.items[0];
  return session === undefined ? undefined : secondOf(session) - OVERLAP_S;
}

async function* withDetails(
  read: BackgroundReader,
  sessions: readonly SessionRecord[],
  { withMessages }: ExportQuery,
): AsyncGenerator<ExportedSession[]> {
  for (const part of parts(sessions, SESSIONS_PER_ROUND)) {
    const [statistics, transfers] = await readDetails(read, part);
    const rows = part.map((session) => ({
      session,
      statistics: statistics.get(session.id) ?? null,
      transfers: transfers.get(session.id) ?? [],
      messages: null,
      cursor: formatExportCursor({ source: "reports", at: secondOf(session), id: session.id }),
    }));
    if (withMessages) yield* withHistories(read, rows);
    else yield rows;
  }
}

async function readDetails(
  read: BackgroundReader,
  sessions: readonly SessionRecord[],
): Promise<[Map<Id, SessionStatisticsRecord>, Map<Id, SessionTransferRecord[]>]> {
  const ids = sessions.map(({ id }) => id);
  const [figures, handOvers] = await Promise.all([
    read(parts(ids, MAX_SESSIONS_PER_STATISTICS).map(sessionStatGet)),
    read(parts(ids, MAX_SESSIONS_PER_TRANSFERS).map(sessionTransferList)),
  ]);
  const statistics = new Map(told(figures).map((row) => [row.sessionId, row]));
  const transfers = new Map<Id, SessionTransferRecord[]>();
  for (const transfer of told(handOvers)) {
    const known = transfers.get(transfer.sessionId);
    if (known === undefined) transfers.set(transfer.sessionId, [transfer]);
    else known.push(transfer);
  }
  return [statistics, transfers];
}

/** What the answers tell; a part that is refused is left out only where nobody may have it. */
function told<T>(answers: readonly (readonly T[] | PortalRefusal)[]): T[] {
  return answers.flatMap((answer) => {
    if (!(answer instanceof PortalRefusal)) return answer;
    if (isMissing(answer)) return [];
    throw answer;
  });
}

async function* withHistories(
  read: BackgroundReader,
  rows: readonly ExportedSession[],
): AsyncGenerator<ExportedSession[]> {
  for (const part of parts(rows, HISTORIES_PER_ROUND)) {
    const histories = await read(part.map(({ session }) => sessionHistoryGet({ sessionId: session.id })));
    yield part.map((row, index) => {
      const history = histories[index];
      const isRead = history !== undefined && !(history instanceof PortalRefusal);
      return { ...row, messages: isRead ? history.messages : null };
    });
  }
}

async function* fromActivities(
  read: BackgroundReader,
  { from, to, lineIds, withMessages }: ExportQuery,
  after: Id | undefined,
): AsyncGenerator<ExportedSession[]> {
  const filter = { lineIds, started: { from, to } };
  let place = after;
  for (;;) {
    const [page] = await read([sessionActivityList({ filter, direction: "ASC", after: place })]);
    if (page === undefined) return;
    if (page instanceof PortalRefusal) throw page;
    const rows = page.activities.map(({ activityId, session }) => ({
      session,
      statistics: null,
      transfers: [],
      messages: null,
      cursor: formatExportCursor({ source: "activities", id: activityId }),
    }));
    if (withMessages) yield* withHistories(read, rows);
    else if (rows.length > 0) yield rows;
    if (page.rowCount < ACTIVITY_PAGE_SIZE || page.lastId === null || page.lastId === place) return;
    place = page.lastId;
  }
}

function parts<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function secondOf({ startedAt }: SessionRecord): number {
  return secondsOf(startedAt);
}

function lastSecond(sessions: readonly SessionRecord[]): number | undefined {
  return sessions.length === 0 ? undefined : sessions.reduce((last, each) => Math.max(last, secondOf(each)), 0);
}

function comparePlaces(session: SessionRecord, than: { readonly at: number; readonly id: Id }): number {
  return secondOf(session) - than.at || compareIds(session.id, than.id);
}

function byPlace(a: SessionRecord, b: SessionRecord): number {
  return comparePlaces(a, { at: secondOf(b), id: b.id });
}
