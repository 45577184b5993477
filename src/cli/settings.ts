import { settingsTable } from "../config/settings-table.ts";

const BEGIN = "<!-- settings -->";
const END = "<!-- /settings -->";

/** A page with the table of settings as the code has it, between its two marks. Throws an `Error` for a page without them. */
export function withSettingsTable(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`The page has no lines ${BEGIN} and ${END} for the table`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${settingsTable()}\n\n${page.slice(end)}`;
}
