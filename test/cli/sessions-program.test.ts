import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { testProgram } from "../kit/programs.ts";

test("the compiled program says how it is used, and writes nothing to standard output", async () => {
  const program = spawn(process.execPath, [testProgram("cli/sessions-program.ts"), "help"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { out: "", err: "" };
  program.stdout.on("data", (text) => (texts.out += text));
  program.stderr.on("data", (text) => (texts.err += text));
  const [code] = await once(program, "close");
  expect({ code, out: texts.out }).toEqual({ code: 1, out: "" });
  expect(texts.err).toContain("npm run sessions -- export");
});
