import { decodeFrom } from "../../bitrix24/decoding.ts";
import type { LineParts, LineRecord, ListedLine } from "../../domain/line.ts";
import { decodeLine } from "./line-decoder.ts";

/** A part of a line that is told by columns of its own. The queue is not: it comes with options, and one of its columns only newer portals know. */
export type LineGroup = Exclude<keyof LineRecord, "id" | "source" | "queue">;

const GROUPS = [
  "name",
  "isActive",
  "isTemporary",
  "languageCode",
  "externalId",
  "modifiedById",
  "quickReplyStoreId",
  "showsTyping",
  "crm",
  "welcome",
  "bot",
  "workTime",
  "noAnswer",
  "closing",
  "customerRating",
  "kpi",
  "forms",
  "limits",
  "agreement",
  "category",
  "operatorIdentity",
] as const satisfies readonly LineGroup[];

/** What a line's constructor reads itself. */
const ALWAYS: Readonly<Record<string, keyof LineRecord>> = { ID: "id", LINE_NAME: "name", ACTIVE: "isActive" };

/** Which columns tell each group: those that its decoder looks at. */
const COLUMNS: ReadonlyMap<LineGroup, readonly string[]> = columnsByGroup();

function columnsByGroup(): ReadonlyMap<LineGroup, readonly string[]> {
  const seen = new Set<string>();
  const row = new Proxy<Record<string, unknown>>(
    { ID: "1" },
    {
      get(target, column) {
        if (typeof column === "string") seen.add(column);
        return Reflect.get(target, column);
      },
    },
  );
  const columnsOf = (group: LineGroup): readonly string[] => {
    seen.clear();
    decodeFrom({ origin: "https://example.com" }, "", () => decodeLine(row, "", "list")[group]);
    return [...seen].filter((column) => ALWAYS[column] === undefined || ALWAYS[column] === group);
  };
  return new Map(GROUPS.map((group) => [group, columnsOf(group)]));
}

/** The groups that a column tells. */
const GROUPS_OF: ReadonlyMap<string, readonly LineGroup[]> = groupsByColumn();

function groupsByColumn(): ReadonlyMap<string, readonly LineGroup[]> {
  const groups = new Map<string, LineGroup[]>();
  for (const [group, columns] of COLUMNS)
    for (const column of columns) groups.set(column, [...(groups.get(column) ?? []), group]);
  return groups;
}

/** The columns that tell these groups, and what tells which line it is. */
export function columnsOf(groups: ReadonlySet<LineGroup>): string[] {
  return ["ID", ...GROUPS.filter((group) => groups.has(group)).flatMap((group) => COLUMNS.get(group) ?? [])];
}

const NO_GROUPS: readonly LineGroup[] = [];

/** A row of selected columns. What is not in it is undefined; a portal that sends every column all the same tells everything. */
export function decodeSelectedLine(value: unknown, path: string): ListedLine {
  const line = decodeLine(value, path, "list");
  const told = new Set<LineGroup>();
  for (const column of Object.keys(Object(value)))
    for (const group of GROUPS_OF.get(column) ?? NO_GROUPS) told.add(group);
  if (told.size === GROUPS.length) return line;
  const parts: LineParts = { id: line.id, source: "parts" };
  for (const group of told) Object.assign(parts, { [group]: line[group] });
  return parts;
}
