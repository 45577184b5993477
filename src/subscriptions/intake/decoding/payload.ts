import { noteLeftOut } from "../../../datasources/bitrix24/decoding.ts";
import { type FormFields, type FormValue, isFormFields } from "../../../datasources/bitrix24/form-body.ts";
import { optionalId, WireError } from "../../../datasources/bitrix24/wire.ts";
import type { Id } from "../../../datasources/domain/ids.ts";

/** A known event whose payload is not understood. The message names the place and repeats no content. */
export class UndecodableEvent extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UndecodableEvent";
  }
}

/** `data` of an Open Channel event: what stands beside `DATA`, and its items, whichever of the two shapes it has. */
export interface EventPayload {
  /** Connector code; present on what goes out to the channel. */
  readonly connector: string | null;
  /** A connector is told, readable or not. */
  readonly hasConnector: boolean;
  readonly line: Id | null;
  /** At least one. */
  readonly items: readonly FormFields[];
  /** `DATA` came as a list, as the documentation shows it. Portals send an object (but for deleted outgoing messages). */
  readonly isList: boolean;
}

/** Throws `UndecodableEvent` when there is nothing in `DATA`. */
export function readPayload(data: FormValue | undefined): EventPayload {
  if (!isFormFields(data)) throw new UndecodableEvent("data: expected fields");
  const isList = Array.isArray(data.DATA) || (isFormFields(data.DATA) && hasOnlyIndices(data.DATA));
  return {
    connector: spared(optionalText, data.CONNECTOR, "data.CONNECTOR"),
    hasConnector: data.CONNECTOR !== undefined && data.CONNECTOR !== "",
    line: spared(anId, data.LINE, "data.LINE"),
    items: readableItems(isList ? listOf(data.DATA, "data.DATA") : [data.DATA], asFields),
    isList,
  };
}

function asFields(value: FormValue | undefined): FormFields {
  if (!isFormFields(value)) throw new UndecodableEvent("data.DATA: expected fields");
  return value;
}

/**
 * What is made of each item of a delivery. One that is not understood is noted and left out, so that it costs none of those beside it; throws
 * `UndecodableEvent` when that leaves nothing.
 */
export function readableItems<From, To>(items: readonly From[], read: (item: From, index: number) => To): To[] {
  const made: To[] = [];
  let first: UndecodableEvent | undefined;
  for (const [index, item] of items.entries()) {
    try {
      made.push(read(item, index));
    } catch (error) {
      if (!(error instanceof UndecodableEvent)) throw error;
      first ??= error;
      noteLeftOut(`data.DATA[${index}]`);
    }
  }
  if (made.length === 0) throw first ?? new UndecodableEvent("data.DATA: nothing in it");
  return made;
}

/** The parser makes a map of a list that is long or has gaps. */
function hasOnlyIndices(value: FormFields): boolean {
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^[0-9]+$/.test(key));
}

/** A list; one value alone is a list of one, nothing (PHP leaves empty lists out) or empty text an empty one. */
export function listOf(value: FormValue | undefined, path: string): readonly FormValue[] {
  if (value === undefined || value === "") return [];
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [value];
  if (isFormFields(value)) {
    return Object.values(value).filter((item): item is FormValue => item !== undefined);
  }
  throw new UndecodableEvent(`${path}: expected a list`);
}

/** Fields that may be left out; a list of them counts as its first, and text in their place is noted and counts as none. */
export function optionalFields(from: FormFields, name: string): FormFields {
  const value = firstOf(from[name]);
  if (isFormFields(value)) return value;
  if (value !== undefined && value !== "") noteLeftOut(`data.DATA.${name}`);
  return {};
}

function firstOf(value: FormValue | undefined): FormValue | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** For what an event may do without: a value that is not understood is noted and counts as not told. */
export function spared<T>(
  read: (value: FormValue | undefined, path: string) => T | null,
  value: FormValue | undefined,
  path: string,
): T | null {
  try {
    return read(value, path);
  } catch (error) {
    if (!(error instanceof UndecodableEvent)) throw error;
    noteLeftOut(path);
    return null;
  }
}

/** Text; null when left out or empty. */
export function optionalText(value: FormValue | undefined, path: string): string | null {
  if (value === undefined || value === "") return null;
  if (typeof value !== "string") throw new UndecodableEvent(`${path}: expected text`);
  return value;
}

/** A portal's id; null when left out, empty or 0. */
export function anId(value: FormValue | undefined, path: string): Id | null {
  const text = optionalText(value, path);
  if (text !== null && text.length > 20) throw new UndecodableEvent(`${path}: expected an id`);
  try {
    return optionalId(text, path);
  } catch (error) {
    if (error instanceof WireError) throw new UndecodableEvent(`${path}: expected an id`);
    throw error;
  }
}

/** The same of a chat, which the portal also names as a dialog. */
export function aChatId(value: FormValue | undefined, path: string): Id | null {
  return chatIdIfDigits(value) ?? anId(value, path);
}

/** An id where digits are one, null for other text: several fields hold the portal's id or the channel's. */
export function idIfDigits(value: FormValue | undefined): Id | null {
  return typeof value === "string" && /^\s*[0-9]{1,20}\s*$/.test(value) ? optionalId(value, "") : null;
}

/** The same for a chat, which the portal also names as a dialog. */
export function chatIdIfDigits(value: FormValue | undefined): Id | null {
  return idIfDigits(typeof value === "string" ? value.replace(/^\s*chat(?=[0-9])/, "") : value);
}

/** Ids given as one text or as a list of texts; empty ones are none, and what is no text is noted and left out. */
export function textList(value: FormValue | undefined, path: string): string[] {
  return listOf(value, path).flatMap((item) => spared(optionalText, item, path) ?? []);
}
