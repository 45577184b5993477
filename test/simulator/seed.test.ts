import { describe, expect, test } from "vitest";
import { customerActs } from "../../simulator/activity.ts";
import { entityData1 } from "../../simulator/methods/wire-chat.ts";
import { startPortal } from "../../simulator/portal.ts";
import { createRandom } from "../../simulator/random.ts";
import { seedWorld } from "../../simulator/seed/seed.ts";
import type { Chat } from "../../simulator/world/records.ts";
import type { World } from "../../simulator/world/world.ts";
import { actAs, objectAt } from "./rest-client.ts";

const now = Date.UTC(2026, 4, 20, 9, 30);
const full = seedWorld({ seed: 1, size: 1, now });
const lineChats = (world: World): Chat[] => [...world.chats.values()].filter((chat) => chat.kind === "lines");

describe("the seeded world", () => {
  test("is the same for the same seed and end, and another for another seed", () => {
    const dump = (seed: number) => JSON.stringify(seedWorld({ seed, size: 0.1, now }).dump());
    expect(dump(7)).toBe(dump(7));
    expect(dump(8)).not.toBe(dump(7));
  });

  test("has the promised size", () => {
    const people = [...full.users.values()];
    expect(full.lines.all()).toHaveLength(6);
    expect(people.filter((user) => user.kind === "staff" && user.active)).toHaveLength(13);
    expect(people.filter((user) => user.kind === "customer")).toHaveLength(300);
    expect(lineChats(full)).toHaveLength(400);
    const tenth = seedWorld({ seed: 1, size: 0.1, now });
    expect(lineChats(tenth)).toHaveLength(40);
    expect(tenth.lines.all()).toHaveLength(6);
  });

  test("has sessions in every status, chats with several and chats without an open one", () => {
    const statuses = new Set([...full.sessions.values()].map((session) => session.status));
    expect([...statuses].sort((a, b) => a - b)).toEqual([0, 5, 10, 20, 25, 40, 50, 60, 65, 69]);
    const counts = lineChats(full).map((chat) => full.sessionsByChat.get(chat.id)?.length ?? 0);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(4);
    expect(lineChats(full).filter((chat) => full.openSession(chat.id) === undefined).length).toBeGreaterThan(40);
  });

  test("has one session of about 5,000 messages", () => {
    const longest = lineChats(full).sort((a, b) => b.messages.length - a.messages.length)[0];
    const session = longest ? full.openSession(longest.id) : undefined;
    const messages = longest?.messages.filter((message) => message.id >= (session?.startId ?? 0)) ?? [];
    expect(messages.length).toBeGreaterThan(4_990);
  });

  test("gives every operator dialogs of all three kinds", () => {
    for (const user of full.users.values()) {
      if (user.kind !== "staff" || user.admin || !user.active) continue;
      const shown = lineChats(full).filter((chat) => chat.recents.has(user.id));
      const statusOf = (chat: Chat): number => full.openSession(chat.id)?.status ?? -1;
      expect(shown.some((chat) => statusOf(chat) < 10)).toBe(true);
      expect(shown.some((chat) => chat.ownerId === user.id && statusOf(chat) >= 10 && statusOf(chat) < 40)).toBe(true);
      expect(shown.some((chat) => chat.ownerId === user.id && statusOf(chat) === 40)).toBe(true);
    }
  });

  test("has ids beyond 32 bits that JSON numbers still hold", () => {
    const beyond = (ids: Iterable<number>) => [...ids].filter((id) => id > 2 ** 31);
    for (const ids of [full.messages.keys(), full.chats.keys(), full.users.keys()]) {
      const found = beyond(ids);
      expect(found.length).toBeGreaterThan(10);
      expect(found.every(Number.isSafeInteger)).toBe(true);
    }
    const overlap = [...full.chats.keys()].filter((id) => full.users.get(id)?.kind === "staff");
    expect(overlap).toEqual([]);
  });

  test("has the oddities of real portals", () => {
    const chats = lineChats(full);
    expect(chats.some((chat) => entityData1(chat).split("|").length === 6)).toBe(true);
    expect(chats.some((chat) => chat.userCode.split("|").length > 4)).toBe(true);
    expect(new Set(chats.map((chat) => chat.connectorId))).toEqual(
      new Set(["livechat", "telegrambot", "whatsappbytwilio", "network", "facebook", "myconnector"]),
    );
    expect(new Set(chats.flatMap((chat) => chat.crm.links.map((link) => link.type)))).toEqual(
      new Set(["LEAD", "DEAL", "CONTACT", "COMPANY"]),
    );
    expect(chats.some((chat) => chat.data.pause)).toBe(true);
    expect(chats.some((chat) => chat.silent === "Y")).toBe(true);
    expect(chats.some((chat) => full.users.get(chat.ownerId)?.kind === "bot")).toBe(true);
    expect([...full.users.values()].some((user) => user.avatar.startsWith("/"))).toBe(true);
  });

  test("speaks many languages and sends files of several kinds", () => {
    const texts = [...full.messages.values()].map((message) => message.text).join("\n");
    for (const script of [
      /[а-я]/i,
      /[\u4e00-\u9fff]/,
      /[\u0600-\u06ff]/,
      /[\u0900-\u097f]/,
      /[\u3040-\u30ff]/,
      /\p{Emoji_Presentation}/u,
    ]) {
      expect(texts).toMatch(script);
    }
    expect(new Set([...full.files.values()].map((file) => file.type))).toEqual(
      new Set(["image", "audio", "video", "file"]),
    );
  });

  test("has messages that were liked, answered, edited, deleted, formatted and given blocks", () => {
    for (const world of [full, seedWorld({ seed: 1, size: 0.1, now })]) {
      const messages = lineChats(world).flatMap((chat) => chat.messages);
      for (const key of ["LIKE", "REPLY_ID", "IS_EDITED", "IS_DELETED", "ATTACH"]) {
        expect(messages.filter(({ params }) => params[key] !== undefined).length, key).toBeGreaterThan(0);
      }
      for (const { chatId, params } of messages) {
        if (typeof params.REPLY_ID === "number") expect(world.message(params.REPLY_ID).chatId).toBe(chatId);
      }
      expect(messages.some(({ text }) => text.includes("[url="))).toBe(true);
    }
  });

  test("is consistent: messages rise with time, sessions cover them, members know the chat", () => {
    for (const chat of lineChats(full)) {
      const ids = chat.messages.map((message) => message.id);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      const sessions = full.sessionsByChat.get(chat.id) ?? [];
      expect(sessions.every((session) => session.closed === session.endId > 0)).toBe(true);
      expect(chat.data.sessionId).toBe(full.openSession(chat.id)?.id ?? 0);
      if (chat.ownerId > 0) expect(chat.members.has(chat.ownerId)).toBe(true);
      expect(chat.messages.every((message) => message.createdAt <= now)).toBe(true);
    }
  });
});

describe("a run", () => {
  test("has its own secrets and member id", async () => {
    const [one, two] = await Promise.all([startPortal({ size: 0.05 }), startPortal({ size: 0.05 })]);
    try {
      expect(one.memberId).toMatch(/^[0-9a-f]{32}$/);
      expect(one.memberId).not.toBe(two.memberId);
      expect(one.users[0]?.webhookUrl.split("/")[5]).not.toBe(two.users[0]?.webhookUrl.split("/")[5]);
      expect(one.users.map(({ id, name, role, lines }) => ({ id, name, role, lines }))).toEqual(
        two.users.map(({ id, name, role, lines }) => ({ id, name, role, lines })),
      );
      expect(one.users[0]).toMatchObject({ id: 1, role: "supervisor" });
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });
});

describe("customers on their own", () => {
  test("write, correct and withdraw messages and open new sessions", () => {
    const world = seedWorld({ seed: 3, size: 0.1, now });
    const kinds = new Map<string, number>();
    world.onHappening(({ kind }) => kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
    const random = createRandom(5);
    for (let index = 0; index < 400; index++) customerActs(world, random);
    for (const kind of ["messageAdded", "messageUpdated", "messageDeleted", "sessionStarted", "sessionChanged"]) {
      expect(kinds.get(kind) ?? 0).toBeGreaterThan(0);
    }
  });

  test("do so in a running portal at the given pace", async () => {
    const portal = await startPortal({ size: 0.05, activityPerMinute: 6_000 });
    try {
      const heard = await new Promise<{ chatId: number }>((resolve) => {
        const stop = portal.world.onHappening((happening) => {
          if (happening.kind !== "messageAdded" || happening.direction !== "incoming") return;
          stop();
          resolve(happening);
        });
      });
      const record = await actAs(portal, 1).result("imopenlines.dialog.get", { CHAT_ID: heard.chatId });
      expect(objectAt(record).id).toBe(heard.chatId);
    } finally {
      await portal.close();
    }
  });
});
