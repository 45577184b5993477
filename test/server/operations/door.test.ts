import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ScriptedPortal } from "../../datasources/bitrix24/scripted-portal.ts";
import { openEventStream } from "../../kit/event-stream-client.ts";
import { send } from "../../kit/http-client.ts";
import { logTo } from "../../kit/log-lines.ts";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";
import { connectSocket } from "../../kit/socket-client.ts";
import { eventually } from "../../kit/until.ts";
import { dialogOnWire } from "../../resolvers/wire-answers.ts";

interface Told {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Record<string, unknown>;
  }[];
  readonly extensions?: { readonly upstream: Record<string, unknown> };
}

const JSON_TYPE = { "content-type": "application/json" };

async function overHttp(origin: string, query: string, variables = {}): Promise<Told & { status: number }> {
  const answer = await send(`${origin}/graphql`, { headers: JSON_TYPE, body: JSON.stringify({ query, variables }) });
  return { ...JSON.parse(answer.text), status: answer.status };
}

/** What every transport says. */
async function overAll(origin: string, query: string): Promise<Told[]> {
  const socket = await connectSocket(origin);
  const bySocket = await socket.ask(query);
  await socket.close();
  const stream = await openEventStream(origin, query);
  await stream.ended;
  const [byStream] = stream.results;
  return JSON.parse(JSON.stringify([await overHttp(origin, query), bySocket, byStream]));
}

/** Every chat's record waits until it is given. */
function holdDialogs(portal: ScriptedPortal): { asked(): number; answer(): void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  let asked = 0;
  portal.next.push(async () => {
    asked += 1;
    await given;
    return { body: JSON.stringify({ result: dialogOnWire({ id: 1, dialog_id: "chat1" }) }) };
  });
  return { asked: () => asked, answer: () => give() };
}

const chats = (count: number): string =>
  `{ viewer { kind } ${Array.from({ length: count }, (_, at) => `c${at}: chat(by: {id: ${at + 1}}) { title }`).join(" ")} }`;

test("an operation that may need too many calls is refused with its cost before anything is sent, on every transport", async () => {
  const { origin, portal } = await startScriptedGateway({ GATEWAY_MAX_COST: "20" });
  const before = portal.requests.length;
  for (const told of await overAll(origin, chats(30))) {
    expect(told.errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining("30 calls of the portal's methods; at most 20 pass"),
        extensions: { code: "LIMIT_EXCEEDED", limit: "cost", maximum: 20, actual: 30 },
      }),
    ]);
  }
  expect((await overHttp(origin, chats(30))).extensions?.upstream).toMatchObject({ requests: 0, cost: 30 });
  expect(portal.requests).toHaveLength(before);
});

test("every answer tells the cost that was computed beside what was spent", async () => {
  const { origin, portal } = await startScriptedGateway();
  portal.answer = () => dialogOnWire({ id: 1, dialog_id: "chat1" });
  for (const told of await overAll(origin, "{ chat(by: {id: 1}) { title } }")) {
    expect(told.extensions?.upstream).toMatchObject({ requests: 1, commands: 1, cost: 1 });
  }
});

test("what an identity sends above its bound waits in turn, then is refused with a time to come back", async () => {
  const { origin, portal } = await startScriptedGateway({
    GATEWAY_MAX_OPERATIONS: "1",
    GATEWAY_MAX_WAITING_OPERATIONS: "1",
  });
  const held = holdDialogs(portal);
  const running = overHttp(origin, "{ chat(by: {id: 1}) { title } }");
  await eventually(() => expect(held.asked()).toBe(1));
  const waiting = overHttp(origin, "{ viewer { kind } }");
  const refused = await eventually(async () => {
    const answer = await overHttp(origin, "{ viewer { kind } }");
    expect(answer.status).toBe(429);
    return answer;
  });
  expect(refused.errors?.[0]?.extensions).toMatchObject({
    code: "LIMIT_EXCEEDED",
    limit: "operations",
    maximum: 1,
    retryAfterMs: 1_000,
  });
  held.answer();
  expect((await running).status).toBe(200);
  expect((await waiting).data).toEqual({ viewer: { kind: "OPEN" } });
});

test("an answer beyond its size is not sent, on every transport", async () => {
  const { origin, portal } = await startScriptedGateway({ GATEWAY_MAX_ANSWER_BYTES: "2048" });
  portal.answer = () => dialogOnWire({ id: 1, dialog_id: "chat1", name: "x".repeat(4_000) });
  for (const told of await overAll(origin, "{ chat(by: {id: 1}) { title } }")) {
    expect(told).toMatchObject({
      data: null,
      errors: [{ extensions: { code: "LIMIT_EXCEEDED", limit: "answerBytes", maximum: 2_048 } }],
    });
  }
});

test("an answer beyond its size is refused for that, not for what was given up because of it", async () => {
  const { origin, portal } = await startScriptedGateway({
    GATEWAY_MAX_ANSWER_BYTES: "2048",
    GATEWAY_MAX_FIELD_ERRORS: "1",
  });
  portal.answer = (method) =>
    method === "imopenlines.dialog.get" && dialogOnWire({ id: 1, dialog_id: "chat1", name: "x".repeat(4_000) });
  const pages = [1, 2, 3].map((last) => `m${last}: messages(last: ${last}) { nodes { id } }`).join(" ");
  for (const told of await overAll(origin, `{ viewer { kind } chat(by: {id: 1}) { title ${pages} } }`)) {
    expect(told).toMatchObject({
      data: null,
      errors: [{ extensions: { code: "LIMIT_EXCEEDED", limit: "answerBytes", maximum: 2_048 } }],
    });
  }
});

test("a long text under many names, more than any text can hold, is refused like every answer beyond its size", async () => {
  const { origin, portal } = await startScriptedGateway();
  portal.answer = () => dialogOnWire({ id: 1, dialog_id: "chat1", name: "x".repeat(4_000_000) });
  const names = Array.from({ length: 150 }, (_, at) => `a${at}: title`).join(" ");
  for (const told of await overAll(origin, `{ chat(by: {id: 1}) { ${names} } }`)) {
    expect(told).toMatchObject({
      data: null,
      errors: [{ extensions: { code: "LIMIT_EXCEEDED", limit: "answerBytes" } }],
    });
  }
});

test("an operation whose answer would have too many fields is not begun, on every transport", async () => {
  const { origin, portal } = await startScriptedGateway();
  const before = portal.requests.length;
  const back = `{ chat(by: {id: 1}) { ${"messages(last: 50) { nodes { chat { ".repeat(4)} id ${"} } }".repeat(4)} } }`;
  for (const told of await overAll(origin, back)) {
    expect(told).toMatchObject({
      errors: [{ extensions: { code: "LIMIT_EXCEEDED", limit: "answerFields", maximum: 100_000 } }],
    });
  }
  expect(portal.requests.length).toBe(before);
});

test("a query with too many failed fields ends with that", async () => {
  const { origin, portal } = await startScriptedGateway({ GATEWAY_MAX_FIELD_ERRORS: "3" });
  portal.answer = () => ({ nonsense: true });
  const told = await overHttp(origin, chats(5));
  expect(told.data).toBeNull();
  expect(told.errors).toHaveLength(4);
  expect(told.errors?.at(-1)?.extensions).toMatchObject({ code: "LIMIT_EXCEEDED", limit: "fieldErrors", actual: 5 });
});

test("a query whose fields have failed too often asks for nothing more", async () => {
  const { origin, portal } = await startScriptedGateway({ GATEWAY_MAX_FIELD_ERRORS: "3" });
  // The operator of the last chat would be asked for next.
  portal.answer = (_method, { CHAT_ID }) =>
    CHAT_ID === "9" ? dialogOnWire({ id: 9, dialog_id: "chat9", owner: 17 }) : { nonsense: true };
  const nextStep = "last: chat(by: {id: 9}) { title operator { name } } ";
  const query = (failing: number): string =>
    `{ ${Array.from({ length: failing }, (_, at) => `c${at}: chat(by: {id: ${at + 1}}) { title }`).join(" ")} ${nextStep} }`;
  const before = portal.requests.length;
  await overHttp(origin, query(3));
  const withAll = portal.requests.length - before;
  const told = await overHttp(origin, query(4));
  expect(told.errors?.at(-1)?.extensions).toMatchObject({ code: "LIMIT_EXCEEDED", limit: "fieldErrors" });
  expect(portal.requests.length - before - withAll).toBe(withAll - 1);
});

test("a mutation whose fields have failed too often sends nothing more, and tells of each of its fields", async () => {
  const { origin, portal } = await startScriptedGateway({ GATEWAY_MAX_FIELD_ERRORS: "3" });
  portal.answer = (_method, { DIALOG_ID }) => (DIALOG_ID === "chat1" ? true : { nonsense: true });
  const fields = [1, 2, 3, 4, 5, 6, 7].map((id) => `f${id}: chatTyping(chatId: ${id}) { userErrors { code } }`);
  const before = portal.requests.length;
  const { data, errors = [] } = await overHttp(origin, `mutation { ${fields.join(" ")} }`);
  const sent = portal.requests.slice(before).map(({ body }) => body.DIALOG_ID);
  expect(sent).toEqual(["chat1", "chat2", "chat3", "chat4", "chat5"]);
  expect(data).toMatchObject({ f1: { userErrors: [] }, f5: null, f6: null, f7: null });
  expect(errors.slice(0, -1).map(({ path, extensions }) => [path?.[0], extensions.code])).toEqual([
    ...["f2", "f3", "f4", "f5"].map((name) => [name, "OUTCOME_UNKNOWN"]),
    ...["f6", "f7"].map((name) => [name, "UPSTREAM_TIMEOUT"]),
  ]);
  expect(errors.at(-1)).toMatchObject({
    message: expect.stringContaining("was not begun"),
    extensions: { code: "LIMIT_EXCEEDED", limit: "fieldErrors", actual: 6 },
  });
});

test("with a file of known operations no others run, on every transport", async () => {
  const known = "{ viewer { kind } }";
  const file = join(mkdtempSync(join(tmpdir(), "operations-")), "operations.json");
  const hash = createHash("sha256").update("{ __typename }").digest("hex");
  writeFileSync(file, JSON.stringify([known, hash]));
  const { origin } = await startScriptedGateway({ GATEWAY_OPERATIONS_FILE: file });
  for (const query of [known, "{ __typename }"]) {
    for (const told of await overAll(origin, query)) expect(told.errors).toBeUndefined();
  }
  for (const told of await overAll(origin, "{ viewer { label } }")) {
    expect(told.errors?.map(({ extensions }) => extensions.code)).toEqual(["FORBIDDEN"]);
  }
  // A document of the file is known by its hash alone.
  const sha256Hash = createHash("sha256").update(known).digest("hex");
  const answer = await send(`${origin}/graphql`, {
    headers: JSON_TYPE,
    body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash } } }),
  });
  expect(JSON.parse(answer.text).data).toEqual({ viewer: { kind: "OPEN" } });
});

test("a slow operation has a line in the log with its name, cost and waits, and the request's id; no text", async () => {
  const log = logTo("info");
  const { origin, portal } = await startScriptedGateway({}, log.logger);
  const held = holdDialogs(portal);
  const running = send(`${origin}/graphql`, {
    headers: { ...JSON_TYPE, "x-request-id": "of-the-client-1" },
    body: JSON.stringify({
      query: "query Slow($id: ID!) { chat(by: {id: $id}) { title } }",
      variables: { id: "4711" },
    }),
  });
  await eventually(() => expect(held.asked()).toBe(1));
  const since = performance.now();
  await eventually(() => expect(performance.now() - since).toBeGreaterThan(1_100));
  held.answer();
  expect((await running).headers["x-request-id"]).toBe("of-the-client-1");
  await overHttp(origin, "{ __typename }");
  const lines = log.lines().filter(({ operation }) => operation !== undefined);
  expect(lines).toMatchObject([
    {
      msg: "A slow operation",
      operation: "Slow",
      kind: "query",
      transport: "http",
      requestId: "of-the-client-1",
      cost: 1,
      requests: 1,
    },
  ]);
  expect(JSON.stringify(lines)).not.toContain("4711");
});

test("an operation's name stands in the log shortened: it may be as long as a document", async () => {
  const log = logTo("debug");
  const { origin } = await startScriptedGateway({}, log.logger);
  await overHttp(origin, `query ${"n".repeat(100_000)} { __typename }`);
  const [line] = log.lines().filter(({ msg }) => msg === "An operation");
  expect(line?.operation).toBe("n".repeat(100));
});

test("with debug each request to the portal has a line with the ids of the requests that wait for it, and no secret", async () => {
  const log = logTo("debug");
  const { origin, portal } = await startScriptedGateway({}, log.logger);
  portal.answer = (method) =>
    method === "imopenlines.dialog.get" ? dialogOnWire({ id: 1, dialog_id: "chat1" }) : true;
  const ask = (query: string, requestId: string) =>
    send(`${origin}/graphql`, {
      headers: { ...JSON_TYPE, "x-request-id": requestId },
      body: JSON.stringify({ query }),
    });
  await ask("{ chat(by: {id: 1}) { title } }", "reads");
  await ask('mutation { chatSkip(chatId: "1") { userErrors { code } } }', "writes");
  const lines = log.lines().filter(({ msg }) => msg === "A request to a portal");
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ methods: ["imopenlines.dialog.get"], requestIds: ["reads"], outcome: "answered" }),
      expect.objectContaining({ methods: ["imopenlines.operator.skip"], requestIds: ["writes"] }),
    ]),
  );
  expect(JSON.stringify(log.lines())).not.toContain("secret1234567890");
});

test("with debug each operation has a line, under the id that an id of no use is replaced by", async () => {
  const log = logTo("debug");
  const { origin } = await startScriptedGateway({}, log.logger);
  const answer = await send(`${origin}/graphql`, {
    headers: { ...JSON_TYPE, "x-request-id": 'a "line"' },
    body: JSON.stringify({ query: "query Quick { viewer { kind } }" }),
  });
  const requestId = answer.headers["x-request-id"];
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  await eventually(() =>
    expect(log.lines().filter(({ msg }) => msg === "An operation")).toMatchObject([
      { operation: "Quick", requestId, identity: "open" },
    ]),
  );
});
