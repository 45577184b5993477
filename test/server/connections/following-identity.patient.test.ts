import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { addKey, type KeyTerms, readKeysFile, removeKey } from "../../../src/server/identity/keys-file.ts";
import { messageForm, postForm } from "../../campaign/live/event-sender.ts";
import { openGatewayOffice, temporaryDirectory } from "../../campaign/live/installed-portal.ts";
import { openEventStream } from "../../kit/event-stream-client.ts";
import { freePort } from "../../kit/free-port.ts";
import { startGatewayHere } from "../../kit/gateway-here.ts";
import { startOwnClock } from "../../kit/own-time.ts";
import { connectSocket, openSocket, type StreamResult } from "../../kit/socket-client.ts";
import { eventually } from "../../kit/until.ts";

const MESSAGES = "subscription { messageAdded { content { text } } }";

interface Scene {
  readonly origin: string;
  readonly keysFile: string;
  write(text: string): Promise<void>;
}

async function start(): Promise<Scene> {
  const office = await openGatewayOffice();
  const keysFile = join(await temporaryDirectory("keys"), "keys.json");
  const settings = office.settings(await freePort(), await office.dataDirectory(), { GATEWAY_KEYS_FILE: keysFile });
  const origin = await startGatewayHere(settings);
  const sender = await office.install(origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  return {
    origin,
    keysFile,
    async write(text) {
      expect(await postForm(origin, messageForm({ text, place, direction: "OUTGOING" }, sender))).toBe(200);
    },
  };
}

/** As an editor of the file does it. */
function rewrite(file: string, name: string, terms: KeyTerms): void {
  const changed = readKeysFile(file).map((key) => (key.name === name ? { ...key, ...terms } : key));
  writeFileSync(file, JSON.stringify({ keys: changed }));
}

const textsOf = (results: readonly StreamResult[]) => results.map(({ data }) => JSON.stringify(data));
const codesOf = (results: readonly StreamResult[]) =>
  results.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions?.code));

test("a key that is removed ends its socket with 4401 and its event stream with an error, and nobody else's", async () => {
  const { origin, keysFile, write } = await start();
  const key = addKey(keysFile, "gone", "supervisor", { events: "all" });
  const other = addKey(keysFile, "staying", "supervisor", { events: "all" });
  const [socket, staying] = [await connectSocket(origin, { key }), await connectSocket(origin, { key: other })];
  const stream = await openEventStream(origin, MESSAGES, { key });
  const [onSocket, onStaying] = [socket.open(MESSAGES), staying.open(MESSAGES)];
  await Promise.all([socket.settled(), staying.settled()]);
  await write("before");
  for (const { results } of [onSocket, onStaying, stream]) {
    await eventually(() => expect(textsOf(results)).toEqual([expect.stringContaining("before")]));
  }
  const sinceRemoval = startOwnClock();
  removeKey(keysFile, "gone");
  expect((await socket.closed).code).toBe(4401);
  await stream.ended;
  expect(sinceRemoval()).toBeLessThan(5_000);
  expect([codesOf(stream.results), stream.isComplete()]).toEqual([["UNAUTHENTICATED"], true]);
  await write("after");
  await eventually(() => expect(onStaying.results).toHaveLength(2));
  expect([onSocket.results.length, stream.results.length]).toEqual([1, 2]);
  await staying.close();
});

test("a key that is narrowed narrows what is open, without a seam: no event is lost or doubled when it is widened again", async () => {
  const { origin, keysFile, write } = await start();
  const key = addKey(keysFile, "changing", "supervisor", { events: "all" });
  const witness = await connectSocket(origin, { key: addKey(keysFile, "witness", "supervisor", { events: "all" }) });
  const socket = await connectSocket(origin, { key });
  const stream = await openEventStream(origin, MESSAGES, { key });
  const [changing, all] = [socket.open(MESSAGES), witness.open(MESSAGES)];
  await Promise.all([socket.settled(), witness.settled()]);
  await write("1");
  for (const { results } of [changing, all, stream]) await eventually(() => expect(results).toHaveLength(1));
  rewrite(keysFile, "changing", { rights: ["query"], events: "none" });
  await Promise.all([changing.ended, stream.ended]);
  await write("2");
  await eventually(() => expect(all.results).toHaveLength(2));
  for (const { results } of [changing, stream]) {
    expect(results).toHaveLength(2);
    expect(codesOf(results)).toEqual(["FORBIDDEN"]);
  }
  // The socket is open, and what is left of its rights holds.
  expect((await socket.ask("{ __typename }")).data).toEqual({ __typename: "Query" });
  expect((await socket.ask("mutation { chatPinAll { userErrors { code } } }")).errors?.[0]?.extensions?.code).toBe(
    "FORBIDDEN",
  );
  rewrite(keysFile, "changing", { rights: ["query", "events"], events: "all" });
  const again = await eventually(async () => {
    const opened = socket.open(MESSAGES);
    await socket.settled();
    expect(opened.refused() ?? opened.results).toEqual([]);
    return opened;
  });
  await write("3");
  await eventually(() => expect(textsOf(again.results)).toEqual([expect.stringContaining('"3"')]));
  rewrite(keysFile, "changing", { rights: ["query", "events"], events: "all", lines: ["1"] });
  // Opened anew under other rights, from where it stopped.
  for (const text of ["4", "5", "6"]) await write(text);
  await eventually(() => expect(again.results).toHaveLength(4));
  expect(textsOf(again.results).map((text) => /"(\d)"/.exec(text)?.[1])).toEqual(["3", "4", "5", "6"]);
  await Promise.all([socket.close(), witness.close()]);
});

test("what a connection was opened with expires: 4403, an error on the event stream, within a second", async () => {
  const { origin, keysFile } = await start();
  const expiresAt = Date.now() + 2_500;
  const key = addKey(keysFile, "brief", "supervisor", { expiresAt: new Date(expiresAt).toISOString() });
  const socket = await connectSocket(origin, { key });
  const stream = await openEventStream(origin, MESSAGES, { key });
  let sinceExpiry = (): number => 0;
  setTimeout(() => (sinceExpiry = startOwnClock()), expiresAt - Date.now());
  await Promise.all([socket.closed, stream.ended]);
  expect(Date.now() - expiresAt).toBeGreaterThanOrEqual(0);
  expect(sinceExpiry()).toBeLessThan(1_000);
  expect((await socket.closed).code).toBe(4403);
  expect([codesOf(stream.results), stream.isComplete()]).toEqual([["UNAUTHENTICATED"], true]);
});

test("a ping with another key renews the socket, which keeps its place; a wrong one changes nothing", async () => {
  const { origin, keysFile, write } = await start();
  const expiresAt = Date.now() + 2_500;
  const first = addKey(keysFile, "first", "supervisor", {
    events: "all",
    expiresAt: new Date(expiresAt).toISOString(),
  });
  const second = addKey(keysFile, "second", "supervisor", { events: "all" });
  const client = await connectSocket(origin, { key: first });
  const open = client.open(MESSAGES);
  await client.settled();
  await write("1");
  await eventually(() => expect(open.results).toHaveLength(1));

  const ping = async (key: string): Promise<unknown> => {
    client.socket.send(JSON.stringify({ type: "ping", payload: { "X-Api-Key": key } }));
    for (;;) {
      const [data] = await once(client.socket, "message");
      const message = JSON.parse(String(data));
      if (message.type === "pong") return message.payload;
    }
  };
  const refused = await ping("no-key-of-this-gateway");
  expect(refused).toMatchObject({ renewed: false, code: "UNAUTHENTICATED" });
  expect(JSON.stringify(refused)).not.toContain("no-key-of");
  expect(await ping(second)).toEqual({ renewed: true });
  await eventually(() => expect(Date.now()).toBeGreaterThan(expiresAt + 1_000));
  await write("2");
  await eventually(() => expect(open.results).toHaveLength(2));
  removeKey(keysFile, "second");
  expect((await client.closed).code).toBe(4401);
});

test("a ping without credentials is echoed", async () => {
  const { origin, keysFile } = await start();
  const socket = await openSocket(origin);
  onTestFinished(() => socket.terminate());
  const acknowledged = once(socket, "message");
  socket.send(
    JSON.stringify({ type: "connection_init", payload: { "x-api-key": addKey(keysFile, "k", "supervisor") } }),
  );
  expect(JSON.parse(String((await acknowledged)[0]))).toMatchObject({
    type: "connection_ack",
    payload: { requestId: expect.any(String) },
  });
  const answer = once(socket, "message");
  socket.send('{"type":"ping","payload":{"at":1}}');
  expect(JSON.parse(String((await answer)[0]))).toEqual({ type: "pong", payload: { at: 1 } });
});
