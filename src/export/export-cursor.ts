import type { Id } from "../datasources/domain/ids.ts";

/** The last session that was written, from which an export goes on. */
export type ExportCursor =
  | { readonly source: "reports"; readonly at: number; readonly id: Id }
  | { readonly source: "activities"; readonly id: Id };

/** `r<unix seconds>-<session>` or `a<activity>`. */
export function formatExportCursor(cursor: ExportCursor): string {
  return cursor.source === "reports" ? `r${cursor.at}-${cursor.id}` : `a${cursor.id}`;
}

/** Undefined for a text that is none. */
export function parseExportCursor(text: string): ExportCursor | undefined {
  const [, at, id, activityId] = /^(?:r(\d{1,12})-([1-9]\d{0,18})|a([1-9]\d{0,18}))$/.exec(text) ?? [];
  if (activityId !== undefined) return { source: "activities", id: activityId };
  return at === undefined || id === undefined ? undefined : { source: "reports", at: Number(at), id };
}
