import { mkdtempSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { contentsOf } from "../../simulator/protocol/placeholders.ts";
import type { Chat, ChatFile } from "../../simulator/world/records.ts";
import { addKey, removeKey } from "../../src/server/identity/keys-file.ts";
import { keyFor, startGateway, type TestGateway } from "../kit/gateway.ts";
import { openLiveOffice } from "../kit/live-office.ts";
import { startOwnClock } from "../kit/own-time.ts";
import { eventually } from "../kit/until.ts";
import { actAs } from "../simulator/rest-client.ts";

let portal: RunningPortal;
let gateway: TestGateway;

beforeAll(async () => {
  portal = await startPortal({ size: 0.3, plan: "on-premise" });
  gateway = await startGateway({ portal, env: { BITRIX24_PLAN: "on-premise" } });
});
afterAll(async () => {
  await gateway.close();
  await portal.close();
});

const MESSAGES = `query ($id: ID!) { chat(by: {id: $id}) { messages(last: 100) { nodes {
  author { id avatarUrl } files { id name previewUrl showUrl mediaPreviewUrl downloadUrl } } } } }`;

interface ShownFile {
  readonly id: string;
  readonly previewUrl: string;
  readonly showUrl: string;
  readonly mediaPreviewUrl: string;
  readonly downloadUrl: string;
}

/** A member of the staff who is in a chat with a file of that kind. */
function someFile(type: ChatFile["type"]): { file: ChatFile; chat: Chat; key: string } {
  for (const file of portal.world.files.values()) {
    const chat = portal.world.chat(file.chatId);
    const member = portal.users.find(({ id }) => chat.members.has(id));
    const isRecent = chat.messages
      .slice(-90)
      .some(({ params }) => Array.isArray(params.FILE_ID) && params.FILE_ID.includes(file.id));
    if (file.type === type && member !== undefined && isRecent) return { file, chat, key: keyFor(member) };
  }
  throw new Error(`the seed has no ${type}`);
}

async function linksOf(file: ChatFile, key: string, from = gateway): Promise<ShownFile> {
  const { data, errors } = await from.graphql(MESSAGES, { id: String(file.chatId) }, { key });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  const files: ShownFile[] = data.chat.messages.nodes.flatMap((message: { files: ShownFile[] }) => message.files);
  const found = files.find(({ id }) => id === String(file.id));
  if (found === undefined) throw new Error("the file is not among the messages");
  return found;
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

test("a picture is shown and fetched without the portal's session, and its bytes are the portal's", async () => {
  const { file, key } = someFile("image");
  const { previewUrl, showUrl, mediaPreviewUrl, downloadUrl } = await linksOf(file, key);
  const origin = new URL(gateway.url).origin;
  for (const link of [previewUrl, showUrl, mediaPreviewUrl, downloadUrl]) {
    expect(link.startsWith(`${origin}/files/`)).toBe(true);
    const response = await fetch(link);
    expect(response.status).toBe(200);
    expect(await bytesOf(response)).toEqual(contentsOf(file).bytes);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/png",
      "content-length": String(contentsOf(file).bytes.length),
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox",
      "accept-ranges": "bytes",
    });
    expect(response.headers.get("cache-control")).toMatch(/^private, max-age=\d{4}$/);
    expect(JSON.stringify([...response.headers])).not.toContain(portal.url);
  }
  expect((await fetch(previewUrl)).headers.get("content-disposition")).toMatch(/^inline; /);
  expect((await fetch(downloadUrl)).headers.get("content-disposition")).toMatch(/^attachment; /);
});

test("equal reads give equal links, other readers get others", async () => {
  const { file, chat, key } = someFile("image");
  const links = await linksOf(file, key);
  expect(await linksOf(file, key)).toEqual(links);
  const other = portal.users.find((user) => chat.members.has(user.id) && keyFor(user) !== key);
  if (other !== undefined) expect((await linksOf(file, keyFor(other))).downloadUrl).not.toBe(links.downloadUrl);
});

test("parts of a file are the portal's bytes, and what lies outside is told so", async () => {
  const { file, key } = someFile("image");
  const { previewUrl } = await linksOf(file, key);
  const { bytes } = contentsOf(file);
  const part = async (range: string, headers: Record<string, string> = {}) => {
    const response = await fetch(previewUrl, { headers: { range, ...headers } });
    return { status: response.status, range: response.headers.get("content-range"), bytes: await bytesOf(response) };
  };
  expect(await part("bytes=1-3")).toEqual({
    status: 206,
    range: `bytes 1-3/${bytes.length}`,
    bytes: bytes.subarray(1, 4),
  });
  // The portal knows no parts counted from the end: the gateway cuts them out.
  expect(await part("bytes=-4")).toEqual({
    status: 206,
    range: `bytes ${bytes.length - 4}-${bytes.length - 1}/${bytes.length}`,
    bytes: bytes.subarray(-4),
  });
  expect(await part(`bytes=${bytes.length}-`)).toMatchObject({ status: 416, range: `bytes */${bytes.length}` });
  expect(await part("bytes=1-3", { "if-range": '"another"' })).toMatchObject({ status: 200, bytes });
  expect(await part("bytes=1-2,4-5")).toMatchObject({ status: 200, bytes });
});

test("HEAD tells the same without the bytes, and what a browser has is not sent again", async () => {
  const { file, key } = someFile("image");
  const { previewUrl } = await linksOf(file, key);
  const head = await fetch(previewUrl, { method: "HEAD" });
  expect(head.headers.get("content-length")).toBe(String(contentsOf(file).bytes.length));
  expect((await bytesOf(head)).length).toBe(0);
  const tag = head.headers.get("etag") ?? "";
  const again = await fetch(previewUrl, { headers: { "if-none-match": tag } });
  expect(again.status).toBe(304);
});

test("many parts asked for at once do not take each other's links, which work once", async () => {
  const { file, key } = someFile("image");
  const { previewUrl } = await linksOf(file, key);
  const { bytes } = contentsOf(file);
  const parts = await Promise.all(
    [0, 1, 2, 3, 4, 5].map(async (from) =>
      bytesOf(await fetch(previewUrl, { headers: { range: `bytes=${from}-${from}` } })),
    ),
  );
  expect(Buffer.concat(parts)).toEqual(bytes.subarray(0, 6));
});

test("who may no longer see the chat gets nothing by a link of before", async () => {
  const { file, chat, key } = someFile("image");
  const { previewUrl } = await linksOf(file, key);
  const id = portal.users.find((user) => keyFor(user) === key)?.id ?? 0;
  const member = chat.members.get(id);
  const wasRecent = chat.recents.has(id);
  chat.members.delete(id);
  chat.recents.delete(id);
  portal.world.rights.withdraw(id, "JOIN", chat.data.lineId);
  portal.world.rights.withdraw(id, "CRM");
  onTestFinished(() => {
    if (member !== undefined) chat.members.set(id, member);
    if (wasRecent) chat.recents.add(id);
  });
  const response = await fetch(previewUrl);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "NOT_FOUND_OR_FORBIDDEN" } }] });
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("a link that was changed or invented leads nowhere", async () => {
  const { file, key } = someFile("image");
  const { previewUrl } = await linksOf(file, key);
  const at = previewUrl.length - 20;
  const changed = `${previewUrl.slice(0, at)}${previewUrl[at] === "A" ? "B" : "A"}${previewUrl.slice(at + 1)}`;
  for (const link of [changed, previewUrl.slice(0, -9), `${new URL(gateway.url).origin}/files/x`]) {
    expect((await fetch(link)).status).toBe(404);
  }
});

test("links end within five seconds when the key is removed", async () => {
  const directory = mkdtempSync(join(tmpdir(), "keys-"));
  const keysFile = join(directory, "keys.json");
  const { file, key } = someFile("image");
  const person = portal.users.find((user) => keyFor(user) === key);
  const keyOf = { first: addKey(keysFile, "first", "person"), second: addKey(keysFile, "second", "person") };
  const credentials = join(directory, "credentials.json");
  await writeFile(credentials, JSON.stringify({ person: { webhook: person?.webhookUrl } }), { mode: 0o600 });
  const own = await startGateway({
    portal,
    env: { GATEWAY_KEYS_FILE: keysFile, GATEWAY_API_KEYS: "", BITRIX24_CREDENTIALS_FILE: credentials },
  });
  onTestFinished(() => own.close());
  const linkOf = async (name: "first" | "second"): Promise<string> => {
    const headers = { "x-api-key": keyOf[name] };
    const { data } = await own.graphql(MESSAGES, { id: String(file.chatId) }, { key: null, headers });
    const files: ShownFile[] = data.chat.messages.nodes.flatMap((message: { files: ShownFile[] }) => message.files);
    return files.find(({ id }) => id === String(file.id))?.previewUrl ?? "";
  };
  const [first, second] = [await linkOf("first"), await linkOf("second")];
  expect((await fetch(first)).status).toBe(200);
  removeKey(keysFile, "first");
  const sinceRemoval = startOwnClock();
  await eventually(async () => expect((await fetch(first)).status).toBe(403));
  expect(sinceRemoval()).toBeLessThan(5_000);
  expect((await fetch(second)).status).toBe(200);
});

test("what a user's own token was given ends with the token", async () => {
  const { file, chat } = someFile("image");
  const userId = portal.users.find(({ id }) => chat.members.has(id))?.id ?? 0;
  const { accessToken } = portal.issueTokens(userId);
  const own = await startGateway({ portal, env: { BITRIX24_PORTALS: new URL(portal.url).host } });
  onTestFinished(() => own.close());
  const headers = { authorization: `Bearer ${accessToken}`, "x-bitrix24-portal": new URL(portal.url).host };
  const { data } = await own.graphql(MESSAGES, { id: String(file.chatId) }, { key: null, headers });
  const files: ShownFile[] = data.chat.messages.nodes.flatMap((message: { files: ShownFile[] }) => message.files);
  const link = files.find(({ id }) => id === String(file.id))?.previewUrl ?? "";
  expect(link).not.toContain(accessToken);
  expect(await bytesOf(await fetch(link))).toEqual(contentsOf(file).bytes);
  portal.expireTokens();
  await eventually(async () => expect((await fetch(link)).status).not.toBe(200));
});

test("pictures of people are the gateway's links, foreign ones stay, and those that need a session are null", async () => {
  const people = [...portal.world.users.values()];
  const scaled = people.find(({ avatar }) => avatar.startsWith("/upload/resize_cache/"));
  const original = people.find(({ avatar }) => avatar.startsWith("/upload/main/"));
  if (scaled === undefined || original === undefined) throw new Error("the seed has no pictures");
  const foreign = people.find(({ id }) => id !== scaled.id && id !== original.id);
  if (foreign === undefined) throw new Error("too few people");
  const before = foreign.avatar;
  foreign.avatar = "https://pictures.example/somebody.png";
  onTestFinished(() => {
    foreign.avatar = before;
  });
  const pictureOf = async (id: number): Promise<string | null> => {
    const { data } = await gateway.graphql("query ($id: ID!) { user(id: $id) { avatarUrl } }", { id: String(id) });
    return data.user.avatarUrl;
  };
  const response = await fetch((await pictureOf(scaled.id)) ?? "");
  expect(response.headers.get("content-type")).toBe("image/png");
  expect(await pictureOf(foreign.id)).toBe("https://pictures.example/somebody.png");
  const link = await pictureOf(original.id);
  expect(link === null ? 404 : (await fetch(link)).status).toBe(404);
  expect(await pictureOf(original.id)).toBeNull();
});

test("no answer leads into the portal where it leads to contents", async () => {
  const { file, chat, key } = someFile("image");
  const picture = `${portal.url}/upload/resize_cache/1/a.png`;
  const message = chat.messages.findLast(
    ({ params }) => Array.isArray(params.FILE_ID) && params.FILE_ID.includes(file.id),
  );
  if (message === undefined) throw new Error("the file is in no message");
  message.params.ATTACH = [
    {
      ID: 1,
      BLOCKS: [
        { IMAGE: [{ NAME: "a.png", LINK: picture, PREVIEW: "/upload/resize_cache/1/b.png" }] },
        {
          FILE: [
            { NAME: "a.txt", LINK: `${portal.url}/pub/a.txt` },
            { NAME: "b.txt", LINK: "https://files.example/b.txt" },
          ],
        },
        { USER: [{ NAME: "Anna", AVATAR: picture }] },
        { LINK: [{ NAME: "page", PREVIEW: picture }] },
      ],
    },
  ];
  onTestFinished(() => {
    delete message.params.ATTACH;
  });
  const { data, errors } = await gateway.graphql(
    `query ($id: ID!) { chat(by: {id: $id}) { messages(last: 100) { nodes { id files { id viewerAttributes } attachments { blocks {
       ... on AttachmentPictures { pictures { url previewUrl } } ... on AttachmentFiles { files { url } }
       ... on AttachmentPeople { people { avatarUrl } } ... on AttachmentLinks { links { previewUrl } } } } } } }
     openLines(first: 100) { nodes { queue { members { displayAvatarUrl } } operatorIdentity { default { avatarUrl } } } } }`,
    { id: String(chat.id) },
    { key },
  );
  expect(errors).toBeUndefined();
  expect(JSON.stringify(data)).not.toContain(portal.url);
  const shown = data.chat.messages.nodes.find(({ id }: { id: string }) => id === String(message.id));
  const [pictures, files, people, links] = shown.attachments[0].blocks;
  const ours = expect.stringContaining(`${new URL(gateway.url).origin}/files/`);
  expect(pictures).toEqual({ pictures: [{ url: ours, previewUrl: ours }] });
  expect(files).toEqual({ files: [{ url: ours }, { url: "https://files.example/b.txt" }] });
  expect(people).toEqual({ people: [{ avatarUrl: ours }] });
  expect(links).toEqual({ links: [{ previewUrl: ours }] });
  // What tells how the portal would show it stays, and its addresses do not.
  const settings = shown.files.find(({ id }: { id: string }) => id === String(file.id)).viewerAttributes;
  expect(settings).toMatchObject({ viewerType: "image", src: null });
  const avatars = data.openLines.nodes.flatMap(
    (line: { queue: { members: { displayAvatarUrl: string | null }[] } | null }) =>
      (line.queue?.members ?? []).flatMap(({ displayAvatarUrl }) => displayAvatarUrl ?? []),
  );
  expect(avatars.length).toBeGreaterThan(0);
  for (const avatar of avatars) expect(avatar).toEqual(ours);
});

test("a live event's links are for all who get it, and the application reads them", async () => {
  const live = await openLiveOffice();
  const chat = [...live.portal.world.chats.values()].find(
    ({ id, ownerId, connectorId, silent }) =>
      connectorId === "telegrambot" &&
      silent !== "Y" &&
      live.portal.world.openSession(id) !== undefined &&
      live.portal.users.some((user) => user.id === ownerId),
  );
  const owner = live.portal.users.find(({ id }) => id === chat?.ownerId);
  if (chat === undefined || owner === undefined) throw new Error("nobody works on a chat");
  const listener = live.listen(
    "subscription { messageAdded { content { files { url downloadUrl } } message { author { avatarUrl } files { downloadUrl } } } }",
  );
  await listener.opened;
  const bytes = Buffer.from("contents of a note");
  await actAs(live.portal, owner.id).result("im.v2.File.upload", {
    dialogId: `chat${chat.id}`,
    fields: { name: "note.txt", content: bytes.toString("base64") },
  });
  const { data, errors } = await listener.next();
  expect(errors).toBeUndefined();
  const told = JSON.parse(JSON.stringify(data)).messageAdded;
  const link: string = told.message.files[0].downloadUrl;
  expect(link.startsWith(`${new URL(live.gateway.url).origin}/files/`)).toBe(true);
  expect(await bytesOf(await fetch(link))).toEqual(bytes);
  const { url, downloadUrl } = told.content.files[0];
  for (const delivered of [url, downloadUrl]) {
    expect(delivered.startsWith(`${new URL(live.gateway.url).origin}/files/`)).toBe(true);
    const response = await fetch(delivered);
    expect(response.headers.get("content-disposition")).toBe(
      "attachment; filename=\"note.txt\"; filename*=UTF-8''note.txt",
    );
    expect(await bytesOf(response)).toEqual(bytes);
  }
  live.portal.uninstallApplication();
  await eventually(async () => expect((await fetch(link)).status).not.toBe(200));
  await eventually(async () => expect((await fetch(url)).status).not.toBe(200));
});

test("links begin with GATEWAY_PUBLIC_URL where it is set", async () => {
  const own = await startGateway({
    portal,
    env: { BITRIX24_PLAN: "on-premise", GATEWAY_PUBLIC_URL: "https://gateway.example.com/b24/" },
  });
  onTestFinished(() => own.close());
  const { file, key } = someFile("image");
  expect((await linksOf(file, key, own)).downloadUrl).toMatch(/^https:\/\/gateway\.example\.com\/b24\/files\//);
});
