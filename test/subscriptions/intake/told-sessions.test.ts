import { describe, expect, it, onTestFinished } from "vitest";
import type { StoredEvent } from "../../../src/subscriptions/events/stored-event.ts";
import { createToldSessions, type ToldSessions } from "../../../src/subscriptions/intake/told-sessions.ts";
import { adapters } from "../../storage/adapters.ts";

const minutes = 60_000;
const begin = Date.now() - 60 * minutes;

function session(kind: "sessionStarted" | "sessionFinished", at: number, sessionId: string | null = null): StoredEvent {
  return { kind, address: addressOf("17"), dispatchedAt: new Date(begin + at).toISOString(), sessionId };
}

function change(source: string, changed: string[] = [], at = Date.now()): StoredEvent {
  const dispatchedAt = new Date(at).toISOString();
  return { kind: "chatChanged", address: addressOf("17"), dispatchedAt, source, changed, formerUserIds: [] };
}

function addressOf(chatId: string): StoredEvent extends infer E ? (E extends { address: infer A } ? A : never) : never {
  return { connectorId: "telegrambot", lineId: "1", chatId, externalChatId: null, namedChatId: null, userId: null };
}

async function openTold(): Promise<ToldSessions & { kinds(): Promise<string[]> }> {
  const [adapter] = adapters;
  if (adapter === undefined) throw new Error("no storage");
  const place = await adapter.makePlace();
  const storage = await place.open();
  onTestFinished(async () => {
    await storage.close();
    await place.remove();
  });
  return {
    ...createToldSessions(storage.keyValues, storage.log),
    kinds: async () => (await storage.log.read("portal", 0, 100)).map(({ event }) => event.kind),
  };
}

describe("the same fact from two sources is one event", () => {
  it.each([["event", "activity"] as const, ["activity", "event"] as const])(
    "whichever comes first: %s, then %s",
    async (first, second) => {
      const told = await openTold();
      const id = { event: null, activity: "4711" };
      await told.append("portal", [session("sessionStarted", 0, id[first])], first);
      await told.append("portal", [session("sessionStarted", 2_000, id[second])], second);
      await told.append("portal", [session("sessionFinished", 5 * minutes, id[first])], first);
      await told.append("portal", [session("sessionFinished", 5 * minutes + 3_000, id[second])], second);
      expect(await told.kinds()).toEqual(["sessionStarted", "sessionFinished"]);
    },
  );

  it("also where the CRM comes to know of a session long after it began", async () => {
    const told = await openTold();
    await told.append("portal", [session("sessionStarted", 0)], "event");
    expect(await told.append("portal", [session("sessionStarted", 30 * minutes, "4711")], "activity")).toMatchObject({
      duplicate: true,
    });
  });

  it("but the next session of the chat is another fact, for both", async () => {
    const told = await openTold();
    for (const at of [0, 10 * minutes]) {
      const id = at === 0 ? "4711" : "4712";
      await told.append("portal", [session("sessionStarted", at)], "event");
      await told.append("portal", [session("sessionStarted", at + 1_000, id)], "activity");
      await told.append("portal", [session("sessionFinished", at + 5 * minutes)], "event");
      await told.append("portal", [session("sessionFinished", at + 5 * minutes, id)], "activity");
    }
    expect(await told.kinds()).toEqual(["sessionStarted", "sessionFinished", "sessionStarted", "sessionFinished"]);
  });

  it("a start that comes late is not told again after the end", async () => {
    const told = await openTold();
    await told.append(
      "portal",
      [session("sessionStarted", 0, "4711"), session("sessionFinished", 9_000, "4711")],
      "activity",
    );
    await told.append("portal", [session("sessionStarted", 1_000)], "event");
    expect(await told.kinds()).toEqual(["sessionStarted", "sessionFinished"]);
  });
});

describe("what an action of this gateway changed", () => {
  it("is not told again by the session's entry, where the action changes that", async () => {
    const told = await openTold();
    await told.notice("portal", change("TRANSFER"));
    const again = await told.append("portal", [change("PORTAL", ["OPERATOR"])], "activity");
    expect(again.duplicate).toBe(true);
    const end = [session("sessionFinished", 0, "4711"), change("PORTAL", ["STATE"])];
    expect(await told.append("portal", end, "activity")).toMatchObject({ duplicate: false });
    expect(await told.kinds()).toEqual(["sessionFinished", "chatChanged"]);
  });

  it("does not hide what changed later, nor what entries themselves told", async () => {
    const told = await openTold();
    await told.notice("portal", change("ANSWER"));
    const first = change("PORTAL", ["OPERATOR"], Date.now() + 10_000);
    await told.append("portal", [first], "activity");
    await told.notice("portal", first);
    await told.append("portal", [change("PORTAL", ["OPERATOR"], Date.now() + 10_001)], "activity");
    expect(await told.kinds()).toEqual(["chatChanged", "chatChanged"]);
  });

  it("nor does the pin of a dialog hide anything", async () => {
    const told = await openTold();
    await told.notice("portal", change("PIN"));
    await told.append("portal", [change("PORTAL", [])], "activity");
    await told.append("portal", [change("PORTAL", ["STATE"])], "activity");
    expect(await told.kinds()).toEqual(["chatChanged", "chatChanged"]);
  });
});
