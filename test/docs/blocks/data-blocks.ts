import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EVENTS_USAGE } from "../../../src/cli/events.ts";
import { KEYS_USAGE } from "../../../src/cli/keys.ts";
import { readConfig } from "../../../src/config/read-config.ts";
import { ROOT } from "./read-blocks.ts";
import type { Scene } from "./scene.ts";

const USAGES: Readonly<Record<string, string>> = { keys: KEYS_USAGE, events: EVENTS_USAGE };

/** A file of settings, as the gateway reads it. */
export function readSettingsFile(setting: string, text: string): void {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  const path = join(folder, "file.json");
  writeFileSync(path, text);
  const credentials = join(folder, "credentials.json");
  const webhook = "https://example.bitrix24.com/rest/1/SECRET/";
  writeFileSync(credentials, JSON.stringify({ anna: { webhook }, marek: { webhook } }));
  try {
    const provider = {
      GATEWAY_JWT_ISSUER: "https://id.example.com/",
      GATEWAY_JWT_AUDIENCE: "b24-gateway",
      GATEWAY_JWT_JWKS_URL: "https://id.example.com/.well-known/jwks.json",
    };
    readConfig({
      BITRIX24_CREDENTIALS_FILE: credentials,
      BITRIX24_PORTALS: "example.bitrix24.com",
      ...(setting === "GATEWAY_IDENTITY_FILE" ? provider : {}),
      [setting]: path,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How a program is called: each line as the program itself says it. */
export function isUsage(name: string, text: string): void {
  const told = spaced(USAGES[name] ?? "");
  const missing = text.split("\n").filter((line) => line.trim() !== "" && !told.includes(spaced(line)));
  if (missing.length > 0) throw new Error(`the program does not say:\n${missing.join("\n")}`);
}

function spaced(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** What programs print: the fixed beginning of each line is written somewhere in the code, and so is each message of the log. */
export function isPrinted(text: string): void {
  const code = sources();
  const fixed = [...text.matchAll(/"msg":"([^"]+)"/g)].map(([, message = ""]) => message);
  for (const line of text.split("\n")) {
    const [beginning = ""] = line.trim().split(/[:("{]|\d|https?|example\./);
    if (beginning.trim() !== "") fixed.push(beginning.trim());
  }
  const missing = fixed.filter((piece) => !code.includes(piece));
  if (missing.length > 0) throw new Error(`no program prints: ${missing.join(" | ")}`);
}

function sources(): string {
  const folders = ["src", "examples/live"];
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(ts|mjs)$/.test(name))
        .map((name) => readFileSync(join(ROOT, folder, name), "utf8")),
    )
    .join("\n");
}

/** An excerpt of a file of the repository. */
export function isExcerpt(path: string, text: string): void {
  if (!spaced(readFileSync(join(ROOT, path), "utf8")).includes(spaced(text)))
    throw new Error(`${path} has no such text`);
}

/** Settings of a Redis server, which takes them all. */
export async function isRedisConfiguration(text: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "redis-"));
  const child = spawn("redis-server", ["-", "--port", "0", "--unixsocket", join(folder, "socket"), "--dir", folder]);
  child.stdin.end(text);
  let output = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (/initialized|Ready/i.test(output)) resolve();
    });
    child.once("close", () => reject(new Error(output)));
  });
  child.kill();
  await new Promise((closed) => child.once("close", closed));
  rmSync(folder, { recursive: true, force: true });
}

/** Each address that a proxy passes on is one of the gateway's. */
export async function isProxy(text: string, { origin }: Scene): Promise<void> {
  if (text.split("{").length !== text.split("}").length) throw new Error("braces do not match");
  const paths = [...text.matchAll(/location (?:= (\S+)|~ \^\/\(([^)]+)\)\$)/g)].flatMap(([, one, several]) =>
    one === undefined ? (several?.split("|").map((path) => `/${path}`) ?? []) : [one],
  );
  if (paths.length === 0) throw new Error("no location");
  for (const path of paths) {
    const statuses = await Promise.all(["GET", "POST"].map((method) => fetch(origin + path, { method })));
    if (statuses.every(({ status }) => status === 404)) throw new Error(`${path} is no address of the gateway`);
  }
}

/** Each box of a drawing names a folder of the source. */
export function isDrawing(text: string): void {
  const names = [...text.matchAll(/\["([a-z][\w/-]*\/[\w/-]+|[a-z]+)<br/g)].map(([, name = ""]) => name);
  const missing = names.filter((name) => !existsSync(join(ROOT, "src", name)));
  if (names.length === 0 || missing.length > 0) throw new Error(`not in src: ${missing.join(", ")}`);
}
