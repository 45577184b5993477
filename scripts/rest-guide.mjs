// npm run rest-guide: writes the methods into docs/from-rest.md, see src/cli/rest-guide.ts.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();
const { withRestMethods } = await import("../dist/src/cli/rest-guide.js");
const path = join(root, "docs", "from-rest.md");
const read = (...parts) => readFileSync(join(root, ...parts), "utf8");
const examples = readdirSync(join(root, "examples", "operations"))
  .sort()
  .map((name) => ({ path: `../examples/operations/${name}`, text: read("examples", "operations", name) }));
writeFileSync(path, withRestMethods(readFileSync(path, "utf8"), read("schema.graphql"), examples));
