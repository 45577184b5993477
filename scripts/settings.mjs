// npm run settings: writes the table of settings into docs/settings.md, see src/cli/settings.ts.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();
const { withSettingsTable } = await import("../dist/src/cli/settings.js");
const path = join(root, "docs", "settings.md");
writeFileSync(path, withSettingsTable(readFileSync(path, "utf8")));
