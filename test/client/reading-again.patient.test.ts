import { expect, onTestFinished, test } from "vitest";
import { createOutbox, openChat } from "../../client/src/desk/main.ts";
import { createMessageOrder } from "../../client/src/desk/message-order.ts";
import { eventually } from "../kit/until.ts";
import { openClient } from "./listening.ts";
import { openOperatorScene } from "./operator.ts";

type Fetch = typeof fetch;

/** A chat of an operator; `fetched` sees each page that is asked for. */
async function openReader(fetched: (ask: () => Promise<Response>, signal: AbortSignal) => Promise<Response>) {
  const scene = await openOperatorScene();
  const through: Fetch = (input, init) => {
    const ask = () => fetch(input, init);
    const isPage = String(init?.body).includes("ChatPage");
    return isPage ? fetched(ask, init?.signal ?? new AbortController().signal) : ask();
  };
  const client = openClient({ url: scene.url, identity: { apiKey: scene.key }, fetch: through });
  const [chatId = ""] = scene.chatIds;
  const outbox = createOutbox(client);
  const chat = openChat(client, { chatId, outbox });
  onTestFinished(() => {
    chat.close();
    outbox.close();
  });
  return { chat, chatId, client, world: scene.portal.world };
}

test("a chat that could not be read and is asked for by hand comes alive", async () => {
  let fails = true;
  const { chat, chatId, world } = await openReader((ask) =>
    fails ? Promise.reject(new TypeError("no network")) : ask(),
  );
  await eventually(() => expect(chat.get().problem).toBeDefined());
  fails = false;
  await chat.readAgain();
  expect(chat.get()).toMatchObject({ isLoading: false, problem: undefined });
  world.customerWrites(Number(chatId), "Are you there again?");
  await eventually(() => expect(chat.get().messages.at(-1)).toMatchObject({ text: "Are you there again?" }));
});

test("a page that hangs is given up when somebody asks again, and when the chat is left; one that has just been asked for is not", async () => {
  const signals: AbortSignal[] = [];
  const { chat } = await openReader((_ask, signal) => {
    signals.push(signal);
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  await eventually(() => expect(signals).toHaveLength(1));
  void chat.readAgain();
  await eventually(() => expect(signals).toHaveLength(2));
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  await eventually(() => {
    if (signals[0]?.aborted === false) void chat.readAgain();
    expect(signals[0]?.aborted).toBe(true);
  });
  expect(chat.get().problem).toBeUndefined();
  chat.close();
  await eventually(() => expect(signals.at(-1)?.aborted).toBe(true));
});

test("an earlier page that did not come is asked for again by itself, and at once by hand", async () => {
  let fails = false;
  const { chat, world, chatId } = await openReader((ask) =>
    fails ? Promise.reject(new TypeError("no network")) : ask(),
  );
  for (let index = 0; index < 160; index += 1) world.customerWrites(Number(chatId), `Line ${index}`);
  await eventually(() => expect(chat.get().messages.at(-1)).toMatchObject({ text: "Line 159" }));
  await chat.readAgain();
  const oldest = () => Number(chat.get().messages[0]?.id);
  fails = true;
  const first = oldest();
  await chat.loadEarlier();
  expect(chat.get()).toMatchObject({ isLoading: false, problem: { name: "NoAnswer" } });
  fails = false;
  await chat.readAgain();
  expect([oldest() < first, chat.get().problem]).toEqual([true, undefined]);

  fails = true;
  const second = oldest();
  await chat.loadEarlier();
  fails = false;
  await eventually(() => expect(oldest()).toBeLessThan(second));
});

test("a message that comes while the newest page is read stays, though the page does not know it", async () => {
  let hold: Promise<void> = Promise.resolve();
  let answered = 0;
  const { chat, chatId, client, world } = await openReader(async (ask) => {
    const response = await ask();
    answered += 1;
    await hold;
    return response;
  });
  await eventually(() => expect(chat.get().isLoading).toBe(false));
  await eventually(() => expect(client.connection.state()).toMatchObject({ phase: "connected" }));
  let go = (): void => undefined;
  hold = new Promise((resolve) => {
    go = resolve;
  });
  const before = answered;
  const read = chat.readAgain();
  await eventually(() => expect(answered).toBe(before + 1));
  world.customerWrites(Number(chatId), "Meanwhile");
  await eventually(() => expect(chat.get().messages.at(-1)).toMatchObject({ text: "Meanwhile" }));
  go();
  await read;
  expect(chat.get().messages.at(-1)).toMatchObject({ text: "Meanwhile" });
});

test("messages stand in the order of their ids, however they come", () => {
  const order = createMessageOrder<{ readonly id: string; readonly text?: string }>();
  const ids = () => order.all().map(({ id }) => id);
  order.put([{ id: "98" }, { id: "101" }, { id: "99" }]);
  order.put([{ id: "7" }, { id: "12" }]);
  order.put([{ id: "102" }]);
  order.put([{ id: "100" }, { id: "102", text: "edited" }]);
  expect(ids()).toEqual(["7", "12", "98", "99", "100", "101", "102"]);
  expect(order.all().at(-1)).toMatchObject({ text: "edited" });
  const before = order.all();
  order.delete("55");
  expect(order.all()).toBe(before);
  order.delete("99");
  expect(ids()).not.toContain("99");
  order.clear();
  order.put([{ id: "3" }]);
  expect(ids()).toEqual(["3"]);
});
