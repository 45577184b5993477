import { createHash } from "node:crypto";
import type { PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import type { SessionActivityFilter } from "../../datasources/crm/activities.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type {
  Period,
  Range,
  SessionListFilter,
  SessionListOrder,
} from "../../datasources/imopenlines/statistics/session-list.ts";
import { missingReasonOf } from "../../refusals/missing-reason.ts";
import { badUserInput, parseId, quote } from "../../schema/input-errors.ts";
import type {
  PeriodInput,
  SecondsInput,
  SessionFilter,
  SessionOrder,
  TimeSpanInput,
} from "../../schema/session-list.ts";
import { forbidden } from "../engine/capability.ts";

/** What a client asked a list of sessions for. */
export interface SessionListing {
  readonly filter: SessionListFilter;
  readonly order: SessionListOrder;
  readonly direction: "ASC" | "DESC";
  /** A list of conditions is empty, or a period lies between two seconds: nothing can meet it. */
  readonly findsNothing: boolean;
  /** Equal for the same filter and order. */
  readonly key: string;
}

const MAX_LIST_ITEMS = 1000;
const MAX_PERIOD_MS = 366 * 24 * 60 * 60 * 1000;

/** Throws BAD_USER_INPUT for a filter or an order that cannot be meant. */
export function parseSessionListing(
  input: SessionFilter | null | undefined,
  orderBy: SessionOrder | null | undefined,
): SessionListing {
  const filter = parseFilter(input ?? {});
  const order = orderBy?.field ?? "CREATED";
  const direction = orderBy?.direction ?? "DESC";
  if ((order === "WAITED_FOR_ANSWER" || order === "WAITED_FOR_CLOSE") && !isBounded(filter))
    throw badUserInput(
      `The order ${order} needs a period: give filter.created or filter.closed with from and to, at most 366 days apart.`,
    );
  const lists = [filter.lineIds, filter.operatorIds, filter.sourceCodes];
  return {
    filter,
    order,
    direction,
    findsNothing:
      lists.some((each) => each?.length === 0) || [filter.created, filter.closed].some((each) => isCrossed(each)),
    key: keyOf([filter, order, direction]),
  };
}

/** A name for what was asked, so that a cursor is not taken to another list. */
export function keyOf(asked: unknown): string {
  return createHash("sha256").update(JSON.stringify(asked)).digest("base64url").slice(0, 16);
}

/** Whether the portal can sort it by something else than creation: one complete period, none too long. */
function isBounded({ created, closed }: SessionListFilter): boolean {
  const given = [created, closed].filter((period) => period !== undefined);
  const lengths = given.map(({ from, to }) =>
    from === undefined || to === undefined ? undefined : to.getTime() - from.getTime(),
  );
  return (
    lengths.some((length) => length !== undefined) &&
    lengths.every((length) => length === undefined || length <= MAX_PERIOD_MS)
  );
}

function parseFilter(input: Partial<SessionFilter>): SessionListFilter {
  const { state, closeReason } = input;
  if (isGiven(state) && isGiven(closeReason))
    throw badUserInput("filter.state and filter.closeReason cannot be combined: a reason implies that it is closed.");
  if (state === "UNKNOWN" || closeReason === "UNKNOWN")
    throw badUserInput("UNKNOWN stands for what the gateway does not know and cannot be searched for.");
  return {
    lineIds: parseIds(input.lineIds, "filter.lineIds"),
    operatorIds: parseIds(input.operatorIds, "filter.operatorIds"),
    sourceCodes: parseCodes(input.sourceCodes, "filter.sourceCodes"),
    state: state ?? undefined,
    closeReason: closeReason ?? undefined,
    created: parseSpan(input.created, "filter.created"),
    closed: parseSpan(input.closed, "filter.closed"),
    customerRating: input.customerRating ?? undefined,
    hasSupervisorRating: input.hasSupervisorRating ?? undefined,
    isFirstAnswerInTime: input.isFirstAnswerInTime ?? undefined,
    isInCrm: input.isInCrm ?? undefined,
    waitedForAnswerSeconds: parseSeconds(input.waitedForAnswerSeconds, "filter.waitedForAnswerSeconds"),
    waitedForCloseSeconds: parseSeconds(input.waitedForCloseSeconds, "filter.waitedForCloseSeconds"),
  };
}

export function parseIds(ids: readonly string[] | null | undefined, name: string): Id[] | undefined {
  return isGiven(ids) ? atMost(ids, name).map((id) => parseId(id, name)) : undefined;
}

export function parseCodes(codes: readonly string[] | null | undefined, name: string): readonly string[] | undefined {
  if (!isGiven(codes)) return undefined;
  const empty = atMost(codes, name).find((code) => code.trim() === "");
  if (empty !== undefined) throw badUserInput(`${name} must be codes such as "livechat". Got ${quote(empty)}.`);
  return codes;
}

function atMost<T>(items: readonly T[], name: string): readonly T[] {
  if (items.length > MAX_LIST_ITEMS)
    throw badUserInput(`${name} may have at most ${MAX_LIST_ITEMS} entries. Got ${items.length}.`);
  return items;
}

function parseSpan(span: TimeSpanInput | null | undefined, name: string): Period | undefined {
  checkOrder({ from: span?.from ?? undefined, to: span?.to ?? undefined }, name);
  const period = { from: wholeSeconds(span?.from, "up"), to: wholeSeconds(span?.to, "down") };
  return period.from === undefined && period.to === undefined ? undefined : period;
}

/** A period of the statistics: complete, and no longer than the portal takes. */
export function parsePeriod({ from, to }: PeriodInput, name: string): Required<Period> {
  const period = { from: wholeSeconds(from, "up") ?? from, to: wholeSeconds(to, "down") ?? to };
  checkOrder(period, name);
  if (period.to.getTime() - period.from.getTime() > MAX_PERIOD_MS)
    throw badUserInput(`${name} may be at most 366 days long: ask for one part after the other.`);
  return period;
}

function isCrossed(period: Period | undefined): boolean {
  return period?.from !== undefined && period.to !== undefined && period.from > period.to;
}

function checkOrder(period: Period, name: string): void {
  if (isCrossed(period)) throw badUserInput(`${name}.from must not be later than ${name}.to.`);
}

/** The portal's times have no fractions. */
function wholeSeconds(time: Date | null | undefined, direction: "up" | "down"): Date | undefined {
  if (!isGiven(time)) return undefined;
  const seconds = time.getTime() / 1000;
  return new Date((direction === "up" ? Math.ceil(seconds) : Math.floor(seconds)) * 1000);
}

function parseSeconds(range: SecondsInput | null | undefined, name: string): Range | undefined {
  const [min, max] = [range?.min ?? undefined, range?.max ?? undefined];
  if (min === undefined && max === undefined) return undefined;
  if ((min ?? 0) < 0 || (max ?? 0) < 0) throw badUserInput(`${name} must not be negative.`);
  if (min !== undefined && max !== undefined && min > max)
    throw badUserInput(`${name}.min must not be greater than ${name}.max.`);
  return { min, max };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** Conditions that activities tell nothing about, by their names in the filter. */
const OF_REPORTS_ONLY = [
  "closeReason",
  "customerRating",
  "hasSupervisorRating",
  "isFirstAnswerInTime",
  "waitedForAnswerSeconds",
  "waitedForCloseSeconds",
] as const satisfies readonly (keyof SessionListFilter)[];

/** What of a listing activities cannot apply; undefined when they can apply all of it. */
export function beyondActivities({ filter, order }: SessionListing): string | undefined {
  if (order !== "CREATED") return `the order ${order}`;
  if (filter.state === "SPAM" || filter.state === "PAUSED") return `filter.state ${filter.state}`;
  if (filter.isInCrm === false) return "filter.isInCrm false";
  const key = OF_REPORTS_ONLY.find((each) => filter[each] !== undefined);
  return key === undefined ? undefined : `filter.${key}`;
}

/** Says that something needs the reports, which are missing, and why. */
export function needsReports(what: string, refusal: PortalRefusal): Error {
  return forbidden(
    `${what} can only be applied by the reports (imopenlines.v2.Session.list), which are missing here, and not by CRM activities. Leave it out, or see why they are missing in viewer { capabilities { sessionList { message } } }.`,
    refusal,
    missingReasonOf(refusal),
  );
}

/** The conditions as activities know them; null where no activity can meet them. */
export function activityFilter({ filter }: SessionListing): SessionActivityFilter | null {
  const { lineIds, operatorIds, sourceCodes, created, closed, state } = filter;
  if (closed !== undefined && (state === "NEW" || state === "ANSWERED")) return null;
  return {
    lineIds,
    responsibleIds: operatorIds,
    sourceCodes,
    started: created,
    closed,
    state: state === "NEW" || state === "ANSWERED" || state === "CLOSED" ? state : undefined,
  };
}
