import { list, object, optionalText, text, WireError, type WireObject } from "../bitrix24/wire.ts";
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
  const raw = object(value, path);
  const params: Record<string, unknown> = {};
  let isEmpty = true;
  for (const key in raw) {
    params[upperSnake(key)] = raw[key];
    isEmpty = false;
  }
  if (isEmpty) return NO_PARAMS;
  return {
    params,
    files: params.FILE_ID === undefined ? NO_PARAMS.files : filesOf(params.FILE_ID, path, files),
    attachments: params.ATTACH === undefined ? NO_PARAMS.attachments : attachmentsOf(params.ATTACH, path),
    externalIds: params.CONNECTOR_MID === undefined ? NO_PARAMS.externalIds : textsOf(params.CONNECTOR_MID, path),
  };
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
  return typeof value === "string" || typeof value === "number"
    ? [text(value, path)]
    : list(value, `${path}.CONNECTOR_MID`, text);
}

function filesOf(value: unknown, path: string, files: ReadonlyMap<Id, FileRecord>): FileRecord[] {
  const ids =
    typeof value === "string" || typeof value === "number" ? [text(value, path)] : list(value, `${path}.FILE_ID`, text);
  return ids.flatMap((id) => files.get(id) ?? []);
}

function attachmentsOf(value: unknown, path: string): AttachmentRecord[] {
  const at = `${path}.ATTACH`;
  if (Array.isArray(value)) return value.map((entry, index) => decodeAttachment(entry, `${at}[${index}]`));
  if (value === null || value === false || value === "") return [];
  const single = object(value, at);
  // One attachment may come without the list around it.
  return "blocks" in single || "BLOCKS" in single ? [decodeAttachment(single, at)] : list(single, at, decodeAttachment);
}

function decodeAttachment(value: unknown, path: string): AttachmentRecord {
  const raw = object(value, path);
  return {
    id: optionalText(raw.id ?? raw.ID, `${path}.id`),
    description: optionalText(raw.description ?? raw.DESCRIPTION, `${path}.description`),
    color: optionalText(raw.color ?? raw.COLOR, `${path}.color`),
    blocks: list(raw.blocks ?? raw.BLOCKS, `${path}.blocks`, block),
  };
}

function block(value: unknown, path: string): WireObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return object(value, path);
  throw new WireError(path, "a block of an attachment", value);
}
