import { noteLeftOut } from "../bitrix24/decoding.ts";
import { id, isPlainObject, optionalObject, optionalText, text, WireError, type WireObject } from "../bitrix24/wire.ts";
import { ornamental, ornamentalList } from "../bitrix24/wire-lists.ts";
import type { FileRecord } from "../domain/file.ts";
import type { Id } from "../domain/ids.ts";
import type { AttachmentRecord } from "../domain/message.ts";

/** What a message's parameters say, whichever key style the method sends (`CONNECTOR_MID` or `connectorMid`). */
export interface MessageParams {
  readonly params: Readonly<Record<string, unknown>> | null;
  readonly files: readonly FileRecord[];
  readonly attachments: readonly AttachmentRecord[];
  readonly externalIds: readonly string[];
}

const NO_PARAMS: MessageParams = { params: null, files: [], attachments: [], externalIds: [] };

/** `[]`, nothing and `null` are no parameters. `files` are those the same answer describes. */
export function decodeMessageParams(value: unknown, path: string, files: ReadonlyMap<Id, FileRecord>): MessageParams {
  if (value === undefined || value === null || value === "" || value === false) return NO_PARAMS;
  if (Array.isArray(value) && value.length === 0) return NO_PARAMS;
  const raw = ornamental(optionalObject, value, path);
  if (raw === null) return NO_PARAMS;
  const params: Record<string, unknown> = {};
  let isEmpty = true;
  for (const key in raw) {
    params[upperSnake(key)] = raw[key];
    isEmpty = false;
  }
  if (isEmpty) return NO_PARAMS;
  return {
    params,
    files: params.FILE_ID === undefined ? NO_PARAMS.files : filesOf(params.FILE_ID, `${path}.FILE_ID`, files),
    attachments: params.ATTACH === undefined ? NO_PARAMS.attachments : attachmentsOf(params.ATTACH, `${path}.ATTACH`),
    externalIds:
      params.CONNECTOR_MID === undefined
        ? NO_PARAMS.externalIds
        : textsOf(params.CONNECTOR_MID, `${path}.CONNECTOR_MID`),
  };
}

/** The author of a message; null for 0, which stands for the system. One who is not told is not the system. */
export function authorOrSystem(value: unknown, path: string): Id | null {
  return value === 0 || value === "0" ? null : id(value, path);
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

/** A parameter that should be a list comes bare from some portals when it has one value. */
function textsOf(value: unknown, path: string): string[] {
  return typeof value === "string" || typeof value === "number" ? [String(value)] : ornamentalList(value, path, text);
}

function filesOf(value: unknown, path: string, files: ReadonlyMap<Id, FileRecord>): FileRecord[] {
  return textsOf(value, path).flatMap((fileId) => files.get(fileId) ?? []);
}

/** One attachment may come without the list around it, and either as JSON text. */
function attachmentsOf(value: unknown, path: string): AttachmentRecord[] {
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
    rawBlocks: ornamentalList(raw.blocks ?? raw.BLOCKS, `${path}.blocks`, block),
  };
  return [record];
}

function block(value: unknown, path: string): WireObject {
  if (isPlainObject(value)) return value;
  throw new WireError(path, "a block of an attachment", value);
}
