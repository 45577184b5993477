import { noteLeftOut } from "../bitrix24/decoding.ts";
import {
  chatId,
  id,
  isPlainObject,
  optionalObject,
  optionalText,
  text,
  WireError,
  type WireObject,
} from "../bitrix24/wire.ts";
import { listOrOne, ornamental, ornamentalList } from "../bitrix24/wire-lists.ts";
import type { FileRecord } from "../domain/file.ts";
import type { Id } from "../domain/ids.ts";
import type { AttachmentRecord } from "../domain/message.ts";

/** Of a message that has none. */
export const NO_PARAMS: WireObject = {};

/**
 * The parameters of a message as its method spells their names (`CONNECTOR_MID` or `connectorMid`), where they come as they mostly do or not at
 * all; undefined where it takes more to tell.
 */
export function plainParams(value: unknown): WireObject | undefined {
  if (value === undefined || value === null) return NO_PARAMS;
  if (!isPlainObject(value)) return undefined;
  for (const _key in value) return value;
  return NO_PARAMS;
}

/** Those that come otherwise: `[]`, `""` and `false` are none. */
export function oddParams(value: unknown, path: string): WireObject {
  return plainParams(ornamental(optionalObject, value, path)) ?? NO_PARAMS;
}

/** One of them by its name in upper case. */
export function paramIn(params: WireObject, name: string): unknown {
  let found: unknown;
  for (const key in params) if (upperSnake(key) === name) found = params[key];
  return found;
}

/** All of them under their names in upper case. */
export function underUpperNames(params: WireObject): WireObject {
  const named: Record<string, unknown> = {};
  for (const key in params) named[upperSnake(key)] = params[key];
  return named;
}

/** The author of a message; null for 0, which stands for the system. One who is not told is not the system. */
export function authorOrSystem(value: unknown, path: string): Id | null {
  return value === 0 || value === "0" ? null : id(value, path);
}

/** The chat that a message names; null where it names none that can be read. */
export function messageChat(value: unknown, path: string): Id | null {
  return value === undefined || value === null ? null : ornamental(chatId, value, path);
}

const MAX_REMEMBERED_KEYS = 1000;
const rememberedKeys = new Map<string, string>();

/** `connectorMid` becomes `CONNECTOR_MID`; a key that is upper case already stays. No result is a name that objects inherit. */
export function upperSnake(key: string): string {
  const known = rememberedKeys.get(key);
  if (known !== undefined) return known;
  const upper = key === key.toUpperCase() ? key : key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
  if (rememberedKeys.size < MAX_REMEMBERED_KEYS) rememberedKeys.set(key, upper);
  return upper;
}

/** A parameter that should be a list comes bare from some portals when it has one value. Blank texts are none: PHP makes one of nothing. */
export function textsOf(value: unknown, path: string): readonly string[] {
  if (areTexts(value)) return value;
  if (typeof value === "string" || typeof value === "number") return value === "" ? [] : [String(value)];
  return ornamentalList(value, path, text).filter((each) => each !== "");
}

export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Those of the answer's files that it names, in its order. */
export function filesOf(value: unknown, path: string, files: ReadonlyMap<Id, FileRecord>): FileRecord[] {
  return textsOf(value, path).flatMap((fileId) => files.get(fileId) ?? []);
}

/** One attachment may come without the list around it, and either as JSON text. */
export function attachmentsOf(value: unknown, path: string): AttachmentRecord[] {
  const given = typeof value === "string" && value !== "" ? parsed(value, path) : value;
  const isSingle = isPlainObject(given) && ("blocks" in given || "BLOCKS" in given);
  return ornamentalList(isSingle ? [given] : given, path, attachment).flat();
}

function parsed(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    noteLeftOut(path);
    return null;
  }
}

/** None for the places of attachments that are gone. */
function attachment(value: unknown, path: string): AttachmentRecord[] {
  const raw = optionalObject(value, path);
  if (raw === null) return [];
  const record = {
    id: ornamental(optionalText, raw.id ?? raw.ID, `${path}.id`),
    description: ornamental(optionalText, raw.description ?? raw.DESCRIPTION, `${path}.description`),
    color: ornamental(optionalText, raw.color ?? raw.COLOR, `${path}.color`),
    rawBlocks: blocksOf(raw.blocks ?? raw.BLOCKS, `${path}.blocks`),
  };
  return [record];
}

/** One of them may come without the list around it. */
function blocksOf(value: unknown, path: string): WireObject[] {
  return ornamentalList(isPlainObject(value) ? listOrOne(value) : value, path, block);
}

function block(value: unknown, path: string): WireObject {
  if (isPlainObject(value)) return value;
  throw new WireError(path, "a block of an attachment", value);
}
