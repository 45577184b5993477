import { expect, test } from "vitest";
import { startPortal } from "../../simulator/portal.ts";
import { seedWorld } from "../../simulator/seed/seed.ts";
import { countTransfers } from "../../simulator/world/transfers.ts";
import { startComputing } from "../kit/own-time.ts";
import { actAs, isObject, listAt, objectAt } from "./rest-client.ts";

const now = Date.UTC(2026, 4, 20, 9, 30);
const day = 24 * 60 * 60 * 1000;

test("every line has closed, rated and transferred sessions in its last month, with times a person can believe", () => {
  const world = seedWorld({ seed: 1, size: 1, now });
  for (const line of world.lines.all()) {
    const recent = [...world.sessions.values()].filter(
      (session) => session.lineId === line.id && session.createdAt > now - 30 * day,
    );
    const closed = recent.filter((session) => session.closed);
    expect(closed.length).toBeGreaterThan(20);
    expect(closed.filter(({ vote }) => vote > 0).length).toBeGreaterThan(10);
    expect(closed.filter(({ voteHead }) => voteHead > 0).length).toBeGreaterThan(5);
    expect(closed.filter((session) => countTransfers(session) > 0).length).toBeGreaterThan(3);
    expect(new Set(closed.map(({ closeReason }) => closeReason)).size).toBeGreaterThanOrEqual(3);
    expect(new Set(closed.map(({ createdAt }) => Math.floor(createdAt / day))).size).toBeGreaterThan(10);
  }
  for (const session of world.sessions.values()) {
    const times = [session.createdAt, session.firstAnswerAt, session.closedAt].filter((at) => at !== null);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(session.votedAt ?? session.createdAt).toBeGreaterThanOrEqual(session.createdAt);
    expect(session.closed).toBe(session.closedAt !== null && session.closeReason !== null);
  }
});

test("many more can be asked for, are seeded within seconds, and read like any other", async () => {
  const computed = startComputing();
  const portal = await startPortal({ size: 0.2, pastSessions: 50_000, plan: "on-premise" });
  try {
    expect(computed()).toBeLessThan(20_000);
    expect(portal.world.sessions.size).toBeGreaterThan(50_000);
    const period = { dateCreateFrom: isoDaysAgo(400), dateCreateTo: isoDaysAgo(390), limit: 200 };
    const list = listAt(await actAs(portal, 1).result("imopenlines.v2.Session.list", period), "sessions").filter(
      isObject,
    );
    expect(list).toHaveLength(200);
    const row = list.find((candidate) => candidate.status === "closed" && Number(candidate.messageCount) === 3);
    const history = await actAs(portal, 1).result("imopenlines.session.history.get", { SESSION_ID: row?.id });
    expect(Object.keys(objectAt(history, "message"))).toHaveLength(3);
    const chat = portal.world.chat(Number(row?.chatId));
    const ids = chat.messages.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  } finally {
    await portal.close();
  }
});

test("the same number gives the same past", () => {
  const dump = (): string => JSON.stringify(seedWorld({ seed: 2, size: 0.05, now, pastSessions: 300 }).dump());
  expect(dump()).toBe(dump());
});

function isoDaysAgo(days: number): string {
  return new Date(Date.now() - days * day).toISOString();
}
