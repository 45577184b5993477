import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The gateway as it is shipped; JavaScript to give to `node`. */
export const GATEWAY_PROGRAM = join(ROOT, "dist", "src", "main.js");
/** The simulated portal as it is shipped. */
export const PORTAL_PROGRAM = join(ROOT, "dist", "simulator", "main.js");

/** A program of the tests' own that `test/tsconfig.programs.json` lists, by its path below `test`. */
export function testProgram(source: string): string {
  return join(ROOT, "dist-test", "test", source.replace(/\.ts$/, ".js"));
}
