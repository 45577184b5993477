import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { seedWorld } from "../../simulator/seed/seed.ts";
import { staffWrites } from "../../simulator/world/conversation.ts";
import type { Happening } from "../../simulator/world/happenings.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { finishSession } from "../../simulator/world/sessions.ts";
import type { World } from "../../simulator/world/world.ts";

let world: World;
let heard: Happening[];
let stop: () => void;

beforeEach(() => {
  world = seedWorld({ seed: 2, size: 0.1, now: Date.UTC(2026, 4, 20) });
  heard = [];
  stop = world.onHappening((happening) => heard.push(happening));
});
afterEach(() => stop());

function chatWith(status: number | undefined): Chat {
  const found = [...world.chats.values()].find(
    (chat) => chat.kind === "lines" && chat.silent !== "Y" && world.openSession(chat.id)?.status === status,
  );
  if (!found) throw new Error(`No chat with status ${status}`);
  return found;
}

describe("what happens in the world is told in order", () => {
  test("a new session before its messages, the customer's message as incoming", () => {
    const chat = chatWith(undefined);
    const message = world.customerWrites(chat.id, "Hello");
    const told = heard.filter((happening) => happening.kind === "sessionStarted" || happening.kind === "messageAdded");
    const sessionId = world.openSession(chat.id)?.id;
    expect(told).toEqual([
      { kind: "sessionStarted", chatId: chat.id, sessionId },
      { kind: "messageAdded", chatId: chat.id, sessionId, messageId: expect.any(Number), direction: "system" },
      { kind: "messageAdded", chatId: chat.id, sessionId, messageId: message.id, direction: "incoming" },
    ]);
  });

  test("an operator's message as outgoing, with the session it belongs to", () => {
    const chat = chatWith(40);
    const message = staffWrites(world, chat, { authorId: chat.ownerId, text: "Hello" });
    expect(heard).toContainEqual({
      kind: "messageAdded",
      chatId: chat.id,
      sessionId: chat.data.sessionId,
      messageId: message.id,
      direction: "outgoing",
    });
  });

  test("corrections and withdrawals, the latter with the ids of the channel", () => {
    const chat = chatWith(40);
    const message = world.customerWrites(chat.id, "Helo");
    const externalIds = message.params.CONNECTOR_MID;
    world.customerEdits(message.id, "Hello");
    world.customerDeletes(message.id);
    const base = { chatId: chat.id, messageId: message.id, direction: "incoming" };
    expect(heard.slice(-2)).toEqual([
      { kind: "messageUpdated", ...base },
      { kind: "messageDeleted", ...base, externalIds },
    ]);
    expect(externalIds).toEqual([expect.any(String)]);
  });

  test("the end of a session once, when it really closes", () => {
    const chat = chatWith(40);
    const session = world.session(chat.data.sessionId);
    finishSession(world, chat, session, "manual");
    if (!session.closed) finishSession(world, chat, session, "manual");
    expect(heard.filter((happening) => happening.kind === "sessionFinished")).toEqual([
      { kind: "sessionFinished", chatId: chat.id, sessionId: session.id, status: 60 },
    ]);
    expect(session.endId).toBe(chat.messages.at(-1)?.id);
  });

  test("nothing any more to a listener that stopped", () => {
    stop();
    world.customerWrites(chatWith(40).id, "Hello");
    expect(heard).toEqual([]);
  });
});
