import type { Call } from "../../bitrix24/calls.ts";
import { integer, object, text, WireError } from "../../bitrix24/wire.ts";
import { keptRows, type Rows } from "../../bitrix24/wire-lists.ts";
import type { Id } from "../../domain/ids.ts";
import type { ApiRevisionRecord, LineRecord, ListedLine, PublicPageRecord } from "../../domain/line.ts";
import { flagParam, idParam } from "../../rest-params.ts";
import { encodeEmojiTokens } from "./emoji-tokens.ts";
import { columnsOf, decodeSelectedLine, type LineGroup } from "./line-columns.ts";
import { decodeLine, decodeLineToChange } from "./line-decoder.ts";

/**
 * One line with all its settings and its queue, offline operators included; null for an unknown id (`result: false`). No right is needed.
 * The portal keeps the answer for the rest of a batch, so a read after a write must be a request of its own.
 */
export function configGet(lineId: Id): Call<LineRecord | null> {
  return {
    method: "imopenlines.config.get",
    params: { CONFIG_ID: idParam(lineId), WITH_QUEUE: "Y", SHOW_OFFLINE: "Y" },
    decode: decodeFullLine,
  };
}

function decodeFullLine(result: unknown): LineRecord | null {
  return result === false ? null : decodeLine(result, "", "full");
}

/** The same for a change that is built on it: a setting that is not understood is an error rather than none. */
export function configToChangeGet(lineId: Id): Call<LineRecord | null> {
  return { ...configGet(lineId), decode: decodeLineOrNone };
}

function decodeLineOrNone(result: unknown): LineRecord | null {
  return result === false ? null : decodeLineToChange(result);
}

export interface LineListQuery {
  readonly ids?: readonly Id[];
  readonly isActive?: boolean;
  readonly isTemporary?: boolean;
  readonly languageCode?: string;
  readonly nameContains?: string;
  readonly orderBy: "ID" | "NAME";
  readonly direction: "ASC" | "DESC";
  /** At most 200. */
  readonly limit: number;
  readonly offset: number;
}

/** A page of lines with their queues as configured. The portal tells no total: a row more than the page needs shows that there is a next one. */
export function configListGet(query: LineListQuery): Call<Rows<LineRecord>> {
  return {
    method: "imopenlines.config.list.get",
    params: { PARAMS: listParams(query), OPTIONS: { QUEUE: "Y", CONFIG_QUEUE: "Y" } },
    decode: decodeLines,
  };
}

/** The same with some parts of each line only, and without its queue: a tenth of the columns is a tenth of the answer. */
export function configListGetParts(query: LineListQuery, groups: ReadonlySet<LineGroup>): Call<Rows<ListedLine>> {
  return {
    method: "imopenlines.config.list.get",
    params: { PARAMS: { select: columnsOf(groups), ...listParams(query) } },
    decode: decodeParts,
  };
}

function listParams(query: LineListQuery) {
  return {
    // The name does not make a page stable, so the id decides between equal names.
    order: query.orderBy === "NAME" ? { LINE_NAME: query.direction, ID: query.direction } : { ID: query.direction },
    filter: filterOf(query),
    limit: query.limit,
    offset: query.offset,
  };
}

function decodeLines(result: unknown): Rows<LineRecord> {
  return keptRows(result, "", (row, path) => decodeLine(row, path, "list"));
}

function decodeParts(result: unknown): Rows<ListedLine> {
  return keptRows(result, "", decodeSelectedLine);
}

/** Undefined without a condition: an empty filter has no spelling as a PHP map. */
function filterOf(query: LineListQuery) {
  const filter = {
    ...(query.ids === undefined ? {} : { ID: query.ids.map(idParam) }),
    ...(query.isActive === undefined ? {} : { ACTIVE: flagParam(query.isActive) }),
    ...(query.isTemporary === undefined ? {} : { TEMPORARY: flagParam(query.isTemporary) }),
    ...(query.languageCode === undefined ? {} : { LANGUAGE_ID: query.languageCode }),
    // Texts are compared as they are stored, and emoji are stored as tokens.
    ...(query.nameContains === undefined ? {} : { "%LINE_NAME": encodeEmojiTokens(query.nameContains) }),
  };
  return Object.keys(filter).length === 0 ? undefined : filter;
}

/** Where the public contact-centre page is. */
export function configPathGet(): Call<PublicPageRecord> {
  return { method: "imopenlines.config.path.get", params: {}, decode: decodePublicPage };
}

function decodePublicPage(result: unknown): PublicPageRecord {
  const page = object(result, "");
  const serverUrl = text(page.SERVER_ADDRESS, "SERVER_ADDRESS");
  const path = text(page.PUBLIC_PATH, "PUBLIC_PATH");
  if (!path.startsWith("/") || !URL.canParse(path, serverUrl))
    throw new WireError("SERVER_ADDRESS", "an address", serverUrl);
  return { serverUrl, path, url: new URL(path, serverUrl).href };
}

/** Revision numbers of the open-channels module. */
export function revisionGet(): Call<ApiRevisionRecord> {
  return { method: "imopenlines.revision.get", params: {}, decode: decodeRevision };
}

function decodeRevision(result: unknown): ApiRevisionRecord {
  const revision = object(result, "");
  return {
    rest: integer(revision.rest, "rest"),
    web: integer(revision.web, "web"),
    mobile: integer(revision.mobile, "mobile"),
  };
}
