import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { readCommandLine } from "../../../simulator/command-line.ts";
import { startPortal } from "../../../simulator/portal.ts";
import { runEventsProgram } from "../../../src/cli/events.ts";
import { runKeysCli } from "../../../src/cli/keys.ts";
import { runSessionsProgram } from "../../../src/cli/sessions.ts";
import { readConfig } from "../../../src/config/read-config.ts";
import { isSettingName } from "../../../src/config/settings.ts";
import { ROOT } from "./read-blocks.ts";
import { ANNA, HELENA, type Scene } from "./scene.ts";

const scripts: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts;
const client: { name: string; version: string } = JSON.parse(
  readFileSync(join(ROOT, "client", "package.json"), "utf8"),
);

interface Kind {
  readonly pattern: RegExp;
  /** Runs the command, or as much of it as can be run here. Rejects when it does not do what it says. */
  readonly execute: (command: string, scene: Scene) => void | Promise<void>;
}

const SETTING = /^(?:export )?[A-Z][A-Z0-9_]*=/;

const KINDS: readonly Kind[] = [
  { pattern: /^curl -N /, execute: runStream },
  { pattern: /^curl /, execute: runCurl },
  { pattern: /^npm (?:start|test)$/, execute: (command) => hasScript(command.slice(4)) },
  { pattern: /^npm run (?:-s )?keys -- /, execute: runKeys },
  { pattern: /^npm run (?:-s )?events -- /, execute: runEvents },
  { pattern: /^npm run (?:-s )?sessions -- /, execute: runSessions },
  { pattern: /^npm run (?:-s )?portal -- /, execute: runPortal },
  { pattern: /^npm run (?:-s )?[a-z-]+( |$)/, execute: (command) => hasScript(/run (?:-s )?(\S+)/.exec(command)?.[1]) },
  { pattern: /^node examples\/live\/\S+\.mjs$/, execute: runExample },
  { pattern: /^cd (?:client|my-inbox|\.\.\/\.\.)$/, execute: () => undefined },
  { pattern: /^npm pack$|^cd client && npm run build && npm pack$/, execute: () => undefined },
  { pattern: /^npm install \.\.\/clone\/client\/\S+\.tgz$/, execute: isPackedClient },
  {
    pattern: /^npm create --yes vite@latest my-inbox -- --template (?:react|vue)-ts --no-interactive$/,
    execute: () => {},
  },
  {
    pattern:
      /^npm install @bitrix24\/b24jssdk$|^npm install --save-dev @playwright\/test$|^npx playwright install chromium$/,
    execute: () => undefined,
  },
];

/** Each command of a block in its turn. Throws for one that nothing here executes. */
export async function runShell(text: string, scene: Scene): Promise<void> {
  const lines = text.replaceAll("\\\n", " ").split("\n");
  const commands = lines.map((line) => line.replace(/\s+#.*$/, "").trim()).filter((line) => line !== "");
  // They stand beside each other in one environment or file.
  readSettings(commands.filter((command) => SETTING.test(command)));
  for (const command of commands.filter((each) => !SETTING.test(each))) {
    const kind = KINDS.find(({ pattern }) => pattern.test(command));
    if (kind === undefined) throw new Error(`nothing executes: ${command}`);
    await kind.execute(command, scene);
  }
}

function hasScript(name: string | undefined): void {
  // `dev` of an application that the reader has made.
  if (name !== "dev" && !(name !== undefined && name in scripts)) throw new Error(`there is no npm run ${name}`);
}

function isPackedClient(command: string): void {
  if (!command.endsWith(`/${client.name}-${client.version}.tgz`)) throw new Error("the packed client has another name");
}

/** Names that exist, with values that the gateway takes where they are whole. */
function readSettings(commands: readonly string[]): void {
  const pairs = commands.flatMap((command) => command.replace(/^export /, "").split(/\s+/));
  const settings = pairs.filter((pair) => pair.includes("=")).map((pair) => pair.split(/=(.*)/s).slice(0, 2));
  const rest = pairs.filter((pair) => !pair.includes("=")).join(" ");
  if (!/^(npm start)?$/.test(rest)) throw new Error(`nothing executes: ${rest}`);
  const own = settings.filter(([name = ""]) => !name.startsWith("PORTAL_"));
  const unknown = own.filter(([name = ""]) => !isSettingName(name));
  if (unknown.length > 0) throw new Error(`there is no setting ${unknown.join(", ")}`);
  // What begins with `…` or `local.…` is the reader's; files are documented in blocks of their own.
  const whole = own.filter(([, value = ""]) => !value.includes("…") && !value.startsWith("./"));
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  const identity = join(folder, "identity.json");
  const claim = { claim: "groups", value: "support", credential: "default" };
  writeFileSync(identity, JSON.stringify({ claims: [claim] }));
  try {
    readConfig({
      BITRIX24_WEBHOOK_URL: "https://example.bitrix24.com/rest/1/SECRET/",
      ...(own.some(([name]) => name === "GATEWAY_IDENTITY_FILE") ? { GATEWAY_IDENTITY_FILE: identity } : {}),
      ...Object.fromEntries(whole),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What stands behind the `--` of an `npm run`, without where the output goes. */
function argumentsOf(command: string): string[] {
  return command
    .slice(command.indexOf("-- ") + 3)
    .replace(/ > \S+$/, "")
    .split(/\s+/);
}

async function runEvents(command: string, { environment }: Scene): Promise<void> {
  const { ok, lines } = await runEventsProgram(argumentsOf(command), environment);
  if (!ok) throw new Error(lines.join("\n"));
}

/** Asks the gateway that runs, as it does beside one. */
async function runSessions(command: string, { environment }: Scene): Promise<void> {
  const texts = { out: "", err: "" };
  const into = (name: keyof typeof texts) =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += String(chunk);
        done();
      },
    });
  const io = { out: into("out"), err: into("err"), signal: new AbortController().signal };
  const code = await runSessionsProgram(argumentsOf(command), environment, io);
  if (code !== 0 || !/^\uFEFF?\w+(,\w+)+\r?\n/.test(texts.out)) throw new Error(texts.err + texts.out.slice(0, 200));
}

/** A small one, at a port that is free here. */
async function runPortal(command: string): Promise<void> {
  const options = readCommandLine(argumentsOf(command), {});
  const portal = await startPortal({ ...options.portal, port: 0, size: 0.1 });
  await portal.close();
}

function runKeys(command: string): void {
  const folder = mkdtempSync(join(tmpdir(), "keys-"));
  try {
    const credentials = join(folder, "credentials.json");
    writeFileSync(credentials, JSON.stringify({ anna: { webhook: "https://example.bitrix24.com/rest/27/SECRET/" } }));
    const environment = { GATEWAY_DATA_DIR: folder, BITRIX24_CREDENTIALS_FILE: credentials };
    const { ok, lines } = runKeysCli(argumentsOf(command), environment);
    if (!ok) throw new Error(lines.join("\n"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runCurl(command: string, scene: Scene): Promise<void> {
  // Where the document has no key yet, this machine needs none; this gateway has keys.
  const key = /\/graphql\b/.test(command) && !/x-api-key/i.test(command) ? ` -H 'x-api-key: ${ANNA}'` : "";
  const { output, code } = await collect(spawn("bash", ["-c", scene.placed(command) + key]));
  if (code !== 0) throw new Error(`curl ended with ${code}`);
  const answer: unknown = JSON.parse(output);
  if (typeof answer === "object" && answer !== null && ("errors" in answer || "error" in answer))
    throw new Error(output);
}

/** Until something has come over it. */
async function runStream(command: string, scene: Scene): Promise<void> {
  const child = spawn("bash", ["-c", `exec ${scene.placed(command)}`]);
  await heard(child, /^data: .*"cursor"/m, scene);
}

async function runExample(command: string, scene: Scene): Promise<void> {
  const [, file = ""] = command.split(" ");
  if (!existsSync(join(ROOT, file))) throw new Error(`${file} is not there`);
  const folder = mkdtempSync(join(tmpdir(), "example-"));
  const args = ["--url", `${scene.origin}/graphql`, "--key", HELENA, "--cursor", join(folder, "cursor")];
  await heard(spawn(process.execPath, [join(ROOT, file), ...args]), /MessageAdded/, scene);
  rmSync(folder, { recursive: true, force: true });
}

/** Customers write until the program has printed it. */
async function heard(child: ChildProcess, pattern: RegExp, { portal }: Scene): Promise<void> {
  const chat = [...portal.world.chats.values()].find(({ id }) => portal.world.openSession(id) !== undefined);
  if (chat === undefined) throw new Error("no chat with an open session");
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const writing = setInterval(() => portal.world.customerWrites(chat.id, "Is anybody there?"), 100);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        if (!pattern.test(output)) return;
        resolve();
        child.kill();
      });
    }
    child.once("close", () => {
      clearInterval(writing);
      reject(new Error(output));
    });
  });
}

function collect(child: ChildProcess): Promise<{ readonly output: string; readonly code: number | null }> {
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ output, code })));
}
