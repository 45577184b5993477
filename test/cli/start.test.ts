import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { send } from "../kit/http-client.ts";
import { type Program, runScript, runScriptWithNpm } from "../kit/program.ts";
import { eventually } from "../kit/until.ts";

const portals: RunningPortal[] = [];

afterEach(async () => {
  for (const portal of portals.splice(0)) await portal.close();
});

function start(environment: Record<string, string>): Program {
  return runScript("start", { environment: { ...SMALL, ...environment } });
}

function startWithNpm(environment: Record<string, string>): Program {
  return runScriptWithNpm("start", { environment: { ...SMALL, ...environment } });
}

const SMALL = { GATEWAY_PORT: "0", PORTAL_SIZE: "0.1" };

function ask(url: string, key: string | undefined, query: string) {
  return send(url, {
    headers: { "content-type": "application/json", ...(key === undefined ? {} : { "x-api-key": key }) },
    body: JSON.stringify({ query }),
  });
}

test("without configuration the demo comes up, each printed key acts as its person, and Ctrl-C ends both programs", async () => {
  const program = start({});
  await program.prints(/Ctrl-C ends both/);
  const url = await program.prints(/GraphQL: +(\S+)/);
  const portalUrl = await program.prints(/Simulated portal: +(\S+)/);
  expect(await program.prints(/Gateway process: +(\d+)/)).not.toBe(String(program.child.pid));

  // Nothing but the banner: a warning would be the first thing that a person reads.
  expect(program.output()).not.toContain('"level":');

  const people = [...program.output().matchAll(/^ {2}(\S.*?\S) {2,}(supervisor|operator) +(\S+)$/gm)];
  expect(people.length).toBe(13);
  for (const [, name, , key] of people.slice(0, 3)) {
    const answer = await ask(url, key, "{ viewer { user { name } } }");
    expect(JSON.parse(answer.text).data.viewer.user.name).toBe(name);
  }
  expect((await ask(url, "demo-api-key-of-nobody", "{ __typename }")).status).toBe(401);
  const explorer = await send(new URL("/pages/settings.json", url).href, { method: "GET" });
  const keys: unknown[] = JSON.parse(explorer.text).people.map(({ key }: { key: unknown }) => key);
  expect(keys.toSorted()).toEqual(people.map(([, , , key]) => key).toSorted());

  program.interrupt();
  expect(await program.ended).toBe(0);
  expect(program.output()).not.toMatch(/\bError\b|ended with|has ended/);
  await expect(send(url, { method: "GET" })).rejects.toThrow(/ECONNREFUSED/);
  await expect(send(portalUrl, { method: "GET" })).rejects.toThrow(/ECONNREFUSED/);
});

test("the query to paste is one that answers", async () => {
  const program = start({});
  const [, url = "", key = "", body = ""] =
    /curl -s (\S+) -H '[^']+' -H 'x-api-key: ([^']+)' -d '([^']+)'/.exec(await program.prints(/curl -s .*\n/)) ??
    /curl -s (\S+) -H '[^']+' -H 'x-api-key: ([^']+)' -d '([^']+)'/.exec(program.output()) ??
    [];
  const answer = await ask(url, key, JSON.parse(body).query);
  expect(JSON.parse(answer.text)).toMatchObject({ data: { inbox: { nodes: expect.any(Array) } } });
  expect(JSON.parse(answer.text).errors).toBeUndefined();
});

test("the chat that the banner names waits for the person it names, and the mutation to paste takes it", async () => {
  const program = start({ PORTAL_OPERATOR_ACTIVITY: "6000" });
  await program.prints(/Ctrl-C ends both/);
  const [, title, person] = /^Chat \d+, "(.+)", is yours: .* (.+ .+) takes it with$/m.exec(program.output()) ?? [];
  const [, url = "", key = "", body = ""] =
    /curl -s (\S+) -H '[^']+' -H 'x-api-key: ([^']+)' -d '(\{"query":"mutation[^']+)'/.exec(program.output()) ?? [];
  const inbox = await ask(url, key, "{ inbox(first: 50) { nodes { chat { title state } } } }");
  expect(JSON.parse(inbox.text).data.inbox.nodes).toContainEqual({ chat: { title, state: "UNASSIGNED" } });
  const answer = await ask(url, key, JSON.parse(body).query);
  expect(JSON.parse(answer.text).data).toEqual({
    chatAnswer: { userErrors: [], chat: { state: "ASSIGNED", operator: { name: person } } },
  });
});

/** Resolves once nobody answers at the address any more. */
async function isDown(address: string): Promise<void> {
  const answer = () =>
    send(address, { method: "GET" }).then(
      () => "up",
      () => "down",
    );
  await eventually(async () => expect(await answer()).toBe("down"));
}

test.each<[string, typeof start, NodeJS.Signals]>([
  ["the demo is killed", start, "SIGKILL"],
  ["its terminal is closed", start, "SIGHUP"],
  ["npm is ended", startWithNpm, "SIGTERM"],
  ["npm is killed", startWithNpm, "SIGKILL"],
])("no program of the demo stays when %s", async (_name, begin, signal) => {
  const program = begin({});
  const portalUrl = await program.prints(/Simulated portal: +(\S+)/);
  const url = await program.prints(/GraphQL: +(\S+)/);
  program.child.kill(signal);
  // All that write to its output have ended, the demo's own program too.
  await program.ended;
  await isDown(portalUrl);
  await isDown(url);
});

test("a gateway with a portal of its own ends with npm, too", async () => {
  const program = startWithNpm({ BITRIX24_WEBHOOK_URL: "http://127.0.0.1:1/rest/1/abcdef/" });
  const url = await program.prints(/GraphQL: +(\S+)/);
  program.child.kill("SIGKILL");
  await program.ended;
  await isDown(url);
});

test("a gateway that is killed alone is started again on its log, and says the time it was away", async () => {
  const program = start({ PORTAL_ACTIVITY: "600" });
  await program.prints(/Ctrl-C ends both/);
  const url = await program.prints(/GraphQL: +(\S+)/);
  const key = "demo-api-key-of-helena";
  const cursor = JSON.parse((await ask(url, key, "{ eventCursor }")).text).data.eventCursor;
  expect(cursor).toEqual(expect.any(String));
  process.kill(Number(await program.prints(/Gateway process: +(\d+)/)), "SIGKILL");
  await program.prints(/It is started again[\s\S]*Gateway process: +(\d+)/);

  const kinds = new Set<string>();
  const response = await fetch(`${url}/stream`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream", "x-api-key": key },
    body: JSON.stringify({
      query: "subscription ($after: EventCursor) { openLineEvents(after: $after) { __typename cursor } }",
      variables: { after: cursor },
    }),
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!(kinds.has("StreamGap") && kinds.has("MessageAdded"))) {
    const step = await reader?.read();
    if (step === undefined || step.done) break;
    text += step.value;
    for (const [, kind] of text.matchAll(/"__typename":"(\w+)"/g)) if (kind !== undefined) kinds.add(kind);
  }
  await reader?.cancel();
  expect([...kinds]).toEqual(expect.arrayContaining(["StreamGap", "MessageAdded"]));
});

test("with a webhook only the gateway is started, and nothing is open but the API", async () => {
  const portal = await startPortal({ size: 0.1 });
  portals.push(portal);
  const program = start({ BITRIX24_WEBHOOK_URL: portal.users[1]?.webhookUrl ?? "", NODE_ENV: "development" });
  const url = await program.prints(/GraphQL: +(\S+)/);
  expect(program.output()).not.toContain("Simulated portal");
  const answer = await ask(url, undefined, "{ viewer { user { name } } }");
  expect(JSON.parse(answer.text).data.viewer.user.name).toBe(portal.users[1]?.name);
  expect((await ask(url, undefined, "{ __schema { queryType { name } } }")).status).toBe(400);
  await program.prints(/The portal answers/);
  program.interrupt();
  expect(await program.ended).toBe(0);
});

test("a portal that is not reachable is a warning", async () => {
  const program = start({ BITRIX24_WEBHOOK_URL: "http://127.0.0.1:1/rest/1/abcdef/" });
  const url = await program.prints(/GraphQL: +(\S+)/);
  await program.prints(/portal does not answer/);
  expect(program.output()).not.toContain("abcdef");
  expect((await ask(url, undefined, "{ __typename }")).status).toBe(200);
});

test.each<[string, Record<string, string>, RegExp]>([
  ["a bad URL", { BITRIX24_WEBHOOK_URL: "https://example.com/" }, /^Cannot start: BITRIX24_WEBHOOK_URL must be .*\n$/],
  ["an unknown setting", { GATEWAY_PROT: "4000" }, /^Cannot start: GATEWAY_PROT .* Did you mean GATEWAY_PORT\?\n$/],
  ["a demo for everybody", { GATEWAY_HOST: "0.0.0.0" }, /^Cannot start: the demo listens on loopback only.*\n$/],
])("%s is one clear line and an exit code", async (_name, environment, line) => {
  const program = start(environment);
  expect(await program.ended).toBe(1);
  expect(program.output()).toMatch(line);
});

test("a port that is taken is one clear line and an exit code, in the demo too", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    const program = start({ GATEWAY_PORT: String(port) });
    expect(await program.ended).toBe(1);
    expect(program.output()).toBe(
      `Cannot start: Port ${port} on 127.0.0.1 is taken. Stop the other program, or choose a port with GATEWAY_PORT\n`,
    );
  } finally {
    other.close();
  }
});
