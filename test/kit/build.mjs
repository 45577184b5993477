import { join } from "node:path";
import { buildPages, prepare, runTool } from "../../scripts/prepare.mjs";

/**
 * Makes what a group of tests needs that is no source, once for all of its files: the pages, which the gateway serves as they were built; for
 * tests that start programs what is shipped, and programs of their own.
 */
export function setup({ name }) {
  const isMade = name === "campaign" ? buildPrograms() : buildPages();
  if (!isMade) throw new Error("What the tests need cannot be built; the messages are above.");
}

function buildPrograms() {
  prepare();
  return runTool("tsc", ["-p", join("test", "tsconfig.programs.json")]) === 0;
}
