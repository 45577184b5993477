import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CompiledScript, compileScript } from "../kit/compiled-script.ts";

let script: CompiledScript;

beforeAll(async () => {
  script = await compileScript(fileURLToPath(new URL("./sessions-program.ts", import.meta.url)));
}, 120_000);
afterAll(() => script.remove());

test("the compiled program says how it is used, and writes nothing to standard output", async () => {
  const program = spawn(process.execPath, [script.path, "help"], { stdio: ["ignore", "pipe", "pipe"] });
  const texts = { out: "", err: "" };
  program.stdout.on("data", (text) => (texts.out += text));
  program.stderr.on("data", (text) => (texts.err += text));
  const [code] = await once(program, "close");
  expect({ code, out: texts.out }).toEqual({ code: 1, out: "" });
  expect(texts.err).toContain("npm run sessions -- export");
});
