import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { startReceiver } from "./event-receiver.ts";
import { actAs, objectAt, readAnswer, valueAt } from "./rest-client.ts";
import { seededChats } from "./seeded-chats.ts";

let portal: RunningPortal;
let chat: Chat;
let operatorId = 0;

beforeAll(async () => {
  portal = await startPortal({ size: 0.5, plan: "on-premise" });
  chat = seededChats(portal).where(
    (candidate, session) =>
      session?.status === 40 && candidate.connectorId === "telegrambot" && candidate.silent !== "Y" && !session.pause,
  );
  operatorId = portal.world.session(chat.data.sessionId).operatorId;
});
afterAll(() => portal.close());

const me = () => actAs(portal, operatorId);
const stranger = (): number =>
  portal.users.find(({ id, lines }) => id !== 1 && !lines.includes(chat.data.lineId) && !chat.members.has(id))?.id ?? 0;
const fields = (bytes: Buffer, more: object = {}) => ({ name: "note.txt", content: bytes.toString("base64"), ...more });

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

describe("links of files and people", () => {
  const seededFile = () => {
    const file = [...portal.world.files.values()].find(
      ({ type, image }) => type === "image" && image !== false && image.width > 400,
    );
    if (!file) throw new Error("The seed has no picture");
    return file;
  };
  const linkOf = async (): Promise<{ urlDownload: string; urlShow: string; preview: string }> => {
    const file = seededFile();
    const session = [...portal.world.sessions.values()].find(
      ({ chatId, startId, endId }) =>
        chatId === file.chatId &&
        portal.world
          .chat(chatId)
          .messages.some(
            ({ id, params }) =>
              Array.isArray(params.FILE_ID) &&
              params.FILE_ID.includes(file.id) &&
              id >= startId &&
              (endId === 0 || id <= endId),
          ),
    );
    const history = await actAs(portal, 1).result("imopenlines.session.history.get", { SESSION_ID: session?.id });
    const links = objectAt(history, "files", String(file.id));
    return {
      urlDownload: String(links.urldownload),
      urlShow: String(links.urlshow),
      preview: String(valueAt(links, "mediaurl", "preview", "250")),
    };
  };

  test("contents need the portal's session, as in front of a browser", async () => {
    const { urlDownload, urlShow } = await linkOf();
    for (const link of [urlDownload, urlShow]) {
      const refused = await fetch(link);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ status: "error", errors: [{ code: "invalid_authentication" }] });
    }
    const response = await fetch(urlDownload, { headers: { cookie: portal.logIn(1) } });
    expect(response.headers.get("content-type")).toBe("image/png");
    const bytes = await bytesOf(response);
    const image = seededFile().image;
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual(
      image === false ? [] : [image.width, image.height],
    );
  });

  test("of a dialog that the person may not see they are refused all the same", async () => {
    const { urlDownload } = await linkOf();
    const lineId = portal.world.chat(seededFile().chatId).data.lineId;
    const other = portal.users.find(({ id, lines }) => id !== 1 && !lines.includes(lineId));
    const response = await fetch(urlDownload, { headers: { cookie: portal.logIn(other?.id ?? 0) } });
    expect(response.status).toBe(403);
    expect((await fetch(urlDownload, { headers: { cookie: "PHPSESSID=guessed" } })).status).toBe(401);
  });

  test("previews are smaller, ranges are answered", async () => {
    const { preview, urlDownload } = await linkOf();
    const cookie = portal.logIn(1);
    const small = await bytesOf(await fetch(preview, { headers: { cookie } }));
    expect(small.readUInt32BE(16)).toBe(250);
    const whole = await bytesOf(await fetch(urlDownload, { headers: { cookie } }));
    const part = await fetch(urlDownload, { headers: { cookie, range: "bytes=1-3" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 1-3/${whole.length}`);
    expect((await bytesOf(part)).toString("latin1")).toBe("PNG");
    expect((await fetch(urlDownload, { headers: { cookie, range: `bytes=${whole.length}-` } })).status).toBe(416);
  });

  test("original pictures of people lead to the login page, scaled ones are for everybody", async () => {
    const staff = [...portal.world.users.values()].find(({ avatar }) => avatar.startsWith("/upload/main/"));
    const customer = [...portal.world.users.values()].find(({ avatar }) => avatar.startsWith("/upload/resize_cache/"));
    const original = `${portal.url}${staff?.avatar}`;
    const refused = await fetch(original, { redirect: "manual" });
    expect(refused.status).toBe(302);
    expect(refused.headers.get("location")).toMatch(/^\/auth\/\?backurl=/);
    expect((await fetch(original)).headers.get("content-type")).toContain("text/html");
    expect((await fetch(original, { headers: { cookie: portal.logIn(27) } })).headers.get("content-type")).toBe(
      "image/png",
    );
    expect((await fetch(`${portal.url}${customer?.avatar}`)).headers.get("content-type")).toBe("image/png");
    expect((await readAnswer(await fetch(`${portal.url}/upload/main/1/other.png`))).status).toBe(404);
  });

  test("a cookie is also had over loopback", async () => {
    const response = await fetch(`${portal.url}/__login`, { method: "POST", body: JSON.stringify({ userId: 1 }) });
    const { cookie } = objectAt(await response.json());
    const { urlDownload } = await linkOf();
    expect((await fetch(urlDownload, { headers: { cookie: String(cookie) } })).status).toBe(200);
  });
});

describe("im.v2.File", () => {
  test("sends a file with a text, which goes to the customer and comes back byte for byte", async () => {
    const bytes = randomBytes(100_000);
    const receiver = await startReceiver();
    await portal.installApplication({ kind: "script-only", handlerUrl: receiver.url });
    const sent = await me().result("im.v2.File.upload", {
      dialogId: `chat${chat.id}`,
      fields: fields(bytes, { name: "Rückgabe.pdf", message: "Please sign" }),
    });
    expect(sent).toMatchObject({
      chatId: chat.id,
      dialogId: `chat${chat.id}`,
      file: { name: "Rückgabe.pdf", extension: "pdf", size: 100_000, type: "file", authorId: operatorId, image: false },
    });
    const [event] = await receiver.waitFor("ONOPENLINEMESSAGEADD");
    expect(valueAt(event?.form, "data", "DATA", "message")).toMatchObject({
      id: String(valueAt(sent, "messageId")),
      files: [{ name: "Rückgabe.pdf", mime: "application/pdf", size: "100000" }],
    });
    const link = String(valueAt(event?.form, "data", "DATA", "message", "files", 0, "downloadLink"));
    expect((await bytesOf(await fetch(link))).equals(bytes)).toBe(true);
    expect((await fetch(link.replace(/SIGN=../, "SIGN=00"))).status).toBe(404);
    await receiver.close();
    const page = await me().result("im.dialog.messages.get", { DIALOG_ID: `chat${chat.id}`, LIMIT: 1 });
    expect(valueAt(page, "messages", 0)).toMatchObject({
      text: "Please sign",
      params: { FILE_ID: [valueAt(sent, "file", "id")] },
    });
    const once = await me().result("im.v2.File.download", {
      dialogId: `chat${chat.id}`,
      fileId: valueAt(sent, "file", "id"),
    });
    const url = String(valueAt(once, "downloadUrl"));
    expect(url).toMatch(/\/rest\/download\.json\?token=im%7C/);
    expect((await bytesOf(await fetch(url))).equals(bytes)).toBe(true);
    expect((await fetch(url)).status).toBe(401);
  });

  test("a picture is measured", async () => {
    const file = [...portal.world.files.values()].find(({ type }) => type === "image");
    const link = await actAs(portal, 1).result("im.v2.File.download", {
      dialogId: `chat${file?.chatId}`,
      fileId: file?.id,
    });
    const png = await bytesOf(await fetch(String(valueAt(link, "downloadUrl"))));
    const sent = await me().result("im.v2.File.upload", {
      dialogId: `chat${chat.id}`,
      fields: fields(png, { name: "copy.png" }),
    });
    expect(valueAt(sent, "file")).toMatchObject({ type: "image", image: file?.image });
  });

  test.each([
    ["no name", { name: "" }, "FILE_EMPTY", 400],
    ["no content", { content: "" }, "FILE_EMPTY", 400],
    ["no Base64", { content: "<file>" }, "FILE_INVALID_CONTENT", 400],
  ])("refuses %s", async (_name, change, code, status) => {
    const params = { dialogId: `chat${chat.id}`, fields: { ...fields(Buffer.from("x")), ...change } };
    expect(await me().error("im.v2.File.upload", params)).toEqual({ code, status });
  });

  test("is refused inside a batch", async () => {
    const cmd = { up: "im.v2.File.upload?dialogId=chat1", down: "im.v2.File.download?dialogId=chat1&fileId=1" };
    const errors = objectAt(await me().result("batch", { cmd }), "result_error");
    const error = "ERROR_BATCH_METHOD_NOT_ALLOWED";
    expect(errors).toMatchObject({ up: { error }, down: { error } });
  });

  test("refuses strangers, unknown chats, and files of another chat", async () => {
    const params = { dialogId: `chat${chat.id}`, fields: fields(Buffer.from("x")) };
    expect(await actAs(portal, stranger()).error("im.v2.File.upload", params)).toEqual({
      code: "ACCESS_DENIED",
      status: 403,
    });
    expect(await me().error("im.v2.File.upload", { ...params, dialogId: "chat5" })).toEqual({
      code: "CHAT_NOT_FOUND",
      status: 400,
    });
    const foreign = [...portal.world.files.values()].find(({ chatId }) => chatId !== chat.id);
    const download = (fileId: unknown) => ({ dialogId: `chat${chat.id}`, fileId });
    expect((await me().error("im.v2.File.download", download(foreign?.id))).code).toBe("FILE_ACCESS_ERROR");
    expect((await me().error("im.v2.File.download", download(5))).code).toBe("FILE_NOT_FOUND");
    expect((await actAs(portal, stranger()).error("im.v2.File.download", download(5))).code).toBe("ACCESS_DENIED");
  });
});

test("uploads of 25 MiB fit", async () => {
  const bytes = Buffer.alloc(25 * 1024 * 1024, 7);
  const sent = await me().result("im.v2.File.upload", { dialogId: `chat${chat.id}`, fields: fields(bytes) });
  expect(valueAt(sent, "file", "size")).toBe(bytes.length);
  const written = portal.stats().writes.at(-1);
  expect(valueAt(written?.params, "fields")).toEqual({
    name: "note.txt",
    content: expect.stringMatching(/^\d+ characters$/),
  });
});
