// npm run settings: writes the table of settings into docs/settings.md, between its two marks.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, prepare, root } from "./prepare.mjs";

const BEGIN = "<!-- settings -->";
const END = "<!-- /settings -->";

prepare();
const { settingsTable } = await import("../dist/src/config/settings-table.js");
const path = join(root, "docs", "settings.md");
const page = readFileSync(path, "utf8");
const begin = page.indexOf(BEGIN);
const end = page.indexOf(END);
if (begin === -1 || end < begin) fail(`docs/settings.md has no lines ${BEGIN} and ${END} for the table`);
writeFileSync(path, `${page.slice(0, begin)}${BEGIN}\n\n${settingsTable()}\n\n${page.slice(end)}`);
