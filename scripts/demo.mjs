// The demo's portal: a simulated one in a process of its own, with a key for each of its people.
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { root } from "./prepare.mjs";

/** What customers write and operators do a minute on their own, so that a first look at the demo is alive. */
const ACTIVITY_PER_MINUTE = "6";
const OPERATOR_ACTIVITY_PER_MINUTE = "4";

/** Starts the simulated portal and resolves with what it says of itself. It ends with this process, however that ends. */
async function startPortal() {
  const child = spawn(
    process.execPath,
    [
      join(root, "dist", "simulator", "main.js"),
      "--ready-json",
      "--exit-with-parent",
      ...(process.env.PORTAL_ACTIVITY ? [] : ["--activity", ACTIVITY_PER_MINUTE]),
      ...(process.env.PORTAL_OPERATOR_ACTIVITY ? [] : ["--operator-activity", OPERATOR_ACTIVITY_PER_MINUTE]),
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

/** A port for the gateway: its own address must be known before it starts, because the portal posts events to it. */
async function choosePort(wanted) {
  if (wanted !== "0") return wanted || "4000";
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return String(port);
}

/** The settings with which the gateway serves the portal. What a demo left behind belongs to a portal that is gone. */
function settingsFor(portal, people, first, environment, port) {
  const directory = join(environment.GATEWAY_DATA_DIR || ".data", "demo");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const credentialsFile = join(directory, "credentials.json");
  const credentials = people.map(({ user, name }) => [name, { webhook: user.webhookUrl }]);
  writeFileSync(
    credentialsFile,
    JSON.stringify(Object.fromEntries([["default", { webhook: first.user.webhookUrl }], ...credentials]), null, 2),
    { mode: 0o600 },
  );
  const rights = (user) => (user.role === "operator" ? "" : ":all");
  const demoKeys = people.map(({ user, name, key }) => `${name}:${key}:${name}${rights(user)}`);
  return {
    BITRIX24_CREDENTIALS_FILE: credentialsFile,
    BITRIX24_CLIENT_ID: portal.application.clientId,
    BITRIX24_CLIENT_SECRET: portal.application.clientSecret,
    BITRIX24_TOKEN_URL: portal.application.tokenUrl,
    GATEWAY_DATA_DIR: directory,
    GATEWAY_PORT: port,
    GATEWAY_PUBLIC_URL: `http://127.0.0.1:${port}`,
    GATEWAY_API_KEYS: [environment.GATEWAY_API_KEYS, ...demoKeys].filter(Boolean).join(","),
    GATEWAY_EXPLORER: environment.GATEWAY_EXPLORER || "true",
    GATEWAY_EXPLORER_API_KEY: environment.GATEWAY_EXPLORER_API_KEY || first.key,
    GATEWAY_CORS_ORIGINS: environment.GATEWAY_CORS_ORIGINS || "loopback",
    GATEWAY_LOG_LEVEL: environment.GATEWAY_LOG_LEVEL || "warn",
  };
}

/** Starts the gateway as a process of its own; resolves with its address, or with the exit code of one that could not start. */
async function startGateway(environment, settings) {
  // With the flags for Node that this program was given.
  const child = spawn(process.execPath, [...process.execArgv, join(root, "dist", "src", "main.js")], {
    env: { ...environment, ...settings },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const listening = new Promise((resolve) => child.once("message", ({ url }) => resolve({ url })));
  return { child, ended, ...(await Promise.race([listening, ended])) };
}

/** The portal installs the application: it calls the gateway back, as a real one does. */
async function installApplication(portal, settings) {
  const response = await fetch(`${portal.url}/__install`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind: "script-only", installUrl: `${settings.GATEWAY_PUBLIC_URL}/bitrix24/install` }),
  });
  if (!response.ok) process.stderr.write("The application could not be installed in the simulated portal.\n");
}

const RESTART_MS = 5_000;

/**
 * Runs the simulated portal and the gateway, each as a process of its own, until Ctrl-C. A gateway that is killed alone is started again a
 * moment later on the same data, so that one can see how live events go on. Resolves with the exit code.
 */
export async function runDemo(environment) {
  const { portal, stop } = await startPortal();
  const people = namePeople(portal.users).map(({ user, name }) => ({ user, name, key: `demo-api-key-of-${name}` }));
  const first = people.find(({ user }) => user.role === "operator") ?? people[0];
  const port = await choosePort(environment.GATEWAY_PORT?.trim());
  const settings = settingsFor(portal, people, first, environment, port);
  let gateway;
  let ending = false;
  const end = () => {
    ending = true;
    gateway?.child.kill("SIGTERM");
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);

  gateway = await startGateway(environment, settings);
  if (gateway.url === undefined) {
    stop();
    return gateway.code ?? 1;
  }
  await installApplication(portal, settings);
  process.stdout.write(demoBanner({ portal, people, first, pid: gateway.child.pid }, gateway.url));
  while (!ending) {
    const { signal, code } = await gateway.ended;
    if (ending) break;
    process.stdout.write(
      `The gateway ended (${signal ?? `exit code ${code}`}); the portal goes on. It is started again in ${RESTART_MS / 1000} seconds.\n`,
    );
    await delay(RESTART_MS);
    if (ending) break;
    gateway = await startGateway(environment, settings);
    if (gateway.url === undefined) break;
    process.stdout.write(`Gateway process:  ${gateway.child.pid}\n`);
  }
  const { code } = await gateway.ended;
  stop();
  return ending ? 0 : (code ?? 1);
}

/** What a person who has just started the demo needs to know. */
function demoBanner({ portal, people, first, pid }, url) {
  const width = Math.max(...people.map(({ user }) => user.name.length));
  const rows = people.map(({ user, key }) => `  ${user.name.padEnd(width)}  ${user.role.padEnd(10)}  ${key}`);
  const body = JSON.stringify({
    query: "{ viewer { user { name } } inbox(first: 3) { nodes { id title state } } }",
  });
  const subscription = JSON.stringify({
    query: "subscription { openLineEvents { __typename cursor ... on MessageAdded { content { text } } } }",
  });
  return [
    "",
    `GraphQL:          ${url}   (open it in a browser for the explorer)`,
    `Gateway process:  ${pid}   (killed alone, it is started again; the portal lives on)`,
    `Simulated portal: ${portal.url}`,
    "",
    "Act as one of its people with the header X-Api-Key:",
    ...rows,
    "",
    "A first query to paste into another terminal:",
    `  curl -s ${url} -H 'content-type: application/json' -H 'x-api-key: ${first.key}' -d '${body}'`,
    "",
    "A first subscription: open the address in a browser, or",
    `  curl -N -s ${url}/stream -H 'content-type: application/json' -H 'accept: text/event-stream' -H 'x-api-key: ${people[0].key}' -d '${subscription}'`,
    "",
    "Ctrl-C ends both.",
    "",
  ].join("\n");
}
