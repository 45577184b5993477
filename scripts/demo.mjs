// The demo's portal: a simulated one in a process of its own, with a key for each of its people.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./prepare.mjs";

/** Messages a minute that customers write on their own, so that a first look at the demo is alive. */
const ACTIVITY_PER_MINUTE = "6";

/** Starts the simulated portal and resolves with what it says of itself. It ends with this process, however that ends. */
async function startPortal() {
  const child = spawn(
    process.execPath,
    [
      join(root, "dist", "simulator", "main.js"),
      "--ready-json",
      "--exit-with-parent",
      ...(process.env.PORTAL_ACTIVITY ? [] : ["--activity", ACTIVITY_PER_MINUTE]),
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = new Promise((_resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the simulated portal ended with code ${code}`)));
  });
  const ready = new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  const portal = JSON.parse(await Promise.race([ready, ended]));
  // Ctrl-C reaches both programs and the portal then ends well, which is no news.
  ended.catch(() => child.exitCode === 0 || process.stderr.write("The simulated portal has ended.\n"));
  return { portal, stop: () => child.stdin.end() };
}

/** A short name for each person: the first name, with the id where two share it. */
function namePeople(users) {
  const firstName = (user) =>
    user.name
      .split(" ")[0]
      .toLowerCase()
      .replace(/[^a-z]/g, "");
  return users.map((user) => {
    const first = firstName(user);
    const shared = first === "" || users.some((other) => other !== user && firstName(other) === first);
    return { user, name: shared ? `${first || "user"}-${user.id}` : first };
  });
}

/** The portal, and the settings with which the gateway serves it. */
export async function startDemo(environment) {
  const { portal, stop } = await startPortal();
  const people = namePeople(portal.users).map(({ user, name }) => ({ user, name, key: `demo-api-key-of-${name}` }));
  const first = people.find(({ user }) => user.role === "operator") ?? people[0];

  const directory = join(environment.GATEWAY_DATA_DIR || ".data", "demo");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const credentialsFile = join(directory, "credentials.json");
  const credentials = people.map(({ user, name }) => [name, { webhook: user.webhookUrl }]);
  writeFileSync(
    credentialsFile,
    JSON.stringify(Object.fromEntries([["default", { webhook: first.user.webhookUrl }], ...credentials]), null, 2),
    { mode: 0o600 },
  );
  const demoKeys = people.map(({ name, key }) => `${name}:${key}:${name}`);
  const settings = {
    BITRIX24_CREDENTIALS_FILE: credentialsFile,
    GATEWAY_API_KEYS: [environment.GATEWAY_API_KEYS, ...demoKeys].filter(Boolean).join(","),
    GATEWAY_EXPLORER: environment.GATEWAY_EXPLORER || "true",
    GATEWAY_EXPLORER_API_KEY: environment.GATEWAY_EXPLORER_API_KEY || first.key,
    GATEWAY_CORS_ORIGINS: environment.GATEWAY_CORS_ORIGINS || "loopback",
    GATEWAY_LOG_LEVEL: environment.GATEWAY_LOG_LEVEL || "warn",
  };
  return { portal, people, first, settings, stop };
}

/** What a person who has just started the demo needs to know. */
export function demoBanner({ portal, people, first }, url) {
  const width = Math.max(...people.map(({ user }) => user.name.length));
  const rows = people.map(({ user, key }) => `  ${user.name.padEnd(width)}  ${user.role.padEnd(10)}  ${key}`);
  const body = JSON.stringify({
    query: "{ viewer { user { name } } inbox(first: 3) { nodes { id title state } } }",
  });
  return [
    "",
    `GraphQL:          ${url}   (open it in a browser for the explorer)`,
    `Gateway process:  ${process.pid}`,
    `Simulated portal: ${portal.url}`,
    "",
    "Act as one of its people with the header X-Api-Key:",
    ...rows,
    "",
    "A first query to paste into another terminal:",
    `  curl -s ${url} -H 'content-type: application/json' -H 'x-api-key: ${first.key}' -d '${body}'`,
    "",
    "Ctrl-C ends both.",
    "",
  ].join("\n");
}
