import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { preset } from "@graphql-codegen/client-preset";
import { codegen } from "@graphql-codegen/core";
import { buildASTSchema, buildSchema, parse } from "graphql";
import { expect, onTestFinished, test } from "vitest";
import config from "../../examples/codegen/codegen.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SCHEMA = readFileSync(join(ROOT, "schema.graphql"), "utf8");
const OPERATIONS = join(ROOT, "examples", "operations");

/** What the command line of the code generator does with the configuration, into a folder of its own. */
async function generate(folder: string): Promise<void> {
  const [[baseOutputDir, section] = []] = Object.entries(config.generates);
  if (baseOutputDir === undefined || section === undefined) throw new Error("no output");
  const outputs = await preset.buildGeneratesSection({
    baseOutputDir: `${join(folder, baseOutputDir)}/`,
    presetConfig: {},
    schema: parse(SCHEMA),
    schemaAst: buildSchema(SCHEMA),
    documents: [...readdirSync(OPERATIONS).map((name) => readFileSync(join(OPERATIONS, name), "utf8")), OWN].map(
      (rawSDL, index) => ({ location: `${index}.graphql`, rawSDL, document: parse(rawSDL), hash: String(index) }),
    ),
    config: section.config,
    plugins: [],
    pluginMap: {},
    pluginContext: {},
  });
  for (const output of outputs) {
    mkdirSync(dirname(output.filename), { recursive: true });
    writeFileSync(output.filename, await codegen({ ...output, schemaAst: buildASTSchema(parse(SCHEMA)) }));
  }
}

/** A document of a front end's own besides the examples: variables of @oneOf types. */
const OWN = `query OneChat($by: ChatLookup!) { chat(by: $by) { id createdAt latestSession { files { nodes { size } } } } }`;

const PROGRAM = `
import type { OpenLinesClient } from "../client/main.ts";
import { AllEventsDocument, InboxDocument, OneChatDocument, SendMessageDocument } from "./graphql/graphql.ts";

declare const client: OpenLinesClient;

export async function program(): Promise<void> {
  const { data } = await client.request(InboxDocument, { first: 5 });
  const title: string | null | undefined = data?.inbox?.nodes[0]?.chat.title;
  // @ts-expect-error a field that the document does not ask for
  void data?.inbox?.nodes[0]?.chat.description;
  // @ts-expect-error a variable of another type
  await client.request(InboxDocument, { first: "five" });
  const sent = await client.request(SendMessageDocument, { chatId: "5", text: title ?? "Hello" });
  // Codes may be added, so they are words.
  const code: string | undefined = sent.data?.chatMessageSend?.userErrors[0]?.code;
  void code;

  const one = await client.request(OneChatDocument, { by: { id: "5" } });
  const at: string | null | undefined = one.data?.chat?.createdAt;
  const size: number | null | undefined = one.data?.chat?.latestSession?.files?.nodes[0]?.size;
  // @ts-expect-error a time is text
  const wrong: number | null | undefined = one.data?.chat?.createdAt;
  void [at, size, wrong];
  // @ts-expect-error one key, not two
  await client.request(OneChatDocument, { by: { id: "5", userCode: "livechat|1|2|3" } });
  // @ts-expect-error one key, not none
  await client.request(OneChatDocument, { by: {} });

  client.subscribe(AllEventsDocument, { variables: { after: "a place" } }, {
    next: ({ openLineEvents }) => void (openLineEvents?.cursor satisfies string | undefined),
  });
  // @ts-expect-error a place is text
  client.subscribe(AllEventsDocument, { variables: { after: 5 } }, { next: () => {} });
}
`;

test("the configuration makes types of all examples, in which @oneOf inputs have one key and scalars are typed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "codegen-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await generate(folder);
  symlinkSync(join(ROOT, "client", "src"), join(folder, "client"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "src", "program.ts"), PROGRAM);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const base = join(ROOT, "client", "tsconfig.json");
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: base,
      compilerOptions: {
        noEmit: true,
        declaration: false,
        rootDir: "/",
        moduleResolution: "bundler",
        module: "esnext",
        erasableSyntaxOnly: false,
      },
      files: ["src/program.ts"],
      include: [],
    }),
  );
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  let output = "";
  try {
    execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  } catch (error) {
    output = typeof error === "object" && error !== null && "stdout" in error ? String(error.stdout) : String(error);
  }
  expect(output).toBe("");
});

test("the example inbox's documents are what its configuration makes of them", () => {
  const script = join(ROOT, "scripts", "inbox-documents.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});
