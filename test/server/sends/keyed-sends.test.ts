import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { networkCodes } from "../../../simulator/seed/seed.ts";
import { lineSettings } from "../../../simulator/world/line-settings.ts";
import { joinChat } from "../../../simulator/world/members.ts";
import { addMessage, editMessage } from "../../../simulator/world/messages.ts";
import { closeSession, startSession } from "../../../simulator/world/sessions.ts";
import { adapters, type Place } from "../../storage/adapters.ts";
import { openSendScene } from "./send-scene.ts";

const outcomeOf = ({ errors }: { errors: readonly { extensions: { code: string } }[] | undefined }) =>
  errors?.map(({ extensions }) => extensions.code);

describe.each(adapters)("a message with a key, remembered in $name", ({ makePlace }) => {
  let place: Place;
  beforeAll(async () => {
    place = await makePlace();
  });
  afterAll(() => place.remove());

  test("is sent once, and whoever repeats it gets what came of it, also from a gateway that was started anew", async () => {
    const scene = await openSendScene(place);
    const first = await scene.send("Where is my order?", "key-1");
    expect(first.data.chatMessageSend.userErrors).toEqual([]);
    const [messageId] = scene.stored("Where is my order?");
    expect(first.data.chatMessageSend.messageId).toBe(String(messageId));

    const writes = scene.portal.stats().writes.length;
    expect((await scene.send("Where is my order?", "key-1")).data).toEqual(first.data);
    await scene.passAMinute();
    expect((await scene.send("Where is my order?", "key-1")).data).toEqual(first.data);
    expect(scene.portal.stats().writes).toHaveLength(writes);
    expect(scene.stored("Where is my order?")).toEqual([messageId]);
  });

  test("without a key is sent each time", async () => {
    const scene = await openSendScene(place);
    await scene.send("Twice", null);
    await scene.send("Twice", null);
    expect(scene.stored("Twice")).toHaveLength(2);
  });

  test("keeps to its sender: another one with the same key sends his own", async () => {
    const scene = await openSendScene(place);
    const { supervisorId } = scene.portal.world;
    joinChat(scene.portal.world, scene.chat, [supervisorId]);
    await scene.send("Mine", "shared");
    await scene.send("Mine", "shared", { as: supervisorId });
    expect(scene.stored("Mine")).toHaveLength(2);
  });

  test("is refused when the key comes with another text", async () => {
    const scene = await openSendScene(place);
    await scene.send("One", "reused");
    const { data } = await scene.send("Other", "reused");
    expect(data.chatMessageSend).toMatchObject({
      messageId: null,
      userErrors: [{ code: "IDEMPOTENCY_KEY_REUSED", field: ["idempotencyKey"] }],
    });
    expect(scene.stored("Other")).toEqual([]);
  });

  test.each([
    ["an empty one", ""],
    ["one of 256 characters", "é".repeat(256)],
  ])("is an error with %s in place of a key", async (_, key) => {
    const scene = await openSendScene(place);
    const { data, errors } = await scene.send("No", key);
    expect(data.chatMessageSend).toBeNull();
    expect(errors?.[0]).toMatchObject({ message: expect.stringMatching(/1 to 255 characters/) });
    expect(outcomeOf({ errors })).toEqual(["BAD_USER_INPUT"]);
    expect(scene.stored("No")).toEqual([]);
  });

  test("that is sent five times at once leaves once, over two gateways too", async () => {
    const scene = await openSendScene(place);
    const second = await scene.openBeside();
    scene.portal.setFaults([{ kind: "latency", method: "im.message.add", perRequestMs: 200 }]);
    const answers = await Promise.all(
      [0, 1, 2, 3, 4].map((at) => scene.send("At once", "at-once", { via: at % 2 === 0 ? second : scene.gateway })),
    );
    const [messageId] = scene.stored("At once");
    expect(scene.stored("At once")).toHaveLength(1);
    for (const { data } of answers) expect(data.chatMessageSend.messageId).toBe(String(messageId));
  });

  test("keeps a refusal as it keeps a message", async () => {
    const scene = await openSendScene(place);
    scene.portal.setFaults([{ kind: "error", method: "im.message.add", error: "ACCESS_ERROR", times: 1 }]);
    const refused = await scene.send("Refused", "refused");
    expect(refused.data.chatMessageSend.userErrors).toMatchObject([{ code: "MESSAGE_NOT_SENT" }]);
    expect((await scene.send("Refused", "refused")).data).toEqual(refused.data);
    expect(scene.stored("Refused")).toEqual([]);
  });

  test("that surely did not leave may be sent with the same key at once", async () => {
    const scene = await openSendScene(place);
    scene.portal.setFaults([
      { kind: "error", method: "im.message.add", error: "insufficient_scope", status: 403, times: 1 },
    ]);
    expect(outcomeOf(await scene.send("Later", "later"))).toEqual(["FORBIDDEN"]);
    expect((await scene.send("Later", "later")).data.chatMessageSend.userErrors).toEqual([]);
    expect(scene.stored("Later")).toHaveLength(1);
  });

  describe("whose answer was lost", () => {
    test("is found again when it arrived, whatever others wrote meanwhile", async () => {
      const scene = await openSendScene(place);
      await scene.send("Thanks!", null);
      scene.portal.setFaults([{ kind: "resetAfter", method: "im.message.add", times: 1 }]);
      const lost = await scene.send("Thanks!", "lost");
      expect(outcomeOf(lost)).toEqual(["OUTCOME_UNKNOWN"]);
      expect(lost.errors?.[0]?.message).toMatch(/same idempotency key/);
      const { customerId } = scene.chat;
      for (let at = 0; at < 60; at++)
        addMessage(scene.portal.world, scene.chat, { authorId: customerId, text: "Thanks!" });

      const again = await scene.send("Thanks!", "lost");
      const own = scene.chat.messages.filter(
        ({ text, authorId }) => text === "Thanks!" && authorId === scene.operatorId,
      );
      expect(own).toHaveLength(2);
      expect(again.data.chatMessageSend).toMatchObject({ messageId: String(own[1]?.id), userErrors: [] });
      expect((await scene.send("Thanks!", "lost")).data).toEqual(again.data);
    });

    test("is found by its text as the portal keeps it", async () => {
      const scene = await openSendScene(place);
      scene.portal.setFaults([{ kind: "resetAfter", method: "im.message.add", times: 1 }]);
      await scene.send("  Two\r\nlines ", "trimmed");
      const again = await scene.send("  Two\r\nlines ", "trimmed");
      expect(again.data.chatMessageSend.messageId).not.toBeNull();
    });

    test("is not sent again within a minute when it did not arrive, and sent once after that", async () => {
      const scene = await openSendScene(place);
      scene.portal.setFaults([{ kind: "resetBefore", method: "im.message.add", times: 1 }]);
      expect(outcomeOf(await scene.send("Gone", "gone"))).toEqual(["OUTCOME_UNKNOWN"]);
      expect(outcomeOf(await scene.send("Gone", "gone"))).toEqual(["OUTCOME_UNKNOWN"]);
      expect(scene.stored("Gone")).toEqual([]);
      await scene.passAMinute();
      const sent = await scene.send("Gone", "gone");
      expect(sent.errors).toBeUndefined();
      const [messageId] = scene.stored("Gone");
      expect(sent.data.chatMessageSend.messageId).toBe(String(messageId));
      expect((await scene.send("Gone", "gone")).data).toEqual(sent.data);
      expect(scene.stored("Gone")).toEqual([messageId]);
    });

    test("stays unknown when the author wrote the same since, or changed a message", async () => {
      const scene = await openSendScene(place);
      scene.portal.setFaults([{ kind: "resetAfter", method: "im.message.add", times: 2 }]);
      await scene.send("Twice the same", "doubtful");
      await scene.send("Changed", "changed");
      addMessage(scene.portal.world, scene.chat, { authorId: scene.operatorId, text: "Twice the same" });
      const changed = scene.chat.messages.find(({ text }) => text === "Changed");
      if (changed === undefined) throw new Error("not arrived");
      editMessage(scene.portal.world, changed, "Changed since", true);
      await scene.passAMinute();
      expect(outcomeOf(await scene.send("Twice the same", "doubtful"))).toEqual(["OUTCOME_UNKNOWN"]);
      expect(outcomeOf(await scene.send("Changed", "changed"))).toEqual(["OUTCOME_UNKNOWN"]);
      expect(scene.stored("Twice the same")).toHaveLength(2);
    });

    test("stays unknown when too much was written since", async () => {
      const scene = await openSendScene(place);
      scene.portal.setFaults([{ kind: "resetBefore", method: "im.message.add", times: 1 }]);
      await scene.send("Buried", "buried");
      const { customerId } = scene.chat;
      for (let at = 0; at < 200; at++)
        addMessage(scene.portal.world, scene.chat, { authorId: customerId, text: `${at}` });
      await scene.passAMinute();
      expect(outcomeOf(await scene.send("Buried", "buried"))).toEqual(["OUTCOME_UNKNOWN"]);
      expect(scene.stored("Buried")).toEqual([]);
    });

    test("because none came in time is found again too, and who waits for the first is told the same", async () => {
      const scene = await openSendScene(place, { GATEWAY_OPERATION_TIMEOUT_MS: "1500" });
      scene.portal.setFaults([{ kind: "hang", method: "im.message.add", times: 1 }]);
      const answers = await Promise.all([scene.send("Slow", "slow"), scene.send("Slow", "slow")]);
      for (const answer of answers) expect(outcomeOf(answer)).toEqual(["OUTCOME_UNKNOWN"]);
    });
  });
});

describe("other messages with a key", () => {
  let place: Place;
  beforeAll(async () => {
    const lmdb = adapters.find(({ name }) => name === "LMDB");
    if (lmdb === undefined) throw new Error("no LMDB");
    place = await lmdb.makePlace();
  });
  afterAll(() => place.remove());

  test("an automatic one of a bot is found again among what bots and the system wrote", async () => {
    const scene = await openSendScene(place);
    scene.portal.setFaults([{ kind: "resetAfter", method: "imopenlines.bot.session.message.send", times: 1 }]);
    const send = () =>
      scene.act(`botMessageSend(chatId: ${scene.chat.id}, kind: DEFAULT, text: "One moment", idempotencyKey: "bot")`);
    expect(outcomeOf(await send())).toEqual(["OUTCOME_UNKNOWN"]);
    expect((await send()).data.botMessageSend).toEqual({ userErrors: [] });
    expect(scene.stored("One moment")).toHaveLength(1);
  });

  test("one in the name of a colleague is found again by his name, also by who is not in the chat", async () => {
    const scene = await openSendScene(place);
    const { chat, portal } = scene;
    const item = [...portal.world.chats.values()].find(
      (each) =>
        each.crm.saved && each.kind === "lines" && each.ownerId > 0 && !each.members.has(portal.world.supervisorId),
    );
    if (item === undefined) throw new Error(`no chat like ${chat.id} in the CRM`);
    portal.setFaults([{ kind: "resetAfter", method: "imopenlines.crm.message.add", times: 1 }]);
    const send = () =>
      scene.act(
        `crmMessageSend(entity: { type: ${item.crm.type}, entityId: "${item.crm.id}" }, chatId: ${item.id}, authorId: ${item.ownerId}, text: "Your bill", idempotencyKey: "crm")`,
        portal.world.supervisorId,
      );
    expect(outcomeOf(await send())).toEqual(["OUTCOME_UNKNOWN"]);
    const sent = item.messages.filter(({ text }) => text === "Your bill");
    expect(sent).toHaveLength(1);
    expect((await send()).data.crmMessageSend).toEqual({ userErrors: [] });
    expect(item.messages.filter(({ text }) => text === "Your bill")).toEqual(sent);
  });

  test("one that may have gone into a session before the newest is not sent again by who sees no other", async () => {
    const scene = await openSendScene(place);
    const { portal } = scene;
    const { world } = portal;
    const item = [...world.chats.values()].find(
      ({ crm, kind, ownerId, members }) =>
        crm.saved && kind === "lines" && ownerId > 0 && !members.has(world.supervisorId),
    );
    const session = item === undefined ? undefined : world.openSession(item.id);
    if (item === undefined || session === undefined) throw new Error("no such chat in the CRM");
    const authorId = item.ownerId;
    portal.setFaults([{ kind: "resetAfter", method: "imopenlines.crm.message.add", times: 1 }]);
    const send = () =>
      scene.act(
        `crmMessageSend(entity: { type: ${item.crm.type}, entityId: "${item.crm.id}" }, chatId: ${item.id}, authorId: ${authorId}, text: "Before the end", idempotencyKey: "ended")`,
        world.supervisorId,
      );
    expect(outcomeOf(await send())).toEqual(["OUTCOME_UNKNOWN"]);
    closeSession(world, item, session);
    startSession(world, item, { mode: "output", operatorId: authorId });
    await scene.passAMinute();
    expect(outcomeOf(await send())).toEqual(["OUTCOME_UNKNOWN"]);
    expect(item.messages.filter(({ text }) => text === "Before the end")).toHaveLength(1);
  });

  test("is not sent again where a message since then cannot be read, which may be it", async () => {
    const scene = await openSendScene(place);
    const lost = { kind: "resetAfter", method: "im.message.add", times: 1 } as const;
    scene.portal.setFaults([lost]);
    expect(outcomeOf(await scene.send("Unreadable", "unreadable"))).toEqual(["OUTCOME_UNKNOWN"]);
    scene.portal.setFaults([
      {
        kind: "odd",
        method: "im.dialog.messages.get",
        path: ["result", "messages", "0", "date"],
        change: { value: "soon" },
      },
    ]);
    await scene.passAMinute();
    expect(outcomeOf(await scene.send("Unreadable", "unreadable"))).toEqual(["OUTCOME_UNKNOWN"]);
    expect(scene.stored("Unreadable")).toHaveLength(1);
    scene.portal.setFaults([]);
    expect((await scene.send("Unreadable", "unreadable")).data.chatMessageSend.userErrors).toEqual([]);
    expect(scene.stored("Unreadable")).toHaveLength(1);
  });

  test("a line's greeting is found again by its text, and never sent again where it is not", async () => {
    const scene = await openSendScene(place);
    const { world } = scene.portal;
    const chat = [...world.chats.values()].find(
      ({ id, kind, data }) =>
        kind === "lines" &&
        world.openSession(id) !== undefined &&
        (lineSettings(world, data.lineId)?.welcomeText ?? "") !== "",
    );
    const greeting = chat === undefined ? "" : (lineSettings(world, chat.data.lineId)?.welcomeText ?? "");
    if (chat === undefined) throw new Error("no line with a greeting");
    const greetings = () => chat.messages.filter(({ text }) => text === greeting).length;
    const greet = (key: string) =>
      scene.act(`botMessageSend(chatId: ${chat.id}, kind: WELCOME, idempotencyKey: "${key}")`, world.supervisorId);
    const before = greetings();
    scene.portal.setFaults([{ kind: "resetAfter", method: "imopenlines.bot.session.message.send", times: 1 }]);
    expect(outcomeOf(await greet("arrived"))).toEqual(["OUTCOME_UNKNOWN"]);
    expect(greetings()).toBe(before + 1);
    expect((await greet("arrived")).data.botMessageSend).toEqual({ userErrors: [] });
    scene.portal.setFaults([{ kind: "resetBefore", method: "imopenlines.bot.session.message.send", times: 1 }]);
    expect(outcomeOf(await greet("gone"))).toEqual(["OUTCOME_UNKNOWN"]);
    await scene.passAMinute();
    expect(outcomeOf(await greet("gone"))).toEqual(["OUTCOME_UNKNOWN"]);
    expect(greetings()).toBe(before + 1);
  });

  test("one of a network line cannot be looked for, and is never sent again", async () => {
    const scene = await openSendScene(place);
    const network = `networkMessageSend(input: { code: "${networkCodes.active}", recipientId: 27, text: "News" }, idempotencyKey: "net")`;
    await scene.act(`networkLineJoin(code: "${networkCodes.active}")`);
    scene.portal.setFaults([{ kind: "resetBefore", method: "imopenlines.network.message.add", times: 1 }]);
    const lost = await scene.act(network);
    expect(outcomeOf(lost)).toEqual(["OUTCOME_UNKNOWN"]);
    expect(lost.errors?.[0]?.message).toMatch(/cannot be looked for.*look yourself/);
    expect(lost.errors?.[0]?.message).not.toMatch(/sent again only when/);
    await scene.passAMinute();
    expect(outcomeOf(await scene.act(network))).toEqual(["OUTCOME_UNKNOWN"]);
    const again = network.replace('"net"', '"another"');
    expect((await scene.act(again)).data.networkMessageSend).toEqual({ userErrors: [] });
    // Once a week for each user: whoever asks with the key gets what came of it, not that refusal.
    expect((await scene.act(again)).data.networkMessageSend).toEqual({ userErrors: [] });
  });
});
