import { afterAll, beforeAll, expect, test } from "vitest";
import { SessionStatus } from "../../simulator/world/records.ts";
import { startBrowser, type TestBrowser } from "../kit/browser.ts";
import { openInFrame } from "../kit/portal-frame.ts";
import { eventually } from "../kit/until.ts";
import {
  isDrawing,
  isExcerpt,
  isPrinted,
  isProxy,
  isRedisConfiguration,
  isUsage,
  readSettingsFile,
} from "./blocks/data-blocks.ts";
import { type Answered, keyFor, operationName, runGraphql } from "./blocks/graphql-blocks.ts";
import {
  isFile,
  type Programs,
  preparePrograms,
  runInNode,
  runPlaywright,
  runsInBrowser,
} from "./blocks/program-blocks.ts";
import { type Block, blocksOf, documents } from "./blocks/read-blocks.ts";
import { differences } from "./blocks/same-shape.ts";
import { ANNA, MAREK, openScene, type Scene } from "./blocks/scene.ts";
import { runShell } from "./blocks/shell-blocks.ts";

const BLOCKS = documents().flatMap(blocksOf);
let scene: Scene;
let programs: Programs;
let browser: TestBrowser;

beforeAll(async () => {
  scene = await openScene();
  [programs, browser] = await Promise.all([preparePrograms(BLOCKS.filter(isProgram), scene), startBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  programs?.close();
  await scene?.close();
});

function isProgram(block: Block): boolean {
  return isFile(block) || runsInBrowser(block);
}

/** What was answered to the documents' queries, by document: a later block may show it. */
const answers = new Map<string, { readonly text: string; readonly answered: Answered }>();

/** Programs that go on, with the errors on their consoles. */
const running = new Map<string, readonly string[]>();

type Execute = (block: Block) => unknown;

/** What executes a block, by its language and role. */
const KINDS: readonly { readonly pattern: RegExp; readonly execute: Execute }[] = [
  { pattern: /^graphql$/, execute: (block) => ask(block, block.text) },
  { pattern: /^json variables of \w+$/, execute: askWithVariables },
  { pattern: /^json answer$/, execute: isAnswer },
  { pattern: /^json answer to Marek$/, execute: isAnswerToMarek },
  { pattern: /^json ready$/, execute: isReadiness },
  { pattern: /^json (BITRIX24|GATEWAY)_\w+$/, execute: ({ role, text }) => readSettingsFile(role, text) },
  { pattern: /^sh$/, execute: shell },
  { pattern: /^text usage of \w+$/, execute: ({ role, text }) => isUsage(role.slice("usage of ".length), text) },
  { pattern: /^text printed$/, execute: ({ text }) => isPrinted(text) },
  { pattern: /^text redis\.conf$/, execute: ({ text }) => isRedisConfiguration(text) },
  { pattern: /^nginx$/, execute: ({ text }) => isProxy(text, scene) },
  { pattern: /^mermaid$/, execute: ({ text }) => isDrawing(text) },
  { pattern: /^ts node$/, execute: runInNode },
  { pattern: /^ts excerpt of \S+$/, execute: ({ role, text }) => isExcerpt(role.slice("excerpt of ".length), text) },
  { pattern: /^tsx src\/App\.tsx$|^ts src\/main\.ts$/, execute: showsMessages },
  { pattern: /^vue src\/\w+\.vue$/, execute: () => undefined },
  { pattern: /^ts playwright\.config\.ts$/, execute: () => undefined },
  { pattern: /^ts tests\/\S+\.spec\.ts$/, execute: playwright },
  { pattern: /^ts frame$/, execute: frame },
  { pattern: /^(ts|tsx|js)$/, execute: runsWithoutErrors },
];

test.each(BLOCKS.map((block) => ({ ...block, kind: `${block.language} ${block.role}`.trim() })))(
  "$document, line $line: $kind",
  async ({ kind, ...block }) => {
    const found = KINDS.find(({ pattern }) => pattern.test(kind));
    if (found === undefined) throw new Error(`nothing executes blocks of the kind "${kind}"`);
    leaveQuietChat(scene, block.document);
    await found.execute(BLOCKS.find((each) => each.document === block.document && each.line === block.line) ?? block);
  },
);

test("no program went wrong after it had begun", () => {
  const wrong = [...running].filter(([, errors]) => errors.length > 0);
  expect(wrong).toEqual([]);
});

let begunDocument = "";

/** Each document finds the chat that is left to its reader as the demo begins with it. */
function leaveQuietChat({ portal: { world, quietChat } }: Scene, document: string): void {
  if (document === begunDocument || quietChat === undefined) return;
  begunDocument = document;
  const chat = world.chats.get(quietChat.chatId);
  const session = world.openSession(quietChat.chatId);
  if (chat === undefined || session === undefined) return;
  chat.ownerId = 0;
  Object.assign(session, { status: SessionStatus.new, operatorId: 0 });
}

test("the programs of the documents have no errors of types", async () => {
  expect(await programs.typeProblems()).toBe("");
});

async function ask(block: Block, text: string, variables = {}): Promise<void> {
  const answered = await runGraphql(scene, text, keyFor(block.document), variables);
  answers.set(block.document, { text, answered });
}

async function askWithVariables(block: Block): Promise<void> {
  const name = block.role.split(" ").at(-1);
  const asked = BLOCKS.find(
    (each) => each.document === block.document && each.language === "graphql" && operationName(each.text) === name,
  );
  if (asked === undefined) throw new Error(`the document has no operation ${name}`);
  const { entity, ...variables } = JSON.parse(block.text);
  // Which items there are differs from portal to portal.
  await ask(block, asked.text, entity === undefined ? variables : {});
}

async function isAnswer(block: Block): Promise<void> {
  const { answered } = await answerBefore(block);
  expect(differences(JSON.parse(block.text), answered)).toEqual([]);
}

/** What was asked last in a document before one of its blocks. */
async function answerBefore({ document, line }: Block) {
  if (!answers.has(document)) {
    const before = BLOCKS.filter((each) => each.document === document && each.line < line);
    const asking = before.filter(({ language, text }) => language === "graphql" || /^curl -s .*"query"/m.test(text));
    const last = asking.at(-1);
    if (last?.language === "graphql") await ask(last, last.text);
    else if (last !== undefined) await shell(last);
  }
  const last = answers.get(document);
  if (last === undefined) throw new Error("nothing was asked before");
  return last;
}

async function isAnswerToMarek(block: Block): Promise<void> {
  const { text: query } = await answerBefore(block);
  const response = await fetch(`${scene.origin}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": MAREK },
    body: JSON.stringify({ query }),
  });
  expect(differences(JSON.parse(block.text), await response.json())).toEqual([]);
}

async function isReadiness({ text }: Block): Promise<void> {
  const response = await fetch(`${scene.origin}/ready`);
  const shown = text.replaceAll("example.bitrix24.com", new URL(scene.portal.url).host);
  expect(differences(JSON.parse(shown), await response.json())).toEqual([]);
}

async function shell(block: Block): Promise<void> {
  await runShell(block.text, scene);
  const query = /-d '(\{"query":.*\})'/.exec(block.text)?.[1];
  if (query === undefined || block.text.includes("curl -N")) return;
  const { query: text } = JSON.parse(query);
  answers.set(block.document, { text, answered: await runGraphql(scene, text, ANNA) });
}

/** The page of a guide: it connects, and what a customer writes into the chat that one has clicked appears. */
async function showsMessages(block: Block): Promise<void> {
  const { page, consoleErrors } = await browser.open();
  await page.goto(programs.pageOf(block));
  await page.getByRole("status").getByText("connected").waitFor();
  await page.getByRole("button", { name: "Freya Doyle" }).first().click();
  const { quietChat, world } = scene.portal;
  await page.getByLabel("Conversation").getByText("Freya Doyle").first().waitFor();
  world.customerWrites(quietChat?.chatId ?? 0, `Written for ${block.document}`);
  await page.getByLabel("Conversation").getByText(`Written for ${block.document}`).waitFor();
  await page.getByLabel("Your answer").fill("Good morning");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByLabel("Conversation").getByText("Good morning").first().waitFor();
  expect(consoleErrors).toEqual([]);
  await page.close();
}

async function runsWithoutErrors(block: Block): Promise<void> {
  const { page, consoleErrors } = await browser.open();
  const chat = [...scene.portal.world.chats.values()].find(
    ({ id, ownerId }) => ownerId === 27 && scene.portal.world.openSession(id) !== undefined,
  );
  const settings = new URLSearchParams({ url: `${scene.origin}/graphql`, key: ANNA, chatId: String(chat?.id) });
  await page.goto(`${programs.pageOf(block)}?${settings}`);
  await page.locator("html[data-ran=yes]").waitFor({ state: "attached" });
  running.set(`${block.document}, line ${block.line}`, consoleErrors);
}

async function frame(block: Block): Promise<void> {
  const { page, consoleErrors } = await browser.open();
  const inside = await openInFrame(page, programs.pageOf(block), { portal: scene.portal });
  await eventually(async () => expect(await inside.title()).toBe("Anna Johnson"));
  expect(consoleErrors).toEqual([]);
  await page.close();
}

async function playwright(block: Block): Promise<void> {
  expect(await runPlaywright(programs.folderOf(block.document), programs.origin)).toMatch(/\d+ passed/);
}
