import { isPhpMap, type PhpMap, phpData, phpEntries, phpInt } from "../php-value.ts";
import { RestError } from "../rest-error.ts";
import { decodeEmoji } from "./emoji-tokens.ts";
import { columnRule, LINE_COLUMN_NAMES, type LineColumn } from "./line-columns.ts";
import { compareLines, meetsCondition } from "./line-list-filter.ts";
import { readLineListQuery } from "./line-list-query.ts";
import { applyLineParams, FULL_TARIFF, type LineTariff, newLineValues } from "./line-normalising.ts";
import {
  configuredQueue,
  expandQueue,
  queueOfConfigGet,
  queueOfConfigList,
  readQueueToCreate,
  readQueueToUpdate,
  withDisplays,
} from "./line-queue.ts";
import { type LineRights, type LineRow, type LineStore, type LineUsers, mayUseLine } from "./line-row.ts";
import { LINE_TEXTS, type LineLanguage } from "./line-texts.ts";

export type { LineColumn } from "./line-columns.ts";
export type { LineTariff } from "./line-normalising.ts";
export type { LineAction, LineRights, LineRow, LineStore, LineUsers, QueueOperator } from "./line-row.ts";
export { createLineStore, lineSetting } from "./line-row.ts";

/** What one call of a `config.*` method works on. */
export interface LineContext {
  readonly store: LineStore;
  readonly users: LineUsers;
  readonly rights: LineRights;
  /** One map per HTTP request: the vendor keeps what `config.get` read, so inside a batch it may answer stale values. */
  readonly cache: Map<string, unknown>;
  /** Language of generated names and texts; default English. */
  readonly language?: LineLanguage | undefined;
  /** Default: everything allowed. */
  readonly tariff?: LineTariff | undefined;
  /** Clock of DATE_CREATE and DATE_MODIFY, which are only visible to filters; default the real time. */
  readonly now?: (() => Date) | undefined;
}

/**
 * `imopenlines.config.get`. Answers all 94 keys with strings for scalars, or false for an unknown line. No right is
 * checked. WITH_QUEUE and SHOW_OFFLINE are on when absent and off for everything but "Y".
 */
export function configGet(context: LineContext, params: unknown): unknown {
  const given = topLevel(params);
  const id = configId(given);
  const withQueue = isOnUnlessOther(given.WITH_QUEUE);
  const showOffline = isOnUnlessOther(given.SHOW_OFFLINE);
  const key = `config.get ${id} ${withQueue} ${showOffline}`;
  const cached = context.cache.get(key);
  if (cached !== undefined) return cached;
  const row = context.store.get(id);
  if (row === undefined) return false;
  const columns = LINE_COLUMN_NAMES.map((column) => [column, decoded(shownValue(row, column, context.tariff))]);
  const queue = withQueue ? queueOfConfigGet(row, context.users, showOffline) : { QUEUE_ONLINE: "N" };
  const answer = { ...Object.fromEntries(columns), ...queue };
  context.cache.set(key, answer);
  return answer;
}

/**
 * `imopenlines.config.list.get`, in the validated form of the current documentation. Answers a plain list of rows;
 * emoji in texts stay `:f09f9880:` tokens here. Throws INVALID_FORMAT for a query it does not accept.
 */
export function configListGet(context: LineContext, params: unknown): unknown[] {
  const given = topLevel(params);
  const query = readLineListQuery(given.PARAMS, given.OPTIONS);
  const { permission } = query;
  return context.store
    .all()
    .filter((row) => query.filter.every((condition) => meetsCondition(row, condition)))
    .filter(
      (row) => permission === undefined || (permission !== "PERFORM" && mayUseLine(context.rights, permission, row)),
    )
    .sort((a, b) => {
      for (const { column, descending } of query.order) {
        const compared = compareLines(column, a, b);
        if (compared !== 0) return descending ? -compared : compared;
      }
      return a.id - b.id;
    })
    .slice(query.offset, query.offset + query.limit)
    .map((row) => ({
      ...Object.fromEntries(query.select.map(({ as, column }) => [as, shownValue(row, column, FULL_TARIFF)])),
      ...(query.withQueue ? queueOfConfigList(row) : {}),
      ...(query.withConfiguredQueue ? { CONFIG_QUEUE: configuredQueue(row) } : {}),
    }));
}

/**
 * `imopenlines.config.add`. Answers the new id as a number, or false if the line cannot be saved. No right is checked,
 * PARAMS that are no array count as absent, and whoever of the queue is no active user is dropped.
 */
export function configAdd(context: LineContext, params: unknown): number | false {
  const { store, users, rights } = context;
  const fields = fieldsOf(params);
  const language = context.language ?? "en";
  const name = `${LINE_TEXTS[language].lineName} ${store.all().length + 1}`;
  const values = applyLineParams(newLineValues(language, name), fields, context.tariff ?? FULL_TARIFF);
  if (values === undefined) return false;
  const id = store.nextId();
  const now = clock(context);
  const queue = readQueueToCreate(fields.QUEUE, users);
  const welcome = values.columns.WELCOME_MESSAGE_TEXT ?? null;
  const isOwnWelcome = (fields.WELCOME_MESSAGE_TEXT ?? undefined) !== undefined;
  store.put({
    id,
    columns: {
      ...values.columns,
      WELCOME_MESSAGE_TEXT: isOwnWelcome ? welcome : withLineName(welcome, values.columns.LINE_NAME ?? name),
      ID: String(id),
      MODIFY_USER_ID: String(rights.userId),
    },
    arrays: values.arrays,
    createdAt: now,
    modifiedAt: now,
    queue,
    operators: withDisplays(expandQueue(queue, [], users, store), fields.QUEUE_USERS_FIELDS),
  });
  return id;
}

/**
 * `imopenlines.config.update`. Answers true, or false with HTTP 200 for every failure that is not one of both errors:
 * an unknown line, a queue it refuses (plain ids, unknown types, nobody in it), a name that is too long.
 * Throws CONFIG_ID_EMPTY, or CONFIG_WRONG_USER_PERMISSION (403) without the right to change the line.
 */
export function configUpdate(context: LineContext, params: unknown): boolean {
  const { store, users, rights } = context;
  const id = configId(topLevel(params));
  const row = store.get(id);
  requireModify(context, row);
  if (row === undefined) return false;
  const fields = fieldsOf(params);
  const values = applyLineParams(row, fields, context.tariff ?? FULL_TARIFF);
  const givenQueue = fields.QUEUE ?? undefined;
  const queue = givenQueue === undefined ? row.queue : readQueueToUpdate(givenQueue, users);
  if (values === undefined || queue === undefined) return false;
  const operators = givenQueue === undefined ? row.operators : expandQueue(queue, row.operators, users, store);
  store.put({
    ...row,
    columns: { ...values.columns, MODIFY_USER_ID: String(rights.userId) },
    arrays: values.arrays,
    modifiedAt: clock(context),
    queue,
    operators: withDisplays(operators, fields.QUEUE_USERS_FIELDS),
  });
  return true;
}

/** `imopenlines.config.delete`. Answers true, or false for an unknown line; errors as `configUpdate`. */
export function configDelete(context: LineContext, params: unknown): boolean {
  const id = configId(topLevel(params));
  requireModify(context, context.store.get(id));
  return context.store.remove(id);
}

/**
 * One column as the answers show it: dates have no JSON form and are `{}` (an object, not an empty map), the lists of
 * days always have at least one element.
 */
function shownValue(row: LineRow, column: LineColumn, tariff: LineTariff = FULL_TARIFF): unknown {
  const stored = row.columns[column] ?? null;
  if (column === "WORKTIME_DAYOFF" || column === "WORKTIME_HOLIDAYS") return (stored ?? "").split(",");
  if (column === "WORKTIME_ENABLE" && !tariff.workingHours) return "N";
  if (column === "VOTE_MESSAGE" && !tariff.customerRating) return "N";
  switch (columnRule(column).kind) {
    case "date":
      return {};
    case "array":
      return phpData(row.arrays[column] ?? null);
    default:
      return stored;
  }
}

function withLineName(text: string | null, lineName: string): string | null {
  return text?.replaceAll("#NAME#", () => lineName) ?? null;
}

function decoded(value: unknown): unknown {
  return typeof value === "string" ? decodeEmoji(value) : value;
}

function topLevel(params: unknown): PhpMap {
  return isPhpMap(params) ? params : {};
}

/** The fields to write; a list has no field names, so that only a map brings any. */
function fieldsOf(params: unknown): PhpMap {
  return Object.fromEntries(phpEntries(topLevel(params).PARAMS) ?? []);
}

function configId(params: PhpMap): number {
  const id = phpInt(params.CONFIG_ID);
  if (id <= 0) throw new RestError("CONFIG_ID_EMPTY", "Config ID can't be empty");
  return id;
}

function isOnUnlessOther(value: unknown): boolean {
  return value === undefined || value === null || value === "Y";
}

function requireModify({ rights }: LineContext, row: LineRow | undefined): void {
  if (!mayUseLine(rights, "MODIFY", row)) {
    throw new RestError("CONFIG_WRONG_USER_PERMISSION", "Permission denied", 403);
  }
}

function clock({ now }: LineContext): Date {
  return now === undefined ? new Date() : now();
}
