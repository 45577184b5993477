import {
  id,
  object,
  optionalCount,
  optionalId,
  optionalText,
  optionalUrl,
  type WireObject,
} from "../../bitrix24/wire.ts";
import { kept, keptEntries, ornamental, readable } from "../../bitrix24/wire-lists.ts";
import type { LineQueue, QueueEntryRecord, QueueMemberRecord } from "../../domain/line.ts";
import { decodeChoice, QUEUE_ENTRY_TYPES, QUEUE_TYPES } from "./line-choices.ts";
import type { LineRow } from "./line-row.ts";

/** The queue of a line. Members and online state only from `config.get`, configured entries and inactive users only from the list. */
export function decodeQueue(row: LineRow, lineId: string, source: "full" | "list"): LineQueue {
  return {
    lineId,
    type: row.choice("QUEUE_TYPE", QUEUE_TYPES),
    redirectAfterSeconds: row.number("QUEUE_TIME"),
    checksAvailability: row.flag("CHECK_AVAILABLE"),
    notifiesWhenEmpty: row.flag("SEND_NOTIFICATION_EMPTY_QUEUE"),
    showsRedirectNotice: row.flag("SHOW_NOTIFICATION_REDIRECT"),
    ...(source === "full"
      ? { isOnline: row.flag("QUEUE_ONLINE"), members: decodeMembers(row) }
      : decodeListedQueue(row)),
  };
}

/** Absent keys stay undefined: the list was asked without them. */
function decodeListedQueue({ row }: LineRow): Pick<LineQueue, "configured" | "userIds"> {
  const configured = readable((value, path) => kept(value, path, decodeEntry), row.CONFIG_QUEUE, "CONFIG_QUEUE");
  const userIds = readable((value, path) => kept(value, path, id), row.QUEUE, "QUEUE");
  return {
    ...(row.CONFIG_QUEUE === undefined ? {} : { configured: configured?.value ?? null }),
    ...(row.QUEUE === undefined ? {} : { userIds: userIds?.value ?? null }),
  };
}

/** One element of CONFIG_QUEUE. */
function decodeEntry(value: unknown, path: string): QueueEntryRecord {
  const entry = object(value, path);
  return {
    type: decodeChoice(QUEUE_ENTRY_TYPES, ornamental(optionalText, entry.ENTITY_TYPE, `${path}.ENTITY_TYPE`)),
    entityId: id(entry.ENTITY_ID, `${path}.ENTITY_ID`),
  };
}

/**
 * QUEUE gives who and in which order, QUEUE_FULL the row of each, QUEUE_USERS_FIELDS what customers see of him; QUEUE_FULL repeats the
 * latter and stands in where it is missing.
 */
function decodeMembers(row: LineRow): QueueMemberRecord[] | null {
  const userIds = readable((value, path) => kept(value, path, id), row.row.QUEUE, "QUEUE")?.value;
  if (userIds === undefined) return null;
  const rows = membersById(row.row.QUEUE_FULL, "QUEUE_FULL");
  const displays = membersById(row.row.QUEUE_USERS_FIELDS, "QUEUE_USERS_FIELDS");
  return userIds.map((userId) => {
    const path = `QUEUE_FULL.${userId}`;
    const full = rows.get(userId) ?? {};
    const display = displays.get(userId) ?? full;
    const displayPath = displays.has(userId) ? `QUEUE_USERS_FIELDS.${userId}` : path;
    return {
      userId,
      entryId: ornamental(optionalId, full.ID, `${path}.ID`),
      position: ornamental(optionalCount, full.SORT, `${path}.SORT`),
      departmentId: ornamental(optionalId, full.DEPARTMENT_ID, `${path}.DEPARTMENT_ID`),
      displayName: ornamental(optionalText, display.USER_NAME, `${displayPath}.USER_NAME`),
      displayPosition: ornamental(optionalText, display.USER_WORK_POSITION, `${displayPath}.USER_WORK_POSITION`),
      displayAvatarUrl: ornamental(optionalUrl, display.USER_AVATAR, `${displayPath}.USER_AVATAR`),
      displayAvatarId: ornamental(optionalId, display.USER_AVATAR_ID, `${displayPath}.USER_AVATAR_ID`),
    };
  });
}

/** By the map's key. A map whose keys are 0..n-1 arrives as a list, but user ids start at 1, so a list is only ever the empty map. */
function membersById(value: unknown, path: string): Map<string, WireObject> {
  return new Map(readable((map, at) => keptEntries(map, at, object), value, path)?.value ?? []);
}
