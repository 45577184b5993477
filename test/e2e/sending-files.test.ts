import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type PortalOptions, type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { addKey, removeKey } from "../../src/server/identity/keys-file.ts";
import { keyFor, startGateway, type TestGateway } from "../kit/gateway.ts";
import { startOwnClock } from "../kit/own-time.ts";
import { startRedisServer } from "../kit/redis-server.ts";
import { eventually } from "../kit/until.ts";
import { errorsMetIn } from "./refusals.ts";

interface Desk {
  readonly portal: RunningPortal;
  readonly gateway: TestGateway;
  /** Where uploads wait. */
  readonly spool: string;
  readonly chat: Chat;
  /** Of somebody who is in the chat. */
  readonly key: string;
}

/** Two gateways on one Redis, with a folder each or one for both, and the way from an address at the first to a send at the second. */
async function openPair(foldersOfTheirOwn: boolean) {
  const redis = await startRedisServer();
  onTestFinished(() => redis.close());
  const common = { REDIS_URL: redis.url, GATEWAY_ENCRYPTION_KEY: Buffer.alloc(32, 3).toString("base64") };
  const first = await openDesk({}, common);
  const second = await startGateway({
    portal: first.portal,
    env: {
      BITRIX24_PLAN: "on-premise",
      ...common,
      GATEWAY_DATA_DIR: foldersOfTheirOwn ? mkdtempSync(join(tmpdir(), "uploads-")) : join(first.spool, ".."),
    },
  });
  onTestFinished(async () => {
    await second.close();
    await first.gateway.close();
    await first.portal.close();
  });
  return { first, second, beside: { ...first, gateway: second } };
}

const met = new Set<string>();
let desk: Desk;
/** Waits long for bytes of files, and not for others. */
let slow: Desk;

async function openDesk(options: PortalOptions = {}, env: Record<string, string> = {}): Promise<Desk> {
  const portal = await startPortal({ size: 0.3, plan: "on-premise", ...options });
  const directory = mkdtempSync(join(tmpdir(), "uploads-"));
  // Older ways of sending need a scope more.
  const keys = Object.fromEntries(
    portal.users.map(({ id }) => [`disk-${id}`, portal.createWebhook(id, ["imopenlines", "im", "disk"])]),
  );
  const gateway = await startGateway({
    portal,
    keys,
    env: { BITRIX24_PLAN: "on-premise", GATEWAY_DATA_DIR: directory, GATEWAY_FILE_IDLE_TIMEOUT_MS: "400", ...env },
  });
  for (const chat of portal.world.chats.values()) {
    const member = portal.users.find(({ id, role }) => role === "operator" && chat.members.has(id));
    if (chat.kind === "lines" && member !== undefined && portal.world.openSession(chat.id) !== undefined) {
      const key = options.age === 2024 ? `disk-${member.id}` : keyFor(member);
      return { portal, gateway, spool: join(directory, "uploads"), chat, key };
    }
  }
  throw new Error("nobody is in an open chat");
}

beforeAll(async () => {
  desk = await openDesk();
  slow = await openDesk({}, { GATEWAY_BODY_TIMEOUT_MS: "300", GATEWAY_FILE_IDLE_TIMEOUT_MS: "60000" });
});
afterAll(async () => {
  for (const { gateway, portal } of [desk, slow]) {
    await gateway.close();
    await portal.close();
  }
});

const START = `mutation ($chatId: ID!, $name: String!, $size: SafeInt!, $contentType: String!) {
  fileUploadStart(chatId: $chatId, name: $name, size: $size, contentType: $contentType) {
    uploadId uploadUrl expiresAt userErrors { code message field } } }`;
const SEND = `mutation ($chatId: ID!, $uploadId: ID!, $text: String, $key: String) {
  chatFileSend(chatId: $chatId, uploadId: $uploadId, text: $text, idempotencyKey: $key) {
    messageId chat { id title } userErrors { code message field bitrixCode } } }`;

async function begin({ gateway, chat, key }: Desk, size: number, name = "scan.png", contentType = "image/png") {
  const answer = await gateway.graphql(START, { chatId: String(chat.id), name, size, contentType }, { key });
  for (const { code } of answer.data?.fileUploadStart?.userErrors ?? []) met.add(code);
  return { ...answer.data?.fileUploadStart, errors: answer.errors };
}

async function put(url: string, bytes: Buffer, type = "image/png"): Promise<Response> {
  return await fetch(url, { method: "PUT", headers: { "content-type": type }, body: new Uint8Array(bytes) });
}

async function send(at: Desk, uploadId: string, more: { text?: string; key?: string; by?: string } = {}) {
  const { text, key, by = at.key } = more;
  const variables = { chatId: String(at.chat.id), uploadId, text, key };
  const { data, errors } = await at.gateway.graphql(SEND, variables, { key: by });
  for (const { code } of data?.chatFileSend?.userErrors ?? []) met.add(code);
  return { ...data?.chatFileSend, errors };
}

const writesOf = ({ portal }: Desk, method: string): number =>
  portal.stats().writes.filter((write) => write.method === method).length;

test("a file goes to the portal in two steps, byte for byte, with its text, and is gone from the gateway", async () => {
  const bytes = randomBytes(300_000);
  const { uploadId, uploadUrl, userErrors } = await begin(desk, bytes.length);
  expect(userErrors).toEqual([]);
  expect((await put(uploadUrl, bytes)).status).toBe(204);
  const sent = await send(desk, uploadId, { text: "As promised" });
  expect(sent).toMatchObject({ userErrors: [], errors: undefined, chat: { id: String(desk.chat.id) } });
  const message = desk.chat.messages.find(({ id }) => String(id) === sent.messageId);
  expect(message?.text).toBe("As promised");
  const [fileId] = Array.isArray(message?.params.FILE_ID) ? message.params.FILE_ID : [];
  const file = desk.portal.world.files.get(Number(fileId));
  expect(file).toMatchObject({ name: "scan.png", size: bytes.length });
  expect(file?.content).toEqual(bytes);
  expect(readdirSync(desk.spool)).toEqual([]);
  expect(await send(desk, uploadId)).toMatchObject({ userErrors: [{ code: "UPLOAD_NOT_FOUND", field: ["uploadId"] }] });
});

test("of gateways that share a folder any sends what came to another, once, and one that has fallen idle keeps it for them", async () => {
  const { first, beside } = await openPair(false);
  const bytes = randomBytes(5_000);
  const { uploadId, uploadUrl } = await begin(first, bytes.length);
  expect((await put(uploadUrl, bytes)).status).toBe(204);
  // The same address at the other gateway takes nothing in addition, and harms nothing.
  const there = uploadUrl.replace(new URL(first.gateway.url).origin, new URL(beside.gateway.url).origin);
  expect((await put(there, bytes)).status).toBe(409);
  const [sent, again] = await Promise.all([send(beside, uploadId, { text: "from beside" }), send(first, uploadId)]);
  const outcomes = [sent, again];
  expect(outcomes.filter(({ messageId }) => messageId !== null)).toHaveLength(1);
  expect(outcomes.flatMap(({ userErrors }) => userErrors)).toMatchObject([{ code: "UPLOAD_NOT_FOUND" }]);
  expect(writesOf(first, "im.v2.File.upload")).toBe(1);
  expect(await send(first, uploadId)).toMatchObject({ userErrors: [{ code: "UPLOAD_NOT_FOUND" }] });
  expect(readdirSync(first.spool)).toEqual([]);

  const second = await begin(first, bytes.length);
  await put(second.uploadUrl, bytes);
  await first.gateway.close();
  expect(await send(beside, second.uploadId)).toMatchObject({ userErrors: [], messageId: expect.any(String) });
});

test("of gateways with folders of their own one says that the bytes are at another, where they stay", async () => {
  const { first, beside } = await openPair(true);
  const bytes = randomBytes(5_000);
  const { uploadId, uploadUrl } = await begin(first, bytes.length);
  expect(await send(beside, uploadId)).toMatchObject({
    userErrors: [{ code: "UPLOAD_NOT_FOUND", message: expect.stringContaining("no such upload") }],
  });
  await put(uploadUrl, bytes);
  expect(await send(beside, uploadId)).toMatchObject({
    messageId: null,
    userErrors: [{ code: "UPLOAD_NOT_FOUND", message: expect.stringContaining("came in at another gateway") }],
  });
  expect(await send(first, uploadId)).toMatchObject({ userErrors: [], messageId: expect.any(String) });
});

test("older portals get it by way of the chat's folder", async () => {
  const older = await openDesk({ age: 2024 });
  onTestFinished(async () => {
    await older.gateway.close();
    await older.portal.close();
  });
  const bytes = randomBytes(5_000);
  for (const text of ["first", "second"]) {
    const { uploadId, uploadUrl } = await begin(older, bytes.length);
    await put(uploadUrl, bytes);
    const { messageId, userErrors, errors } = await send(older, uploadId, { text });
    expect(errors).toBeUndefined();
    expect(userErrors).toEqual([]);
    expect(older.chat.messages.find(({ id }) => String(id) === messageId)?.text).toBe(text);
  }
});

test("what was announced is what must come", async () => {
  const bytes = randomBytes(100);
  const { uploadUrl, uploadId } = await begin(desk, bytes.length);
  expect((await put(uploadUrl, bytes.subarray(1))).status).toBe(400);
  expect((await put(uploadUrl, bytes, "text/html")).status).toBe(415);
  expect((await put(`${uploadUrl.slice(0, -4)}AAAA`, bytes)).status).toBe(404);
  expect(await send(desk, uploadId)).toMatchObject({ userErrors: [{ code: "UPLOAD_NOT_FOUND" }] });
  expect((await put(uploadUrl, bytes)).status).toBe(204);
  expect((await put(uploadUrl, bytes)).status).toBe(409);
  const stranger = desk.portal.users.find((user) => keyFor(user) !== desk.key);
  if (stranger === undefined) throw new Error("nobody else");
  expect(await send(desk, uploadId, { by: keyFor(stranger) })).toMatchObject({
    messageId: null,
    userErrors: [{ code: "UPLOAD_NOT_FOUND" }],
  });
});

test.each([
  [{ name: "" }, "name must have 1 to 255 characters"],
  [{ name: "../../etc/passwd" }, "name must have 1 to 255 characters"],
  [{ size: 0 }, "size must be the number of bytes"],
  [{ contentType: "png" }, "contentType must be a MIME type"],
])("a file announced as %o is refused with a sentence", async (wrong, sentence) => {
  const variables = { chatId: String(desk.chat.id), name: "a.png", size: 5, contentType: "image/png", ...wrong };
  const { errors } = await desk.gateway.graphql(START, variables, { key: desk.key });
  expect(errors?.[0]).toMatchObject({
    message: expect.stringContaining(sentence),
    extensions: { code: "BAD_USER_INPUT" },
  });
});

test("a file that is too large is refused before a byte of it comes", async () => {
  expect(await begin(desk, 25 * 1024 * 1024 + 1)).toMatchObject({
    uploadUrl: null,
    userErrors: [{ code: "FILE_TOO_LARGE", field: ["size"] }],
  });
});

test("bytes that stop coming leave nothing behind, and the address may be used again", async () => {
  const bytes = randomBytes(1_000);
  const { uploadUrl } = await begin(desk, bytes.length);
  const before = existsSync(desk.spool) ? readdirSync(desk.spool).length : 0;
  const upload = dial(uploadUrl, "PUT", { "content-type": "image/png", "content-length": "1000" });
  upload.send(bytes.subarray(0, 400));
  await eventually(() => expect(upload.received()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"limit":"fileIdleMs","maximum":\d/));
  await eventually(() => expect(readdirSync(desk.spool).length).toBe(before));
  expect((await put(uploadUrl, bytes)).status).toBe(204);
});

test("of two who send to one address at once the second is refused, and the file is the first one's", async () => {
  const { spool } = slow;
  const bytes = randomBytes(1_000);
  const { uploadUrl, uploadId } = await begin(slow, bytes.length);
  const first = dial(uploadUrl, "PUT", { "content-type": "image/png", "content-length": "1000" });
  first.send(bytes.subarray(0, 500));
  await eventually(() => expect(readdirSync(spool)).toContain(uploadId));
  expect((await put(uploadUrl, randomBytes(1_000))).status).toBe(409);
  first.send(bytes.subarray(500));
  await eventually(() => expect(first.received()).toMatch(/^HTTP\/1\.1 204 /));
  expect(readFileSync(join(spool, uploadId)).equals(bytes)).toBe(true);
});

test("an upload may take longer than other requests as long as bytes come", async () => {
  const { uploadUrl } = await begin(slow, 3);
  const upload = dial(uploadUrl, "PUT", { "content-type": "image/png", "content-length": "3" });
  upload.send("a");
  // Two others, one after another, are given up in the meantime.
  for (const next of ["b", "c"]) {
    const other = dial(slow.gateway.url, "POST", {
      "x-api-key": slow.gateway.keyOf(slow.key),
      "content-type": "application/json",
      "content-length": "100",
    });
    other.send("{");
    await eventually(() => expect(other.received()).toMatch(/^HTTP\/1\.1 408 /));
    upload.send(next);
  }
  await eventually(() => expect(upload.received()).toMatch(/^HTTP\/1\.1 204 /));
});

/** A request of which the test sends the body piece by piece. */
function dial(url: string, method: string, headers: Readonly<Record<string, string>>) {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  let received = "";
  socket.on("data", (data) => {
    received += String(data);
  });
  const lines = Object.entries({ host: `${hostname}:${port}`, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(`${method} ${pathname} HTTP/1.1\r\n${lines.join("")}\r\n`);
  return { send: (text: string | Buffer) => void socket.write(text), received: () => received };
}

test("only so much waits on disk, and one identity takes a quarter of it", async () => {
  const small = await openDesk({}, { GATEWAY_MAX_UPLOADS_BYTES: String(300 * 1024) });
  onTestFinished(async () => {
    await small.gateway.close();
    await small.portal.close();
  });
  // Each counts as 64 KiB, however small it is.
  const bytes = randomBytes(1);
  const [first, second] = [await begin(small, 1), await begin(small, 1)];
  expect((await put(first.uploadUrl, bytes)).status).toBe(204);
  const full = await put(second.uploadUrl, bytes);
  expect(full.status).toBe(503);
  expect(await full.json()).toMatchObject({
    errors: [{ extensions: { code: "LIMIT_EXCEEDED", limit: "uploadsBytes" } }],
  });
  await send(small, first.uploadId);
  expect((await put(second.uploadUrl, bytes)).status).toBe(204);
});

test("what an earlier life left is removed at the start", async () => {
  const directory = mkdtempSync(join(tmpdir(), "uploads-"));
  mkdirSync(join(directory, "uploads"));
  writeFileSync(join(directory, "uploads", "left"), "x");
  const own = await startGateway({ portal: desk.portal, env: { GATEWAY_DATA_DIR: directory } });
  onTestFinished(() => own.close());
  expect(readdirSync(join(directory, "uploads"))).toEqual([]);
});

test("the portal's refusal is told, nothing was sent, and the file may be sent again", async () => {
  const { uploadId, uploadUrl } = await begin(desk, 10);
  await put(uploadUrl, randomBytes(10));
  desk.portal.setFaults([
    { kind: "error", method: "im.v2.File.upload", error: "UPLOAD_FAILED", description: "no", times: 1 },
  ]);
  onTestFinished(() => desk.portal.setFaults([]));
  expect(await send(desk, uploadId)).toMatchObject({
    messageId: null,
    userErrors: [{ code: "FILE_NOT_SENT", bitrixCode: "UPLOAD_FAILED" }],
  });
  expect((await send(desk, uploadId)).userErrors).toEqual([]);
});

test("a file whose sending had an unknown outcome is not sent again, but found with its key", async () => {
  const bytes = randomBytes(77);
  const { uploadId, uploadUrl } = await begin(desk, bytes.length);
  await put(uploadUrl, bytes);
  const before = writesOf(desk, "im.v2.File.upload");
  desk.portal.setFaults([{ kind: "resetAfter", method: "im.v2.File.upload", times: 1 }]);
  onTestFinished(() => desk.portal.setFaults([]));
  const key = "file of the test";
  const unknown = await send(desk, uploadId, { text: "once", key });
  expect(unknown.errors?.[0]?.extensions.code).toBe("OUTCOME_UNKNOWN");
  expect(await send(desk, uploadId, { text: "once" })).toMatchObject({ userErrors: [{ code: "UPLOAD_NOT_FOUND" }] });
  const again = await send(desk, uploadId, { text: "once", key });
  expect(again.userErrors).toEqual([]);
  expect(desk.chat.messages.filter(({ text }) => text === "once").map(({ id }) => String(id))).toEqual([
    again.messageId,
  ]);
  expect(writesOf(desk, "im.v2.File.upload")).toBe(before + 1);
});

test("a file whose sending had an unknown outcome is found with its key by a gateway that was started anew", async () => {
  const first = await openDesk();
  onTestFinished(() => first.portal.close());
  const bytes = randomBytes(83);
  const { uploadId, uploadUrl } = await begin(first, bytes.length);
  await put(uploadUrl, bytes);
  const other = await begin(first, 84);
  await put(other.uploadUrl, randomBytes(84));
  first.portal.setFaults([{ kind: "resetAfter", method: "im.v2.File.upload", times: 1 }]);
  const key = "before the restart";
  expect((await send(first, uploadId, { key })).errors?.[0]?.extensions.code).toBe("OUTCOME_UNKNOWN");
  expect((await send(first, other.uploadId)).userErrors).toEqual([]);
  await first.gateway.close();
  const gateway = await startGateway({
    portal: first.portal,
    env: { BITRIX24_PLAN: "on-premise", GATEWAY_DATA_DIR: join(first.spool, "..") },
  });
  onTestFinished(() => gateway.close());
  const again = await send({ ...first, gateway }, uploadId, { key });
  expect(again.userErrors).toEqual([]);
  const sent = first.chat.messages.find(({ id }) => String(id) === again.messageId);
  const [fileId] = Array.isArray(sent?.params.FILE_ID) ? sent.params.FILE_ID : [];
  expect(first.portal.world.files.get(Number(fileId))?.size).toBe(83);
  expect(writesOf(first, "im.v2.File.upload")).toBe(2);
});

test("a send that came before the bytes is no outcome: the same key sends the file once they are there", async () => {
  const bytes = randomBytes(81);
  const { uploadId, uploadUrl } = await begin(desk, bytes.length);
  const early = { text: "early", key: "before its bytes" };
  const writes = writesOf(desk, "im.v2.File.upload");
  expect(await send(desk, uploadId, early)).toMatchObject({ userErrors: [{ code: "UPLOAD_NOT_FOUND" }] });
  await put(uploadUrl, bytes);
  const sent = await send(desk, uploadId, early);
  expect(sent).toMatchObject({ userErrors: [], messageId: expect.any(String) });
  expect(await send(desk, uploadId, early)).toMatchObject({ userErrors: [], messageId: sent.messageId });
  expect(writesOf(desk, "im.v2.File.upload")).toBe(writes + 1);
});

test("every user error of files was met", () => {
  expect(errorsMetIn("files").filter((code) => !met.has(code))).toEqual([]);
});

/** The address of an upload for a new key with these rights, and what takes the key back. */
async function beginWithKey(rights: readonly ("act" | "query")[], size: number) {
  const file = join(mkdtempSync(join(tmpdir(), "keys-")), "keys.json");
  const env = { GATEWAY_KEYS_FILE: file, GATEWAY_FILE_IDLE_TIMEOUT_MS: "60000" };
  const at = await openDesk({}, env);
  onTestFinished(async () => {
    await at.gateway.close();
    await at.portal.close();
  });
  const key = addKey(file, "sender", at.key, { rights });
  const response = await fetch(at.gateway.url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": key },
    body: JSON.stringify({
      query: START,
      variables: { chatId: String(at.chat.id), name: "scan.png", size, contentType: "image/png" },
    }),
  });
  const { data } = (await response.json()) as { data: { fileUploadStart: { uploadUrl: string } } };
  return { at, uploadUrl: data.fileUploadStart.uploadUrl, remove: () => removeKey(file, "sender") };
}

test("a key that may act and not read may send a file", async () => {
  const { uploadUrl } = await beginWithKey(["act"], 100);
  expect((await put(uploadUrl, randomBytes(100))).status).toBe(204);
});

test("an upload under way ends within five seconds when its key is removed, and nothing of it stays", async () => {
  const { at, uploadUrl, remove } = await beginWithKey(["query", "act"], 1_000_000);
  const upload = dial(uploadUrl, "PUT", { "content-type": "image/png", "content-length": "1000000" });
  const sending = setInterval(() => upload.send("more"), 20);
  onTestFinished(() => clearInterval(sending));
  await eventually(() => expect(readdirSync(at.spool)).toHaveLength(1));
  remove();
  const sinceRemoval = startOwnClock();
  await eventually(() => expect(upload.received()).toMatch(/^HTTP\/1\.1 403 [\s\S]*"code":"FORBIDDEN"/));
  expect(sinceRemoval()).toBeLessThan(5_000);
  await eventually(() => expect(readdirSync(at.spool)).toEqual([]));
});

test("the address of what was sent takes no other file, at another gateway either", async () => {
  const bytes = randomBytes(100);
  const alone = await begin(desk, bytes.length);
  await put(alone.uploadUrl, bytes);
  expect(await send(desk, alone.uploadId)).toMatchObject({ userErrors: [] });
  expect((await put(alone.uploadUrl, bytes)).status).toBe(409);

  const { first, beside } = await openPair(true);
  const { uploadId, uploadUrl } = await begin(first, bytes.length);
  const there = uploadUrl.replace(new URL(first.gateway.url).origin, new URL(beside.gateway.url).origin);
  await put(uploadUrl, bytes);
  expect(await send(first, uploadId)).toMatchObject({ userErrors: [] });
  expect((await put(there, bytes)).status).toBe(409);
  expect(await send(beside, uploadId)).toMatchObject({ messageId: null, userErrors: [{ code: "UPLOAD_NOT_FOUND" }] });
});
