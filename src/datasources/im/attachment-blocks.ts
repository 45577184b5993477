import { addressOn } from "../bitrix24/decoding.ts";
import { isPlainObject, isWhole, type WireObject } from "../bitrix24/wire.ts";
import { listOrOne } from "../bitrix24/wire-lists.ts";
import type { AttachmentBlockRecord, CellLayout } from "../domain/attachment.ts";
import type { Id } from "../domain/ids.ts";

type BlockReader = (value: unknown, origin: string) => AttachmentBlockRecord;

/** By the portal's name of a block, in upper case. */
const READERS: ReadonlyMap<string, BlockReader> = new Map<string, BlockReader>([
  ["MESSAGE", (value) => ({ kind: "text", text: textIn(value) ?? "" })],
  ["HTML", (value) => ({ kind: "text", text: withoutElements(textIn(value) ?? "") })],
  ["LINK", links],
  ["RICH_LINK", links],
  ["IMAGE", pictures],
  ["FILE", files],
  ["USER", people],
  ["GRID", grid],
  ["DELIMITER", delimiter],
]);

/**
 * The blocks of an attachment (`ATTACH`) by what they are, whatever case their keys are in. `origin`: of the portal, whose own addresses are
 * relative. What is odd is null, and a block of another kind comes as it is.
 */
export function attachmentBlocks(blocks: readonly WireObject[], origin: string): AttachmentBlockRecord[] {
  return blocks.flatMap((block) => {
    const known = Object.entries(block).flatMap(
      ([key, value]) => READERS.get(key.toUpperCase())?.(value, origin) ?? [],
    );
    return known.length > 0 ? known : [{ kind: "unknown", raw: block }];
  });
}

function links(value: unknown, origin: string): AttachmentBlockRecord {
  return {
    kind: "links",
    links: entriesOf(value).map((entry) => ({
      name: textIn(entry.NAME),
      url: addressIn(entry.LINK, origin),
      description: textIn(entry.DESC),
      previewUrl: addressIn(entry.PREVIEW, origin),
    })),
  };
}

function pictures(value: unknown, origin: string): AttachmentBlockRecord {
  return {
    kind: "pictures",
    pictures: entriesOf(value).map((entry) => ({
      name: textIn(entry.NAME),
      url: addressIn(entry.LINK, origin),
      previewUrl: addressIn(entry.PREVIEW, origin),
      width: pixelsIn(entry.WIDTH),
      height: pixelsIn(entry.HEIGHT),
    })),
  };
}

function files(value: unknown, origin: string): AttachmentBlockRecord {
  return {
    kind: "files",
    files: entriesOf(value).map((entry) => ({
      name: textIn(entry.NAME),
      url: addressIn(entry.LINK, origin),
      size: numberIn(entry.SIZE),
    })),
  };
}

function people(value: unknown, origin: string): AttachmentBlockRecord {
  return {
    kind: "people",
    people: entriesOf(value).map((entry) => ({
      name: textIn(entry.NAME),
      avatarUrl: addressIn(entry.AVATAR, origin),
      url: addressIn(entry.LINK, origin),
    })),
  };
}

function grid(value: unknown, origin: string): AttachmentBlockRecord {
  return {
    kind: "grid",
    cells: entriesOf(value).map((entry) => ({
      name: textIn(entry.NAME),
      value: textIn(entry.VALUE),
      layout: layoutIn(entry.DISPLAY),
      width: pixelsIn(entry.WIDTH),
      color: textIn(entry.COLOR),
      url: addressIn(entry.LINK, origin),
      userId: idIn(entry.USER_ID),
      chatId: idIn(entry.CHAT_ID),
    })),
  };
}

function delimiter(value: unknown): AttachmentBlockRecord {
  const [entry = {}] = entriesOf(value);
  return { kind: "delimiter", width: pixelsIn(entry.SIZE), color: textIn(entry.COLOR) };
}

/** One entry may come without the list around it. */
function entriesOf(value: unknown): WireObject[] {
  return listOrOne(value).filter(isPlainObject).map(withUpperKeys);
}

function withUpperKeys(entry: WireObject): WireObject {
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [key.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase(), value]),
  );
}

function textIn(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}

function numberIn(value: unknown): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  const whole = typeof number === "number" && number >= 0 ? Math.round(number) : undefined;
  return Number.isSafeInteger(whole) ? (whole ?? null) : null;
}

function pixelsIn(value: unknown): number | null {
  const number = numberIn(value);
  return number !== null && isWhole(number) ? number : null;
}

function idIn(value: unknown): Id | null {
  const text = textIn(value);
  return text !== null && /^[1-9][0-9]{0,18}$/.test(text) ? text : null;
}

const LAYOUTS: ReadonlySet<string> = new Set<CellLayout>(["BLOCK", "LINE", "ROW", "COLUMN"]);

function layoutIn(value: unknown): CellLayout | null {
  const name = textIn(value)?.toUpperCase();
  if (name === undefined) return null;
  return isLayout(name) ? name : "UNKNOWN";
}

function isLayout(name: string): name is CellLayout {
  return LAYOUTS.has(name);
}

/** An address that a browser may open. */
function addressIn(value: unknown, origin: string): string | null {
  const text = textIn(value);
  return text === null ? null : (addressOn(origin, text)?.href ?? null);
}

/** Old applications write elements; what they hold is text. */
function withoutElements(html: string): string {
  return html.replace(/<br\s*\/?>/gi, "\n").replace(/<[^<>]*>/g, "");
}
