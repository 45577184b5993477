import DataLoader from "dataloader";
import type { PortalSession } from "../bitrix24/calls.ts";
import { sessionActivityList } from "../crm/activities.ts";
import type { Id } from "../domain/ids.ts";
import type { SessionRecord, SessionStatisticsRecord, SessionTransferRecord } from "../domain/session-record.ts";
import { sessionList } from "../imopenlines/statistics/session-list.ts";
import { MAX_SESSIONS_PER_STATISTICS, sessionStatGet } from "../imopenlines/statistics/session-statistics.ts";
import { MAX_SESSIONS_PER_TRANSFERS, sessionTransferList } from "../imopenlines/statistics/session-transfers.ts";
import type { ChatSessions } from "./chat-sessions.ts";
import { asError } from "./one-by-one.ts";

/** Sessions and what lists told of them. */
export interface SessionLoader {
  known(id: Id): SessionRecord | undefined;
  /** Whether it came with a list of activities, whose reader knows what that does not tell. */
  isListed(id: Id): boolean;
  prime(records: Iterable<SessionRecord>): void;
  /** Its entry in the CRM (`crm.activity.list`, up to 50 sessions in one command); null without one that the caller may see. */
  fromActivity(id: Id): Promise<SessionRecord | null>;
  /** From the sessions that were created in the hour around a moment (`imopenlines.v2.Session.list`); null when it is not among them. */
  fromHour(id: Id, around: Date): Promise<SessionRecord | null>;
  /** What `find` answers, which is asked once for all fields of the operation. */
  search(id: Id, find: () => Promise<SessionRecord | null>): Promise<SessionRecord | null>;
  /** Its figures (`imopenlines.v2.Session.Stat.get`, up to 100 sessions in one command); null where none are told. */
  statistics(id: Id): Promise<SessionStatisticsRecord | null>;
  /** How it was handed over, oldest first (`imopenlines.v2.Session.Transfer.list`, up to 50 sessions in one command). */
  transfers(id: Id): Promise<readonly SessionTransferRecord[]>;
  forgetAll(): void;
}

const MAX_ACTIVITIES_PER_CALL = 50;
const HALF_AN_HOUR_MS = 30 * 60_000;
/** On a busy portal: a session begins with its first message, or just before. */
const JUST_AROUND_MS = 60_000;
const HOUR_PAGE_SIZE = 200;

export function createSessionLoader(portal: PortalSession, chatSessions: ChatSessions): SessionLoader {
  const records = new Map<Id, SessionRecord>();
  const listed = new Set<Id>();
  const searches = new Map<Id, Promise<SessionRecord | null>>();

  const activities = batched<SessionRecord | null>(MAX_ACTIVITIES_PER_CALL, async (ids) => {
    const filter = { sessionIds: ids };
    const page = await portal.read(sessionActivityList({ filter, direction: "DESC" }));
    const byId = new Map(page.activities.map(({ session }) => [session.id, session]));
    return (id) => byId.get(id) ?? null;
  });
  const statistics = batched<SessionStatisticsRecord | null>(MAX_SESSIONS_PER_STATISTICS, async (ids) => {
    const byId = new Map((await portal.read(sessionStatGet(ids))).map((row) => [row.sessionId, row]));
    return (id) => byId.get(id) ?? null;
  });
  const transfers = batched<readonly SessionTransferRecord[]>(MAX_SESSIONS_PER_TRANSFERS, async (ids) => {
    const found = await portal.read(sessionTransferList(ids));
    return (id) => found.filter(({ sessionId }) => sessionId === id);
  });

  function keep(record: SessionRecord): void {
    const known = records.get(record.id);
    // The reports know more, and exactly.
    if (known === undefined) records.set(record.id, record);
    else if (known.source === "reports" && record.source === "activities")
      records.set(record.id, { ...record, ...known });
    else records.set(record.id, { ...known, ...record });
    if (record.chatId) chatSessions.note(record.chatId, record.id);
  }

  return {
    known: (id) => records.get(id),
    isListed: (id) => listed.has(id),
    prime(sessions) {
      for (const session of sessions) {
        keep(session);
        listed.add(session.id);
      }
    },
    async fromActivity(id) {
      const found = await activities.load(id);
      if (found !== null) keep(found);
      return found;
    },
    async fromHour(id, around) {
      const find = async (withinMs: number, offset: number) => {
        const created = { from: new Date(around.getTime() - withinMs), to: new Date(around.getTime() + withinMs) };
        const place = { offset, limit: HOUR_PAGE_SIZE };
        const { sessions, hasNextPage } = await portal.read(
          sessionList({ filter: { created }, order: "CREATED", direction: "ASC", ...place }),
        );
        const found = sessions.items.find((session) => session.id === id);
        if (found !== undefined) keep(found);
        return { found, next: hasNextPage && sessions.count > 0 ? offset + sessions.count : undefined };
      };
      const hour = await find(HALF_AN_HOUR_MS, 0);
      if (hour.found !== undefined || hour.next === undefined) return hour.found ?? null;
      // More than a page within the hour.
      const near = await find(JUST_AROUND_MS, 0);
      return near.found ?? (await find(HALF_AN_HOUR_MS, hour.next)).found ?? null;
    },
    search(id, find) {
      const begun = searches.get(id);
      if (begun !== undefined) return begun;
      const searching = find();
      searches.set(id, searching);
      return searching;
    },
    statistics: (id) => statistics.load(id),
    transfers: (id) => transfers.load(id),
    forgetAll() {
      records.clear();
      listed.clear();
      searches.clear();
      activities.clearAll();
      statistics.clearAll();
      transfers.clearAll();
    },
  };
}

/** A loader over a method that takes several ids and answers what it knows of them. */
function batched<Value>(
  maxBatchSize: number,
  read: (ids: readonly Id[]) => Promise<(id: Id) => Value>,
): DataLoader<Id, Value> {
  return new DataLoader<Id, Value>(
    async (ids) => {
      try {
        const find = await read(ids);
        return ids.map(find);
      } catch (error) {
        return ids.map(() => asError(error));
      }
    },
    { maxBatchSize },
  );
}
