import {
  id,
  kept,
  keptEntries,
  object,
  optionalId,
  optionalInteger,
  optionalText,
  optionalUrl,
  ornamental,
  type WireObject,
} from "../../bitrix24/wire.ts";
import type { LineQueue, QueueEntryRecord, QueueMemberRecord } from "../../domain/line.ts";
import { decodeChoice, QUEUE_ENTRY_TYPES, QUEUE_TYPES } from "./line-choices.ts";
import type { LineRow } from "./line-row.ts";

/** The queue of a line. Members and online state only from `config.get`, configured entries and inactive users only from the list. */
export function decodeQueue(row: LineRow, lineId: string, source: "full" | "list"): LineQueue {
  return {
    lineId,
    type: row.choice("QUEUE_TYPE", QUEUE_TYPES),
    redirectAfterSeconds: row.number("QUEUE_TIME"),
    checksAvailability: row.optionalFlag("CHECK_AVAILABLE"),
    notifiesWhenEmpty: row.optionalFlag("SEND_NOTIFICATION_EMPTY_QUEUE"),
    showsRedirectNotice: row.optionalFlag("SHOW_NOTIFICATION_REDIRECT"),
    ...(source === "full"
      ? { isOnline: row.optionalFlag("QUEUE_ONLINE"), members: decodeMembers(row) }
      : decodeListedQueue(row)),
  };
}

/** Absent keys stay undefined: the list was asked without them. */
function decodeListedQueue({ row }: LineRow): Pick<LineQueue, "configured" | "userIds"> {
  return {
    ...(row.CONFIG_QUEUE === undefined ? {} : { configured: kept(row.CONFIG_QUEUE, "CONFIG_QUEUE", decodeEntry) }),
    ...(row.QUEUE === undefined ? {} : { userIds: kept(row.QUEUE, "QUEUE", id) }),
  };
}

/** One element of CONFIG_QUEUE. */
function decodeEntry(value: unknown, path: string): QueueEntryRecord {
  const entry = object(value, path);
  return {
    type: decodeChoice(QUEUE_ENTRY_TYPES, optionalText(entry.ENTITY_TYPE, `${path}.ENTITY_TYPE`)),
    entityId: id(entry.ENTITY_ID, `${path}.ENTITY_ID`),
  };
}

/**
 * QUEUE gives who and in which order, QUEUE_FULL the row of each, QUEUE_USERS_FIELDS what customers see of him; QUEUE_FULL repeats the
 * latter and stands in where it is missing.
 */
function decodeMembers(row: LineRow): QueueMemberRecord[] {
  const rows = membersById(row.row.QUEUE_FULL, "QUEUE_FULL");
  const displays = membersById(row.row.QUEUE_USERS_FIELDS, "QUEUE_USERS_FIELDS");
  return kept(row.row.QUEUE, "QUEUE", id).map((userId) => {
    const path = `QUEUE_FULL.${userId}`;
    const full = rows.get(userId) ?? {};
    const display = displays.get(userId) ?? full;
    return {
      userId,
      entryId: ornamental(optionalId, full.ID, `${path}.ID`),
      position: ornamental(optionalInteger, full.SORT, `${path}.SORT`),
      departmentId: ornamental(optionalId, full.DEPARTMENT_ID, `${path}.DEPARTMENT_ID`),
      displayName: ornamental(optionalText, display.USER_NAME, `${path}.USER_NAME`),
      displayPosition: ornamental(optionalText, display.USER_WORK_POSITION, `${path}.USER_WORK_POSITION`),
      displayAvatarUrl: optionalUrl(display.USER_AVATAR, `${path}.USER_AVATAR`),
      displayAvatarId: ornamental(optionalId, display.USER_AVATAR_ID, `${path}.USER_AVATAR_ID`),
    };
  });
}

/** By the map's key. A map whose keys are 0..n-1 arrives as a list, but user ids start at 1, so a list is only ever the empty map. */
function membersById(value: unknown, path: string): Map<string, WireObject> {
  return new Map(keptEntries(value, path, object));
}
