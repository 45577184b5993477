import { isPhpMap, type PhpMap, phpEntries, phpInt, phpMap, phpText, phpValues } from "../php-value.ts";
import type { LineRow, LineStore, LineUsers, OperatorDisplay, QueueEntry, QueueOperator } from "./line-row.ts";

const NO_DISPLAY: OperatorDisplay = { name: null, workPosition: null, avatar: null, avatarId: 0 };

/**
 * The queue of a new line. Members may be plain user ids or `{ENTITY_TYPE, ENTITY_ID}`; whatever is neither, and every
 * user who does not exist or is not active, is dropped without a word.
 */
export function readQueueToCreate(value: unknown, users: LineUsers): QueueEntry[] {
  return (phpValues(value) ?? []).flatMap((member) => {
    const entry = isPhpMap(member) ? readEntry(member) : plainUser(member);
    return entry !== undefined && isUsable(entry, users) ? [entry] : [];
  });
}

/**
 * The new queue of an existing line, or undefined if the portal refuses it: plain ids, an unknown type or an id that is
 * not a positive number refuse the whole change, and so does a queue without one active user and one filled department.
 */
export function readQueueToUpdate(value: unknown, users: LineUsers): QueueEntry[] | undefined {
  const entries: QueueEntry[] = [];
  for (const member of phpValues(value) ?? []) {
    const entry = isPhpMap(member) ? readEntry(member) : undefined;
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  const usable = entries.filter((entry) => isUsable(entry, users));
  return usable.some((entry) => membersOf(entry, users).length > 0) ? usable : undefined;
}

function readEntry(member: PhpMap): QueueEntry | undefined {
  const type = member.ENTITY_TYPE;
  const id = positiveId(member.ENTITY_ID);
  return (type === "user" || type === "department") && id !== undefined ? { type, id } : undefined;
}

function plainUser(member: unknown): QueueEntry | undefined {
  const id = positiveId(member);
  return id === undefined ? undefined : { type: "user", id };
}

function positiveId(value: unknown): number | undefined {
  const id = typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value)) ? Number(value) : 0;
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

function isUsable(entry: QueueEntry, users: LineUsers): boolean {
  return entry.type === "department" || users.isActive(entry.id);
}

function membersOf(entry: QueueEntry, users: LineUsers): readonly number[] {
  switch (entry.type) {
    case "user":
      return [entry.id];
    case "department":
      return users.usersOfDepartment(entry.id);
  }
}

/**
 * The operators a configured queue stands for, each once, in the queue's order. Who was an operator before keeps the id
 * of his queue row and what is shown of him.
 */
export function expandQueue(
  entries: readonly QueueEntry[],
  before: readonly QueueOperator[],
  users: LineUsers,
  store: LineStore,
): QueueOperator[] {
  const operators = new Map<number, QueueOperator>();
  for (const entry of entries) {
    for (const userId of membersOf(entry, users)) {
      if (operators.has(userId)) continue;
      const known = before.find((operator) => operator.userId === userId);
      operators.set(userId, {
        rowId: known?.rowId ?? store.nextQueueRowId(),
        userId,
        departmentId: entry.type === "department" ? entry.id : 0,
        display: known?.display ?? NO_DISPLAY,
      });
    }
  }
  return [...operators.values()];
}

/** Applies the parameter QUEUE_USERS_FIELDS, a map from user id to what customers see; users outside the queue are ignored. */
export function withDisplays(operators: readonly QueueOperator[], value: unknown): readonly QueueOperator[] {
  const displays = new Map(phpEntries(value) ?? []);
  return operators.map((operator) => {
    const display = displays.get(String(operator.userId));
    return isPhpMap(display) ? { ...operator, display: readDisplay(display) } : operator;
  });
}

function readDisplay(fields: PhpMap): OperatorDisplay {
  const text = (value: unknown) => (value === undefined || value === null ? null : phpText(value));
  return {
    name: text(fields.USER_NAME),
    workPosition: text(fields.USER_WORK_POSITION),
    avatar: text(fields.USER_AVATAR),
    avatarId: phpInt(fields.USER_AVATAR_ID),
  };
}

/** The queue's keys of `config.get`: only active operators, only those online unless `showOffline`. */
export function queueOfConfigGet(row: LineRow, users: LineUsers, showOffline: boolean): PhpMap {
  const shown = row.operators
    .map((operator, sort) => ({ ...operator, sort }))
    .filter(({ userId }) => users.isActive(userId) && (showOffline || users.isOnline(userId)));
  const full = shown.map((operator) => [
    String(operator.userId),
    {
      ID: String(operator.rowId),
      SORT: String(operator.sort),
      USER_ID: String(operator.userId),
      DEPARTMENT_ID: String(operator.departmentId),
      ...displayAsStrings(operator.display),
    },
  ]);
  const fields = shown.map((operator) => [String(operator.userId), displayAsStrings(operator.display)]);
  return {
    QUEUE: shown.map((operator) => String(operator.userId)),
    QUEUE_FULL: phpMap(Object.fromEntries(full)),
    QUEUE_USERS_FIELDS: phpMap(Object.fromEntries(fields)),
    QUEUE_ONLINE: shown.some(({ userId }) => users.isOnline(userId)) ? "Y" : "N",
  };
}

function displayAsStrings(display: OperatorDisplay): PhpMap {
  return {
    USER_NAME: display.name,
    USER_WORK_POSITION: display.workPosition,
    USER_AVATAR: display.avatar,
    USER_AVATAR_ID: String(display.avatarId),
  };
}

/** The queue's keys of `config.list.get`: all operators, inactive ones too; here ids are numbers and no avatar is null. */
export function queueOfConfigList(row: LineRow): PhpMap {
  const fields = row.operators.map(({ userId, display }) => [
    String(userId),
    { ...displayAsStrings(display), USER_AVATAR_ID: display.avatarId === 0 ? null : display.avatarId },
  ]);
  return {
    QUEUE: row.operators.map((operator) => operator.userId),
    QUEUE_USERS_FIELDS: phpMap(Object.fromEntries(fields)),
  };
}

/** CONFIG_QUEUE of `config.list.get`: the queue as it was configured. */
export function configuredQueue(row: LineRow): PhpMap[] {
  return row.queue.map((entry) => ({ ENTITY_ID: String(entry.id), ENTITY_TYPE: entry.type }));
}
