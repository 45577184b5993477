// npm run settings: writes the table of settings into the README, between its two marks.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, prepare, root } from "./prepare.mjs";

const BEGIN = "<!-- settings -->";
const END = "<!-- /settings -->";

prepare();
const { settingsTable } = await import("../dist/src/config/settings-table.js");
const path = join(root, "README.md");
const readme = readFileSync(path, "utf8");
const begin = readme.indexOf(BEGIN);
const end = readme.indexOf(END);
if (begin === -1 || end < begin) fail(`README.md has no lines ${BEGIN} and ${END} for the table`);
writeFileSync(path, `${readme.slice(0, begin)}${BEGIN}\n\n${settingsTable()}\n\n${readme.slice(end)}`);
