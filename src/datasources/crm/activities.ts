import type { Call, ParamMap } from "../bitrix24/calls.ts";
import {
  id,
  object,
  optionalFlag,
  optionalId,
  optionalInteger,
  optionalObject,
  optionalText,
  WireError,
} from "../bitrix24/wire.ts";
import { kept, ornamental } from "../bitrix24/wire-lists.ts";
import { instant, optionalInstant } from "../bitrix24/wire-times.ts";
import type { CrmEntityType, CrmReference } from "../domain/chat.ts";
import type { Id } from "../domain/ids.ts";
import type { SessionRecord, SessionState } from "../domain/session-record.ts";
import { customerIdOf, parseUserCode } from "../domain/user-code.ts";
import { idParam, timeParam } from "../rest-params.ts";

/** A session as its entry in the CRM's timeline tells it. */
export interface SessionActivityRecord {
  readonly activityId: Id;
  readonly session: SessionRecord;
}

/** Conditions on activities of sessions; all must hold. Times are whole seconds, both ends included. */
export interface SessionActivityFilter {
  readonly activityIds?: readonly Id[] | undefined;
  readonly sessionIds?: readonly Id[] | undefined;
  readonly lineIds?: readonly Id[] | undefined;
  /** Who is responsible for the activity: the operator, where the line keeps the two in step. */
  readonly responsibleIds?: readonly Id[] | undefined;
  readonly sourceCodes?: readonly string[] | undefined;
  readonly state?: "NEW" | "ANSWERED" | "CLOSED" | undefined;
  readonly started?: { readonly from?: Date | undefined; readonly to?: Date | undefined } | undefined;
  readonly closed?: { readonly from?: Date | undefined; readonly to?: Date | undefined } | undefined;
  /** Items that the activity is bound to, one of them at least. */
  readonly boundTo?: readonly CrmReference[] | undefined;
}

export interface SessionActivityQuery {
  readonly filter: SessionActivityFilter;
  readonly direction: "ASC" | "DESC";
  /** The activity after which to go on, in that direction. */
  readonly after?: Id | undefined;
}

/** Activities of one answer. */
export const ACTIVITY_PAGE_SIZE = 50;

export interface SessionActivityPage {
  /** By age of the activity; an activity that is bound to several of the wanted items stands here once. */
  readonly activities: readonly SessionActivityRecord[];
  /** The last row's own id, to go on after, also where that row could not be read; null when there was none. */
  readonly lastId: Id | null;
  /** How many rows the portal sent: fewer than a page's when no more follow. */
  readonly rowCount: number;
}

const OWNER_TYPE_IDS: Readonly<Record<CrmEntityType, number>> = { LEAD: 1, DEAL: 2, CONTACT: 3, COMPANY: 4 };
const OWNER_TYPES: ReadonlyMap<string, CrmEntityType> = new Map([
  ["1", "LEAD"],
  ["2", "DEAL"],
  ["3", "CONTACT"],
  ["4", "COMPANY"],
]);

const SELECT = [
  "ID",
  "PROVIDER_ID",
  "PROVIDER_TYPE_ID",
  "ASSOCIATED_ENTITY_ID",
  "ORIGIN_ID",
  "OWNER_TYPE_ID",
  "OWNER_ID",
  "CREATED",
  "START_TIME",
  "END_TIME",
  "COMPLETED",
  "RESULT_STATUS",
  "RESULT_SOURCE_ID",
  "RESPONSIBLE_ID",
  "PROVIDER_PARAMS",
] as const;

/**
 * Activities of open-line sessions, 50 at a time by age (`crm.activity.list`, scope `crm`): of sessions that touched the CRM and whose item
 * the caller may read, or for which the caller is responsible. What the caller may not see is left out without a word.
 */
export function sessionActivityList(query: SessionActivityQuery): Call<SessionActivityPage> {
  return {
    method: "crm.activity.list",
    params: {
      filter: { PROVIDER_ID: PROVIDER, ...filterParams(query.filter), ...placeParams(query) },
      order: { ID: query.direction },
      select: SELECT,
      // No count: with it the portal reads the whole table for each page.
      start: -1,
    },
    decode: decodeActivities,
  };
}

const PROVIDER = "IMOPENLINES_SESSION";

function placeParams({ direction, after }: SessionActivityQuery): ParamMap {
  if (after === undefined) return {};
  return direction === "ASC" ? { ">ID": idParam(after) } : { "<ID": idParam(after) };
}

function filterParams(filter: SessionActivityFilter): ParamMap {
  const { state, started, closed } = filter;
  return {
    "@ID": filter.activityIds?.map(idParam),
    "@ASSOCIATED_ENTITY_ID": filter.sessionIds?.map(idParam),
    "@PROVIDER_TYPE_ID": filter.lineIds,
    "@RESPONSIBLE_ID": filter.responsibleIds?.map(idParam),
    "@RESULT_SOURCE_ID": filter.sourceCodes,
    ...(state === undefined ? {} : { COMPLETED: state === "CLOSED" ? "Y" : "N" }),
    ...(state === undefined || state === "CLOSED" ? {} : { RESULT_STATUS: state === "NEW" ? 1 : 2 }),
    ">=START_TIME": started?.from === undefined ? undefined : timeParam(started.from),
    "<=START_TIME": started?.to === undefined ? undefined : timeParam(started.to),
    // The end of an open session is a forecast.
    ...(closed === undefined ? {} : { COMPLETED: "Y" }),
    ">=END_TIME": closed?.from === undefined ? undefined : timeParam(closed.from),
    "<=END_TIME": closed?.to === undefined ? undefined : timeParam(closed.to),
    BINDINGS: filter.boundTo?.map(({ type, id: itemId }) => ({
      OWNER_TYPE_ID: OWNER_TYPE_IDS[type],
      OWNER_ID: idParam(itemId),
    })),
  };
}

function decodeActivities(result: unknown): SessionActivityPage {
  let lastId: Id | null = null;
  let rowCount = 0;
  const byId = new Map<Id, SessionActivityRecord>();
  const rows = kept(result, "", (value, path) => {
    rowCount += 1;
    const raw = object(value, path);
    lastId = id(raw.ID, `${path}.ID`);
    return decodeActivity(raw, path);
  });
  for (const row of rows) byId.set(row.activityId, row);
  return { activities: [...byId.values()], lastId, rowCount };
}

function decodeActivity(raw: ReturnType<typeof object>, path: string): SessionActivityRecord {
  const sessionId = sessionIdOf(raw, path);
  const isCompleted = ornamental(optionalFlag, raw.COMPLETED, `${path}.COMPLETED`);
  const closedAt = closedAtOf(isCompleted, ornamental(optionalInstant, raw.END_TIME, `${path}.END_TIME`));
  const userCode = userCodeOf(raw.PROVIDER_PARAMS, path);
  const customerId = customerIdOf(userCode === null ? null : parseUserCode(userCode));
  return {
    activityId: id(raw.ID, `${path}.ID`),
    session: {
      id: sessionId,
      source: "activities",
      startedAt: startedAt(raw, path),
      ...(closedAt === undefined ? {} : { closedAt }),
      state: stateOf(isCompleted, ornamental(optionalInteger, raw.RESULT_STATUS, `${path}.RESULT_STATUS`)),
      operatorId: ornamental(optionalId, raw.RESPONSIBLE_ID, `${path}.RESPONSIBLE_ID`),
      lineId: ornamental(optionalId, raw.PROVIDER_TYPE_ID, `${path}.PROVIDER_TYPE_ID`),
      sourceCode: ornamental(optionalText, raw.RESULT_SOURCE_ID, `${path}.RESULT_SOURCE_ID`),
      ...(userCode === null ? {} : { userCode }),
      ...(customerId === null ? {} : { customerId }),
      crmEntity: ownerOf(raw, path),
    },
  };
}

/** An open session's end is the portal's guess; whether it is open only the flag tells. Undefined where the end is not told. */
function closedAtOf(isCompleted: boolean | null, endedAt: Date | null): Date | null | undefined {
  if (isCompleted === null) return undefined;
  return isCompleted ? (endedAt ?? undefined) : null;
}

/** Two times of the same moment, of which an activity that was edited by hand may have lost the first. */
function startedAt(raw: ReturnType<typeof object>, path: string): Date {
  return (
    ornamental(optionalInstant, raw.START_TIME, `${path}.START_TIME`) ?? instant(raw.CREATED, `${path}.START_TIME`)
  );
}

/** Told twice: as the associated entity and in the origin, `IMOL_<id>`. */
function sessionIdOf(raw: ReturnType<typeof object>, path: string): Id {
  if (raw.PROVIDER_ID !== undefined && raw.PROVIDER_ID !== PROVIDER)
    throw new WireError(`${path}.PROVIDER_ID`, "an activity of an open-line session", raw.PROVIDER_ID);
  const origin = typeof raw.ORIGIN_ID === "string" && raw.ORIGIN_ID.startsWith("IMOL_") ? raw.ORIGIN_ID.slice(5) : null;
  return (
    ornamental(optionalId, raw.ASSOCIATED_ENTITY_ID, `${path}.ASSOCIATED_ENTITY_ID`) ??
    id(origin, `${path}.ASSOCIATED_ENTITY_ID`)
  );
}

function stateOf(isCompleted: boolean | null, resultStatus: number | null): SessionState {
  if (isCompleted === null) return "UNKNOWN";
  if (isCompleted) return "CLOSED";
  return resultStatus === 1 ? "NEW" : resultStatus === 2 ? "ANSWERED" : "UNKNOWN";
}

function userCodeOf(params: unknown, path: string): string | null {
  const raw = ornamental(optionalObject, params, `${path}.PROVIDER_PARAMS`);
  return ornamental(optionalText, raw?.USER_CODE, `${path}.PROVIDER_PARAMS.USER_CODE`);
}

/** null for an item of a kind that open lines do not know, such as a smart process. */
function ownerOf(raw: ReturnType<typeof object>, path: string): CrmReference | null {
  const typeId = ornamental(optionalId, raw.OWNER_TYPE_ID, `${path}.OWNER_TYPE_ID`);
  const ownerId = ornamental(optionalId, raw.OWNER_ID, `${path}.OWNER_ID`);
  const type = typeId === null ? undefined : OWNER_TYPES.get(typeId);
  return type === undefined || ownerId === null ? null : { type, id: ownerId };
}
