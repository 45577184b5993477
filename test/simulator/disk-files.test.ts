import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { actAs, objectAt, post, readAnswer, valueAt } from "./rest-client.ts";
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

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

describe("the older way, over the drive", () => {
  const disk = async (method: string, params: object, scopes = ["disk", "im"]) =>
    post(portal.createWebhook(operatorId, scopes), method, params);

  test("folder, upload, commit: the file is sent, and its link needs no session", async () => {
    const folder = await me().result("im.disk.folder.get", { DIALOG_ID: `chat${chat.id}` });
    const bytes = randomBytes(2000);
    const stored = await disk("disk.folder.uploadFile", {
      id: valueAt(folder, "ID"),
      data: { NAME: "list.xlsx" },
      fileContent: ["list.xlsx", bytes.toString("base64")],
    });
    const record = objectAt(stored.body, "result");
    expect(record).toMatchObject({
      ID: expect.any(Number),
      NAME: "list.xlsx",
      SIZE: "2000",
      PARENT_ID: String(valueAt(folder, "ID")),
    });
    const sent = await me().result("im.disk.file.commit", {
      CHAT_ID: chat.id,
      FILE_ID: record.ID,
      MESSAGE: "The list",
    });
    expect(sent).toMatchObject({
      DISK_ID: [`disk${record.ID}`],
      FILES: { [`upload${record.ID}`]: { name: "list.xlsx", date: {} } },
    });
    const message = portal.world.message(Number(valueAt(sent, "MESSAGE_ID")));
    expect(message).toMatchObject({
      text: "The list",
      params: { CONNECTOR_MID: [expect.any(String)], FILE_ID: [record.ID] },
    });
    const got = await disk("disk.file.get", { id: record.ID });
    const url = String(valueAt(got.body, "result", "DOWNLOAD_URL"));
    for (let time = 0; time < 2; time++) expect((await bytesOf(await fetch(url))).equals(bytes)).toBe(true);
  });

  test("in two steps the file is posted to an address that takes one", async () => {
    const folder = await me().result("im.disk.folder.get", { CHAT_ID: chat.id });
    const step = await disk("disk.folder.uploadFile", { id: valueAt(folder, "ID") });
    const { uploadUrl, field } = objectAt(step.body, "result");
    const form = new FormData();
    form.append(String(field), new Blob(["by hand"]), "hand.txt");
    const answer = await readAnswer(await fetch(String(uploadUrl), { method: "POST", body: form }));
    expect(valueAt(answer.body, "result")).toMatchObject({ ID: expect.any(Number), NAME: "hand.txt", SIZE: "7" });
    expect((await fetch(String(uploadUrl), { method: "POST", body: form })).status).toBe(401);
  });

  test("in silent mode nothing goes to the customer", async () => {
    const folder = await me().result("im.disk.folder.get", { CHAT_ID: chat.id });
    const stored = await disk("disk.folder.uploadFile", { id: valueAt(folder, "ID"), fileContent: ["n.txt", "eA=="] });
    const id = valueAt(stored.body, "result", "ID");
    const sent = await me().result("im.disk.file.commit", {
      CHAT_ID: chat.id,
      UPLOAD_ID: [`upload${id}`],
      SILENT_MODE: "Y",
    });
    expect(portal.world.message(Number(valueAt(sent, "MESSAGE_ID"))).params).not.toHaveProperty("CONNECTOR_MID");
  });

  test("refuses strangers, unknown ids and a missing scope", async () => {
    const other = actAs(portal, stranger());
    expect(await other.error("im.disk.folder.get", { CHAT_ID: chat.id })).toEqual({
      code: "ACCESS_ERROR",
      status: 403,
    });
    expect((await me().error("im.disk.folder.get")).code).toBe("CHAT_ID_EMPTY");
    expect((await me().error("im.disk.folder.get", { DIALOG_ID: "5" })).code).toBe("DIALOG_ID_EMPTY");
    expect((await me().error("im.disk.file.commit", { CHAT_ID: chat.id, FILE_ID: 5 })).code).toBe("FILES_ERROR");
    expect((await disk("disk.file.get", {})).body.error).toBe("ERROR_ARGUMENT");
    expect((await disk("disk.file.get", { id: 5 })).body.error).toBe("ERROR_NOT_FOUND");
    expect((await disk("disk.file.get", { id: 5 }, ["im"])).body.error).toBe("insufficient_scope");
  });

  test("a portal of 2025 has only this way", async () => {
    const old = await startPortal({ size: 0.05, age: 2025 });
    try {
      expect((await actAs(old, 1).error("im.v2.File.upload")).code).toBe("ERROR_METHOD_NOT_FOUND");
      const { chatId = 0 } = old.quietChat ?? {};
      await actAs(old, 1).result("imopenlines.session.join", { CHAT_ID: chatId });
      const folder = await actAs(old, 1).result("im.disk.folder.get", { CHAT_ID: chatId });
      expect(Number(valueAt(folder, "ID"))).toBeGreaterThan(0);
    } finally {
      await old.close();
    }
  });
});
