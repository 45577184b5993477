import type { Id } from "../../datasources/domain/ids.ts";
import type {
  SessionRecord,
  SessionStatisticsRecord,
  SessionTransferRecord,
} from "../../datasources/domain/session-record.ts";
import type { Session } from "../../schema/session.ts";
import { missingCapability, useCapability } from "../engine/capability.ts";
import type { OperationContext } from "../engine/context.ts";

export type MaybePromise<T> = T | Promise<T>;

type Told<Key extends keyof SessionRecord> = NonNullable<SessionRecord[Key]> | null;
type FieldOf<Value> = (session: Session, context: OperationContext) => MaybePromise<Value>;

/** What only the reports tell of a session. */
const OF_REPORTS_ONLY: ReadonlySet<keyof SessionRecord> = new Set([
  "firstAnsweredAt",
  "operatorAnsweredAt",
  "closeReason",
] satisfies (keyof SessionRecord)[]);

/** A field that lists of sessions tell: at once from a list, else looked up. */
export function toldByLists<Key extends keyof SessionRecord>(key: Key): FieldOf<Told<Key>> {
  return (session, context) => {
    const { sessions } = context.loaders;
    const known = sessions.known(session.id);
    if (known?.[key] !== undefined) return told(known, key);
    // The list said where it comes from, and so what it cannot tell.
    if (sessions.isListed(session.id)) return null;
    return lookUp(session, context, key).then((record) => told(record, key));
  };
}

/** A field that is made of one that lists tell. */
export function derivedFromLists<Key extends keyof SessionRecord, Value>(
  key: Key,
  derive: (value: Told<Key>) => Value,
): FieldOf<Value> {
  const field = toldByLists(key);
  return (session, context) => {
    const value = field(session, context);
    return value instanceof Promise ? value.then(derive) : derive(value);
  };
}

/** A field that the list of the reports tells, and of any other session its figures. */
export function toldByFigures<Key extends keyof SessionRecord & keyof Figures, Figure extends keyof Figures>(
  key: Key | "queueTransferCount",
  figure: Figure,
): FieldOf<Figures[Figure]>;
export function toldByFigures(key: keyof SessionRecord, figure: keyof Figures): FieldOf<unknown> {
  return (session, context) => {
    const known = context.loaders.sessions.known(session.id);
    if (known?.[key] !== undefined) return known[key] ?? null;
    return readStatistics(session.id, context).then(
      (figures) => figures?.[figure] ?? null,
      (error: unknown) => {
        if (context.loaders.sessions.isListed(session.id) && missingCapability(error) !== undefined) return null;
        throw error;
      },
    );
  };
}

type Figures = Omit<SessionStatisticsRecord, "sessionId">;

export function readStatistics(id: Id, context: OperationContext): Promise<SessionStatisticsRecord | null> {
  return useCapability(
    context,
    "sessionStatistics",
    () => context.loaders.sessions.statistics(id),
    (figures) => figures !== null,
  );
}

export function readTransfers(id: Id, context: OperationContext): Promise<readonly SessionTransferRecord[]> {
  return useCapability(
    context,
    "sessionTransfers",
    () => context.loaders.sessions.transfers(id),
    (transfers) => transfers.length > 0,
  );
}

function told<Key extends keyof SessionRecord>(record: SessionRecord | null, key: Key): Told<Key> {
  return record?.[key] ?? null;
}

/**
 * A session by its id: from its activity where that tells the field, else from the reports, which are searched in the hour around its
 * beginning. Fails with the reports' refusal where they are missing.
 */
async function lookUp(
  session: Session,
  context: OperationContext,
  key: keyof SessionRecord,
): Promise<SessionRecord | null> {
  const activity = await readActivity(session.id, context);
  if (activity?.[key] !== undefined && !OF_REPORTS_ONLY.has(key)) return activity;
  return useCapability(
    context,
    "sessionList",
    () => context.loaders.sessions.search(session.id, () => searchReports(session, context, activity?.startedAt)),
    (record) => record !== null,
  );
}

export async function readActivity(id: Id, context: OperationContext): Promise<SessionRecord | null> {
  try {
    return await useCapability(
      context,
      "activityEvents",
      () => context.loaders.sessions.fromActivity(id),
      (record) => record !== null,
    );
  } catch (error) {
    if (missingCapability(error) === undefined) throw error;
    return null;
  }
}

/** An activity may have been entered long after the session began; its first message never is. */
async function searchReports(
  { id }: Session,
  { loaders }: OperationContext,
  startedAt: Date | undefined,
): Promise<SessionRecord | null> {
  const near = startedAt === undefined ? null : await loaders.sessions.fromHour(id, startedAt);
  if (near !== null) return near;
  const history = await loaders.histories.load({ sessionId: id });
  const first = history?.messages[0]?.sentAt;
  return first === undefined ? null : loaders.sessions.fromHour(id, first);
}
