import { expect, onTestFinished, test } from "vitest";
import {
  createDesk,
  createDrafts,
  createOutbox,
  type Outbox,
  openChat,
  openInbox,
} from "../../client/src/desk/main.ts";
import { userErrorsByField } from "../../client/src/main.ts";
import { eventually } from "../kit/until.ts";
import { openClient } from "./listening.ts";
import { type OperatorScene, openOperatorScene } from "./operator.ts";

async function open() {
  const scene = await openOperatorScene();
  const client = openClient({ url: scene.url, identity: { apiKey: scene.key } });
  const [chatId = ""] = scene.chatIds;
  return { scene, client, chatId };
}

/** How often the portal has a text in a chat. */
function times({ portal }: OperatorScene, chatId: string, text: string): number {
  return [...portal.world.messages.values()].filter((each) => each.chatId === Number(chatId) && each.text === text)
    .length;
}

function closing<Opened extends { close(): void }>(opened: Opened): Opened {
  onTestFinished(() => opened.close());
  return opened;
}

const statesOf = (outbox: Outbox) => outbox.get().map(({ state }) => state);

test("a message shows at once, is confirmed, and stands in the chat once", async () => {
  const { scene, client, chatId } = await open();
  const desk = createDesk(client);
  const chat = closing(openChat(client, { chatId, outbox: desk.outbox }));
  await eventually(() => expect(chat.get()).toMatchObject({ isLoading: false, problem: undefined }));
  const before = chat.get().messages.length;
  chat.send("It is on its way.");
  expect(chat.get().outgoing).toMatchObject([{ text: "It is on its way.", state: "sending" }]);
  await eventually(() => expect(chat.get().outgoing).toEqual([]));
  expect(chat.get().messages.length).toBe(before + 1);
  expect(chat.get().messages.at(-1)).toMatchObject({ text: "It is on its way.", author: { id: String(scene.userId) } });
  expect([times(scene, chatId, "It is on its way."), desk.outbox.get()]).toEqual([1, []]);
});

test("a message whose outcome is unknown says so, is looked up, and was sent once", async () => {
  const { scene, client, chatId } = await open();
  const outbox = closing(createOutbox(client, { lookUpAfterMs: [200, 200, 200] }));
  const seen = new Set<string>();
  outbox.subscribe(() => statesOf(outbox).forEach((state) => void seen.add(state)));
  scene.portal.setFaults([{ kind: "resetAfter", method: "im.message.add", times: 1 }]);
  outbox.send({ chatId, text: "Did this arrive?" });
  await eventually(() => expect(statesOf(outbox)).toEqual(["sent"]));
  expect(seen).toContain("unknown");
  expect(times(scene, chatId, "Did this arrive?")).toBe(1);
});

test("an answer that never reached the client is looked up too; after the last time it is up to the person", async () => {
  const { scene, chatId } = await open();
  let lost = 3;
  const client = openClient({
    url: scene.url,
    identity: { apiKey: scene.key },
    async fetch(input, init) {
      const response = await fetch(input, init);
      lost -= 1;
      if (lost >= 0) throw new TypeError("the connection broke");
      return response;
    },
  });
  const outbox = closing(createOutbox(client, { lookUpAfterMs: [50, 50] }));
  const key = outbox.send({ chatId, text: "Hello?" });
  await eventually(() => expect([lost, statesOf(outbox)]).toEqual([0, ["unknown"]]));
  outbox.retry(key);
  await eventually(() => expect(statesOf(outbox)).toEqual(["sent"]));
  expect(times(scene, chatId, "Hello?")).toBe(1);
});

test("a refused message stays with its reasons, and one that failed is sent when it is tried again", async () => {
  const { scene, client, chatId } = await open();
  const outbox = closing(createOutbox(client));
  const refused = outbox.send({ chatId, text: "   " });
  await eventually(() => expect(statesOf(outbox)).toEqual(["refused"]));
  const errors = outbox.get()[0]?.userErrors ?? [];
  expect([...userErrorsByField(errors).entries()]).toMatchObject([["text", [{ code: "TEXT_EMPTY" }]]]);
  outbox.discard(refused);
  scene.portal.setFaults([{ kind: "resetBefore" }]);
  const failed = outbox.send({ chatId, text: "Second try" });
  await eventually(() => expect(["failed", "unknown"]).toContain(statesOf(outbox)[0]));
  scene.portal.setFaults([]);
  outbox.retry(failed);
  await eventually(() => expect(times(scene, chatId, "Second try")).toBe(1));
});

test("no more than 200 messages wait", () => {
  const outbox = closing(createOutbox({ request: () => new Promise(() => {}) }));
  for (let count = 0; count < 200; count += 1) outbox.send({ chatId: "1", text: String(count) });
  expect(() => outbox.send({ chatId: "1", text: "one more" })).toThrow("200 messages wait already");
});

test("what customers write, change and delete comes into the chat as it happens, and earlier pages in front", async () => {
  const { scene, client, chatId } = await open();
  const outbox = closing(createOutbox(client));
  const chat = closing(openChat(client, { chatId, outbox, pageSize: 2 }));
  await eventually(() => expect(client.connection.state()).toMatchObject({ phase: "connected" }));
  const ids = () => chat.get().messages.map(({ id }) => Number(id));
  const newest = ids();
  expect([newest.length, chat.get().hasEarlier]).toEqual([2, true]);
  const { world } = scene.portal;
  const { id } = world.customerWrites(Number(chatId), "Is anybody there?");
  await eventually(() => expect(chat.get().messages.at(-1)).toMatchObject({ text: "Is anybody there?" }));
  world.customerEdits(id, "Is anybody there now?");
  await eventually(() => expect(chat.get().messages.at(-1)).toMatchObject({ text: "Is anybody there now?" }));
  world.customerDeletes(id);
  await eventually(() => {
    const last = chat.get().messages.at(-1);
    expect(last?.id !== String(id) || last.isDeleted === true).toBe(true);
  });
  await chat.loadEarlier();
  expect(ids().slice(2, 4)).toEqual(newest);
  expect(ids()).toEqual([...new Set(ids())].sort((one, other) => one - other));
});

test("a chat of the inbox comes to the top with its message, what is unread follows, and nothing of the list is read again by the client", async () => {
  const { scene, client } = await open();
  const { world } = scene.portal;
  const inbox = closing(openInbox(client, { first: 20 }));
  await eventually(() => expect(inbox.get()).toMatchObject({ isLoading: false, problem: undefined }));
  const unread = (id: string): unknown => {
    const chat = inbox.get().rows.find((row) => row.id === id)?.chat as { viewerUnreadCount: number } | undefined;
    return chat?.viewerUnreadCount;
  };
  const { rows } = inbox.get();
  const last = scene.chatIds.findLast((id) => rows.some((row) => row.id === id));
  if (last === undefined) throw new Error("no row of a dialog");
  const before = Number(unread(last));
  world.customerWrites(Number(last), "One more thing");
  await eventually(() => {
    const top = inbox.get().rows.find(({ isPinned }) => isPinned !== true);
    expect(top).toMatchObject({ id: last, preview: { text: "One more thing" } });
  });
  await eventually(() => expect(unread(last)).toBe(before + 1));
  expect(new Set(inbox.get().rows.map(({ id }) => id)).size).toBe(inbox.get().rows.length);
});

test("an inbox is widened page by page, and says why there is none", async () => {
  const { client } = await open();
  const inbox = closing(openInbox(client, { first: 2 }));
  await eventually(() => expect(inbox.get()).toMatchObject({ isLoading: false, hasMore: true }));
  const two = inbox.get().rows.map(({ id }) => id);
  expect(two).toHaveLength(2);
  await inbox.loadMore();
  const four = inbox.get().rows.map(({ id }) => id);
  expect([four.length > 2, four.slice(0, 2)]).toEqual([true, two]);
  const wrong = closing(openInbox(client, { first: 101 }));
  await eventually(() => expect(wrong.get()).toMatchObject({ isLoading: false, problem: { code: "BAD_USER_INPUT" } }));
});

function memoryStorage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
    removeItem: (name: string) => void kept.delete(name),
  };
}

test("a message whose outcome was not known when the page was reloaded is looked up by the next page, for its own person only, and was sent once", async () => {
  const { scene, client, chatId } = await open();
  const storage = memoryStorage();
  const deaf = openClient({
    url: scene.url,
    identity: { apiKey: scene.key },
    async fetch(input, init) {
      await fetch(input, init);
      return new Promise(() => {});
    },
  });
  const before = createDesk(deaf, { storage, person: "one" });
  before.outbox.send({ chatId, text: "Before the reload" });
  await eventually(() => expect(times(scene, chatId, "Before the reload")).toBe(1));
  before.close();

  const another = closing(
    createDesk(openClient({ url: scene.url, identity: { apiKey: scene.key } }), { storage, person: "two" }),
  );
  const after = createDesk(client, { storage, person: "one" });
  const seen = new Set<string>();
  after.outbox.subscribe(() => statesOf(after.outbox).forEach((state) => void seen.add(state)));
  await eventually(() => expect(statesOf(after.outbox)).toEqual(["sent"]));
  expect([...seen]).toEqual(["unknown", "sent"]);
  expect(times(scene, chatId, "Before the reload")).toBe(1);
  expect(another.outbox.get()).toEqual([]);
  await eventually(() => expect(storage.kept.get("open-lines outbox of one")).toBeUndefined());
});

test("tabs leave each other's messages in the storage alone, and one that is too old to be looked up is not sent again", async () => {
  const storage = memoryStorage();
  const asked: unknown[] = [];
  const request = (_document: unknown, variables: unknown) => {
    asked.push(variables);
    return new Promise<never>(() => {});
  };
  const tabs = [closing(createOutbox({ request }, { storage })), closing(createOutbox({ request }, { storage }))];
  const keptTexts = () =>
    JSON.parse(storage.kept.get("open-lines outbox") ?? "[]").map(({ text }: { text: string }) => text);
  for (const [index, tab] of tabs.entries()) {
    tab.send({ chatId: "1", text: `of tab ${index}` });
    await eventually(() => expect(keptTexts()).toContain(`of tab ${index}`));
  }
  expect(keptTexts()).toEqual(["of tab 0", "of tab 1"]);
  const old = { key: "k", chatId: "1", text: "Yesterday", writtenAt: Date.now() - 21 * 3_600_000, state: "sending" };
  storage.kept.set("open-lines outbox", JSON.stringify([old, { nonsense: true }]));
  const begun = asked.length;
  const outbox = closing(createOutbox({ request }, { storage }));
  await eventually(() => expect(statesOf(outbox)).toEqual(["unknown"]));
  outbox.retry("k");
  expect(outbox.get()[0]?.error?.message).toContain("too old");
  expect(asked.length).toBe(begun);
});

test("drafts are there after a reload, of the 200 chats that were written to last", async () => {
  const storage = memoryStorage();
  const { kept } = storage;
  const drafts = createDrafts(storage);
  // Ids are numbers, and those written to last are the smallest.
  for (let chat = 201; chat >= 1; chat -= 1) drafts.write(String(chat), `draft ${chat}`);
  drafts.write("199", "");
  await eventually(() => expect(kept.get("open-lines drafts")).toMatch(/"draft 1"\]\]$/));
  const after = createDrafts(storage);
  after.write("5", "newer than what was kept");
  await eventually(() => expect(after.read("1")).toBe("draft 1"));
  expect(["201", "200", "199", "5"].map((chat) => after.read(chat))).toEqual([
    "",
    "draft 200",
    "",
    "newer than what was kept",
  ]);
  after.write("300", "one more than 199");
  after.write("301", "one more than 200");
  expect(["200", "198"].map((chat) => after.read(chat))).toEqual(["", "draft 198"]);
});

test("tabs leave each other's drafts alone, and what somebody else left under the names is written over", async () => {
  const storage = memoryStorage();
  for (const name of ["open-lines drafts", "open-lines outbox"]) storage.kept.set(name, "{nonsense");
  const tabs = [createDrafts(storage), createDrafts(storage)];
  tabs[0]?.write("1", "of one tab");
  await eventually(() => expect(storage.kept.get("open-lines drafts")).toContain("of one tab"));
  tabs[1]?.write("2", "of another");
  await eventually(() => expect(storage.kept.get("open-lines drafts")).toContain("of another"));
  const after = createDrafts(storage);
  await eventually(() => expect(["1", "2"].map(after.read)).toEqual(["of one tab", "of another"]));
  const outbox = closing(createOutbox({ request: () => new Promise(() => {}) }, { storage }));
  outbox.send({ chatId: "1", text: "kept all the same" });
  await eventually(() => expect(storage.kept.get("open-lines outbox")).toContain("kept all the same"));
});

test("a storage that is full or forbidden costs neither a draft nor a message", async () => {
  const forbidden = (): never => {
    throw new DOMException("forbidden", "SecurityError");
  };
  const storage = { getItem: forbidden, setItem: forbidden, removeItem: forbidden };
  const { scene, chatId } = await open();
  const client = openClient({ url: scene.url, identity: { apiKey: scene.key }, storage });
  const desk = closing(createDesk(client, { storage, person: "one" }));
  desk.drafts.write(chatId, "What I was about to say");
  desk.outbox.send({ chatId, text: "Without a storage" });
  const heard: unknown[] = [];
  client.subscribe(
    "subscription ($after: EventCursor) { openLineEvents(after: $after) { cursor } }",
    { name: "events" },
    { next: (data) => heard.push(data) },
  );
  await eventually(() => expect(statesOf(desk.outbox)).toEqual(["sent"]));
  await eventually(
    () => {
      scene.portal.world.customerWrites(Number(chatId), "Hello?");
      expect(heard.length).toBeGreaterThan(0);
    },
    { everyMs: 300 },
  );
  expect(desk.drafts.read(chatId)).toBe("What I was about to say");
});
