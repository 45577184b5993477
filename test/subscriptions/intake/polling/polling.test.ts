import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PortalUser } from "../../../../simulator/portal.ts";
import { joinChat } from "../../../../simulator/world/members.ts";
import { addFile } from "../../../../simulator/world/messages.ts";
import { setSilent } from "../../../../simulator/world/operator-actions.ts";
import type { Chat } from "../../../../simulator/world/records.ts";
import type { LoggedEvent } from "../../../../src/subscriptions/events/event-log.ts";
import type { StoredEvent } from "../../../../src/subscriptions/events/stored-event.ts";
import {
  createEventPolling,
  type EventPolling,
  type EventPollingOptions,
} from "../../../../src/subscriptions/intake/polling/event-polling.ts";
import { DEFAULT_POLLING_PACE, nextPollMs } from "../../../../src/subscriptions/intake/polling/polling-pace.ts";
import { keepPollingPlace } from "../../../../src/subscriptions/intake/polling/polling-place.ts";
import { startOwnClock } from "../../../kit/own-time.ts";
import { until } from "../../../kit/until.ts";
import { listAt, objectAt, post, valueAt } from "../../../simulator/rest-client.ts";
import { type Office, openOffice, webhook } from "../../office.ts";

const PORTAL = { host: "portal.example", memberId: undefined };
const LOG = "host:portal.example";
const HOUR_MS = 60 * 60 * 1_000;

let office: Office;
let owner: PortalUser;
let pollings: EventPolling[];
let errors: unknown[];
beforeEach(async () => {
  office = await openOffice();
  const [first] = office.operators;
  if (first === undefined) throw new Error("no operator");
  owner = first;
  pollings = [];
  errors = [];
});
afterEach(async () => {
  await Promise.all(pollings.map((polling) => polling.stop()));
  await office.close();
});

function polling(options: Partial<EventPollingOptions> = {}): EventPolling {
  const { log, keyValues, deadLetters } = office.storage();
  const created = createEventPolling({
    portal: PORTAL,
    owner: "user",
    session: (stopping) => office.session(webhook(owner), stopping),
    status: () => office.portals.status(webhook(owner)),
    log,
    keyValues,
    deadLetters,
    exclusive: true,
    onError: (error) => errors.push(error),
    pace: { activeMs: 10, idleMs: 10, quietMs: 1_000, scarceMs: 10 },
    ...options,
  });
  pollings.push(created);
  return created;
}

async function started(options: Partial<EventPollingOptions> = {}): Promise<EventPolling> {
  const created = polling(options);
  created.start();
  await until(() => created.state().kind === "polling");
  return created;
}

async function logged(): Promise<readonly LoggedEvent[]> {
  return office.storage().log.read(LOG, 0, 1_000);
}

/** Events of the log without those of the system, once there are so many. */
async function people(count: number): Promise<Exclude<StoredEvent, { kind: "gap" }>[]> {
  const found = async () =>
    (await logged()).flatMap(({ event }) => {
      if (event.kind === "gap") return [];
      return "message" in event && event.message.isSystem ? [] : [event];
    });
  await until(async () => (await found()).length >= count);
  return found();
}

/** Everything of the queue has been taken over. */
async function caughtUp(of: EventPolling): Promise<void> {
  const since = new Date();
  await until(() => {
    const state = of.state();
    return state.kind === "polling" && state.polledAt > since;
  });
  const again = new Date();
  await until(() => {
    const state = of.state();
    return state.kind === "polling" && state.polledAt > again;
  });
}

const ownChat = (): Chat =>
  office.chat(
    (chat) =>
      chat.members.has(owner.id) &&
      chat.members.has(chat.customerId) &&
      office.portal.world.openSession(chat.id) !== undefined,
  );
const foreignChat = (): Chat => office.chat((chat) => !chat.members.has(owner.id) && !chat.recents.has(owner.id));

function call(method: string, params: unknown = {}) {
  return post(owner.webhookUrl, method, params);
}

describe("polling a webhook owner's queue", () => {
  it("brings what customer and operator write, edit and delete in the owner's dialogs, in order", async () => {
    await started();
    const chat = ownChat();
    const file = addFile(office.portal.world, chat, {
      type: "image",
      name: "parcel.png",
      size: 100,
      image: { height: 10, width: 10 },
      authorId: chat.customerId,
      voiceNote: false,
    });
    const written = office.portal.world.customerWrites(chat.id, "where is my parcel?", [file.id]);
    const externalIds = written.params.CONNECTOR_MID;
    expect(externalIds).toHaveLength(1);
    const answered = await call("im.message.add", { DIALOG_ID: `chat${chat.id}`, MESSAGE: "on its way" });
    office.portal.world.customerEdits(written.id, "where is my letter?");
    office.portal.world.customerDeletes(written.id);
    const [added, answer, edited, deleted] = await people(4);
    const [connectorId, lineId] = chat.userCode.split("|");
    expect(added).toMatchObject({
      kind: "messageAdded",
      direction: "INCOMING",
      address: { connectorId, lineId, chatId: String(chat.id), userId: String(chat.customerId) },
      message: {
        messageId: String(written.id),
        text: "where is my parcel?",
        authorId: String(chat.customerId),
        isSystem: false,
        externalIds,
        files: [expect.objectContaining({ url: null })],
        sentAt: new Date(Math.floor(written.createdAt / 1_000) * 1_000).toISOString(),
      },
    });
    expect(answer).toMatchObject({
      kind: "messageAdded",
      direction: "OUTGOING",
      message: { messageId: String(valueAt(answered.body, "result")), text: "on its way", authorId: String(owner.id) },
    });
    expect(edited).toMatchObject({
      kind: "messageUpdated",
      direction: "INCOMING",
      message: { messageId: String(written.id), text: "where is my letter?" },
    });
    expect(deleted).toMatchObject({ kind: "messageDeleted", direction: "INCOMING", messageId: String(written.id) });
  });

  it("leaves out other people's dialogs, chats of colleagues and what the portal does not deliver", async () => {
    const running = await started();
    office.portal.world.customerWrites(foreignChat().id, "not for you");
    const colleagues = [...office.portal.world.chats.values()].find(
      (chat) => chat.kind === "group" && chat.members.has(owner.id),
    );
    if (colleagues === undefined) throw new Error("the owner is in no group chat");
    await call("im.message.add", { DIALOG_ID: `chat${colleagues.id}`, MESSAGE: "lunch?" });
    await caughtUp(running);
    expect(await logged()).toEqual([]);
  });

  it("does not tell a hidden or a system message as one that went to the customer", async () => {
    await started();
    const chat = ownChat();
    setSilent(office.portal.world, chat, owner.id, true);
    await call("im.message.add", { DIALOG_ID: `chat${chat.id}`, MESSAGE: "between us" });
    const [hidden] = await people(1);
    expect(hidden).toMatchObject({ direction: "UNKNOWN", message: { text: "between us", isSystem: false } });
    const system = (await logged())
      .map(({ event }) => event)
      .find((event) => "message" in event && event.message.isSystem);
    expect(system).toMatchObject({ direction: "UNKNOWN", message: { authorId: null } });
  });

  it("tells whoever learns from events, once for each", async () => {
    const told: StoredEvent[] = [];
    await started({ appended: (portal, event) => portal === LOG && told.push(event) });
    office.portal.world.customerWrites(ownChat().id, "hello");
    await until(() => told.length > 0);
    expect(told).toEqual((await logged()).map(({ event }) => event));
  });

  it("takes a long queue over page by page, without a pause", async () => {
    await call("im.v2.Event.subscribe");
    const chat = ownChat();
    for (let count = 0; count < 250; count++) office.portal.world.customerWrites(chat.id, `message ${count}`);
    await started({ pace: { activeMs: 3_600_000, idleMs: 3_600_000 } });
    const events = await people(250);
    expect(events.map((event) => ("message" in event ? event.message.text : null))).toEqual(
      Array.from({ length: 250 }, (_, count) => `message ${count}`),
    );
  });
});

describe("what breaks off in between", () => {
  it("confirms nothing that the log could not keep, and brings it once when the storage is back", async () => {
    const first = await started();
    await office.storage().close();
    office.portal.world.customerWrites(ownChat().id, "while the disk was away");
    await until(() => first.state().kind === "failing");
    expect(first.state()).toMatchObject({ mayPass: true });
    await first.stop();
    expect(listAt((await call("im.v2.Event.get")).body, "result", "events").length).toBeGreaterThan(0);
    await office.reopenStorage();
    const second = await started();
    const [event] = await people(1);
    expect(event).toMatchObject({ message: { text: "while the disk was away" } });
    await caughtUp(second);
    expect(await people(1)).toHaveLength(1);
    expect(listAt((await call("im.v2.Event.get")).body, "result", "events")).toEqual([]);
  });

  it("doubles nothing when it was killed after the append and before it noted where it was", async () => {
    // Paused for long after its first page: what the log has is not confirmed to the portal yet.
    await call("im.v2.Event.subscribe");
    office.portal.world.customerWrites(ownChat().id, "once");
    const first = await started({ pace: { activeMs: 3_600_000, idleMs: 3_600_000 } });
    const before = await people(1);
    await first.stop();
    const unconfirmed = listAt((await call("im.v2.Event.get")).body, "result", "events");
    expect(unconfirmed.length).toBeGreaterThan(0);
    for (const { key } of await office.storage().keyValues.list("event-polling")) {
      await office.storage().keyValues.delete("event-polling", key);
    }
    const told: StoredEvent[] = [];
    const second = await started({ appended: (_, event) => told.push(event) });
    await caughtUp(second);
    expect(await people(1)).toEqual(before);
    expect(told).toEqual([]);
  });

  it("goes on where it stopped, with what happened meanwhile", async () => {
    const first = await started();
    const chat = ownChat();
    office.portal.world.customerWrites(chat.id, "before");
    await people(1);
    await first.stop();
    expect(first.state()).toEqual({ kind: "stopped" });
    office.portal.world.customerWrites(chat.id, "meanwhile");
    await started();
    expect((await people(2)).map((event) => ("message" in event ? event.message.text : null))).toEqual([
      "before",
      "meanwhile",
    ]);
  });

  it("says a gap when nobody polled for longer than the portal keeps events", async () => {
    const { keyValues } = office.storage();
    const polledAt = new Date(Date.now() - 30 * HOUR_MS);
    await keepPollingPlace(keyValues, "event-polling", JSON.stringify([LOG, "user"]), { offset: 1, polledAt });
    const running = await started();
    await caughtUp(running);
    const events = (await logged()).map(({ event }) => event);
    expect(events).toEqual([{ kind: "gap", since: polledAt.toISOString(), until: expect.any(String) }]);
    const [gap] = events;
    const until = gap?.kind === "gap" ? Date.parse(gap.until) : Number.NaN;
    expect(Date.now() - until).toBeGreaterThanOrEqual(24 * HOUR_MS);
    expect(Date.now() - until).toBeLessThan(25 * HOUR_MS);
  });

  it("keeps an event of an unknown shape raw, and goes on after it", async () => {
    const strange = {
      eventId: 900_000,
      type: "ONIMV2MESSAGEADD",
      date: "2026-01-15T10:30:00+02:00",
      data: { chat: 5 },
    };
    const page = { events: [strange], nextOffset: 900_001, hasMore: false };
    office.portal.setFaults([{ kind: "result", method: "im.v2.Event.get", result: page, times: 1 }]);
    const running = await started();
    await caughtUp(running);
    const letters = await office.storage().deadLetters.list(LOG);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ event: "ONIMV2MESSAGEADD" });
    expect(JSON.parse(letters[0]?.body ?? "")).toEqual({ ...strange, eventId: String(strange.eventId) });
    expect(errors).toEqual([]);
  });
});

describe("what the portal answers oddly", () => {
  const readable = (eventId: number) => ({
    eventId,
    type: "ONIMV2MESSAGEADD",
    date: "2026-01-15T10:30:00+02:00",
    data: { chat: 5 },
  });

  it.each([
    ["without an id", { ...readable(900_000), eventId: null }],
    ["with a word for an id", { ...readable(900_000), eventId: "soon" }],
    ["without a sort", { ...readable(900_000), type: false }],
    ["that is no record", "x"],
  ])("sets a record aside %s, and goes on behind it", async (_what, broken) => {
    const page = { events: [broken, readable(900_001)], nextOffset: "odd", hasMore: {} };
    office.portal.setFaults([{ kind: "result", method: "im.v2.Event.get", result: page, times: 1 }]);
    const running = await started();
    await caughtUp(running);
    const letters = await office.storage().deadLetters.list(LOG);
    expect(letters.map(({ body }) => JSON.parse(body))).toEqual([broken, { ...readable(900_001), eventId: "900001" }]);
    const [place] = await office.storage().keyValues.list("event-polling");
    expect(JSON.parse(place?.value ?? "")).toMatchObject({ offset: 900_002 });
    expect(errors).toEqual([]);
  });

  it("sets records aside once that the portal sends again and again, because it names no place behind them", async () => {
    const page = { events: ["x", { ...readable(1), eventId: null }, "x"], hasMore: false };
    office.portal.setFaults([{ kind: "result", method: "im.v2.Event.get", result: page, times: 4 }]);
    await started();
    office.portal.world.customerWrites(ownChat().id, "behind them");
    await people(1);
    const letters = await office.storage().deadLetters.list(LOG);
    expect(letters.map(({ body }) => JSON.parse(body))).toEqual(["x", page.events[1]]);
  });

  it("tells neither a direction nor an author that it cannot read", async () => {
    const chat = { id: 5, entityType: "LINES", entityId: "livechat|3|17|9" };
    const message = { id: 7, authorId: 31, text: "Good morning", date: "2026-01-15T10:30:00+02:00" };
    const event = (eventId: number, user: unknown, authorId: unknown = 31) => ({
      ...readable(eventId),
      data: { chat, message: { ...message, authorId }, user },
    });
    const events = [event(900_001, { id: 31, connector: "maybe" }), event(900_002, { id: 31, connector: true }, {})];
    const page = { events, nextOffset: 900_003, hasMore: false };
    office.portal.setFaults([{ kind: "result", method: "im.v2.Event.get", result: page, times: 1 }]);
    const running = await started();
    await caughtUp(running);
    expect((await logged()).map(({ event: each }) => each)).toMatchObject([
      { direction: "UNKNOWN", message: { authorId: "31", isSystem: false, text: "Good morning" } },
      { direction: "UNKNOWN", message: { authorId: null, isSystem: false } },
    ]);
  });

  it("asks again soon after an answer that is none, and loses nothing", async () => {
    const running = await started();
    office.portal.setFaults([{ kind: "result", method: "im.v2.Event.get", result: false, times: 1 }]);
    office.portal.world.customerWrites(ownChat().id, "in the meantime");
    await until(() => errors.length > 0);
    const state = running.state();
    if (state.kind === "failing") expect(state).toMatchObject({ mayPass: true });
    const [event] = await people(1);
    expect(event).toMatchObject({ message: { text: "in the meantime" } });
    expect((await logged()).filter(({ event: each }) => each.kind === "gap")).toEqual([]);
  });

  it("goes on behind a record that cannot be read whatever is asked with it, and says the gap", async () => {
    const chat = ownChat();
    const { world } = office.portal;
    const running = await started({ firstRetryMs: 10 });
    world.customerWrites(chat.id, "before");
    await people(1);
    await running.stop();
    world.customerWrites(chat.id, "unreadable");
    world.customerWrites(chat.id, "behind");
    office.portal.setFaults([{ kind: "result", method: "im.v2.Event.get", result: false, times: 6 }]);
    running.start();
    expect(await people(2)).toMatchObject([{ message: { text: "before" } }, { message: { text: "behind" } }]);
    expect((await logged()).map(({ event }) => event.kind)).toEqual(["messageAdded", "gap", "messageAdded"]);
  });

  it("brings what comes after it looked behind a record that cannot be read farther than the numbering goes", async () => {
    const chat = ownChat();
    const { world } = office.portal;
    const running = await started({ firstRetryMs: 1 });
    world.customerWrites(chat.id, "before");
    await people(1);
    await running.stop();
    world.customerWrites(chat.id, "unreadable");
    office.portal.setFaults([{ kind: "result", method: "im.v2.Event.get", result: false, times: 10 }]);
    running.start();
    await until(() => errors.length === 10 && running.state().kind === "polling");
    world.customerWrites(chat.id, "afterwards");
    expect(await people(2)).toMatchObject([{ message: { text: "before" } }, { message: { text: "afterwards" } }]);
    const gaps = (await logged()).flatMap(({ event }) => (event.kind === "gap" ? [event] : []));
    expect(gaps.length).toBeGreaterThan(0);
    // Each goes on where the one before ended.
    expect(gaps.slice(1).map(({ since }) => since)).toEqual(gaps.slice(0, -1).map((gap) => gap.until));
  });

  it("passes nothing of a portal that speaks badly whatever it is asked", async () => {
    const { world } = office.portal;
    await started({ firstRetryMs: 10 });
    world.customerWrites(ownChat().id, "before");
    await people(1);
    office.portal.setFaults([{ kind: "result", result: "x" }]);
    world.customerWrites(ownChat().id, "kept");
    await until(() => errors.length >= 8);
    office.portal.setFaults([]);
    expect((await people(2))[1]).toMatchObject({ message: { text: "kept" } });
    expect((await logged()).filter(({ event }) => event.kind === "gap")).toHaveLength(0);
  });

  it("gives a portal a rest that answers so again and again", async () => {
    office.portal.setFaults([{ kind: "result", method: "im.v2.Event.get", result: false }]);
    const running = polling({ firstRetryMs: 10 });
    running.start();
    await until(() => errors.length >= 5);
    expect(running.state()).toMatchObject({ kind: "failing", mayPass: false });
  });
});

describe("when it cannot poll", () => {
  it("shows a portal that is away as passing, and heals by itself", async () => {
    office.portal.setFaults([{ kind: "error", error: "INTERNAL_SERVER_ERROR", status: 500 }]);
    const running = polling();
    running.start();
    await until(() => running.state().kind === "failing");
    expect(running.state()).toMatchObject({ mayPass: true });
    office.portal.setFaults([]);
    await until(() => running.state().kind === "polling");
    office.portal.world.customerWrites(ownChat().id, "back again");
    await people(1);
  });

  it("shows a webhook without the scope as something to be done, and gives the portal a rest", async () => {
    const url = office.portal.createWebhook(owner.id, ["imopenlines"]);
    const running = polling({ session: (stopping) => office.session({ kind: "webhook", url }, stopping) });
    running.start();
    await until(() => running.state().kind === "failing");
    const state = running.state();
    expect(state).toMatchObject({ mayPass: false });
    expect(state.kind === "failing" && state.message).toMatch(/insufficient_scope/i);
    expect(state.kind === "failing" && state.retryAt.getTime() - Date.now()).toBeGreaterThan(60_000);
    expect(JSON.stringify(state)).not.toContain(url);
  });

  it("stops at once while the portal does not answer", async () => {
    office.portal.setFaults([{ kind: "hang", method: "im.v2.Event.get" }]);
    const running = polling({
      session: (stopping) => {
        return office.session(webhook(owner), stopping);
      },
    });
    running.start();
    await until(() => office.portal.stats().requests > 1);
    const since = startOwnClock();
    await running.stop();
    expect(since()).toBeLessThan(2_000);
    expect(errors).toEqual([]);
  });
});

describe("several gateways", () => {
  it("lets one poll; another takes over when it stops, and nothing is doubled or lost", async () => {
    const shared = { exclusive: false, leaseMs: 400 };
    const first = await started(shared);
    const second = polling(shared);
    second.start();
    await until(() => second.state().kind === "standby");
    const chat = ownChat();
    office.portal.world.customerWrites(chat.id, "to the first");
    await people(1);
    expect(second.state().kind).toBe("standby");
    await first.stop();
    await until(() => second.state().kind === "polling");
    office.portal.world.customerWrites(chat.id, "to the second");
    await people(2);
    await caughtUp(second);
    expect(await people(2)).toHaveLength(2);
  });

  it("takes over from one that died without giving its place back", async () => {
    const { keyValues } = office.storage();
    const dead = JSON.stringify([LOG, "user"]);
    await keyValues.set("event-polling", `lease ${dead}`, "a process that is gone", { ttlMs: 300 });
    const second = polling({ exclusive: false, leaseMs: 200 });
    second.start();
    await until(() => second.state().kind === "standby");
    await until(() => second.state().kind === "polling");
  });
});

describe("the pace", () => {
  const anyLevel = fc.double({ min: 0, max: 60, noNaN: true });
  const anySilence = fc.double({ min: 0, max: 10_000_000, noNaN: true });

  it("never asks faster than the active pace, and never lets more than the scarce pace pass, unless there is more to fetch", () => {
    const { activeMs, scarceMs } = DEFAULT_POLLING_PACE;
    fc.assert(
      fc.property(anySilence, anyLevel, (msSinceEvent, level) => {
        const next = nextPollMs(DEFAULT_POLLING_PACE, { msSinceEvent, hasMore: false }, { level, capacity: 50 });
        expect(next).toBeGreaterThanOrEqual(activeMs);
        expect(next).toBeLessThanOrEqual(scarceMs);
      }),
    );
  });

  it("asks less often the longer nothing comes and the scarcer the allowance is", () => {
    fc.assert(
      fc.property(anySilence, anySilence, anyLevel, anyLevel, (silence, otherSilence, level, otherLevel) => {
        const at = (msSinceEvent: number, of: number): number =>
          nextPollMs(DEFAULT_POLLING_PACE, { msSinceEvent, hasMore: false }, { level: of, capacity: 50 });
        const calm = at(Math.min(silence, otherSilence), Math.min(level, otherLevel));
        expect(at(Math.max(silence, otherSilence), Math.max(level, otherLevel))).toBeGreaterThanOrEqual(calm - 1e-6);
      }),
    );
  });

  it("fetches what is left at once while the allowance bears it", () => {
    const more = { msSinceEvent: 0, hasMore: true };
    expect(nextPollMs(DEFAULT_POLLING_PACE, more, { level: 0, capacity: 50 })).toBe(0);
    expect(nextPollMs(DEFAULT_POLLING_PACE, more, { level: 0, capacity: null })).toBe(0);
    expect(nextPollMs(DEFAULT_POLLING_PACE, more, { level: 49, capacity: 50 })).toBe(DEFAULT_POLLING_PACE.scarceMs);
  });
});

describe("the simulated portal's queue", () => {
  it("records from the subscription on, pages, confirms by offset and stops recording without it", async () => {
    const chat = ownChat();
    const { world } = office.portal;
    world.customerWrites(chat.id, "before");
    expect(valueAt((await call("im.v2.Event.subscribe")).body, "result")).toBe(true);
    for (const text of ["one", "two", "three"]) world.customerWrites(chat.id, text);
    const first = objectAt((await call("im.v2.Event.get", { limit: 2 })).body, "result");
    expect(listAt(first, "events").map((event) => valueAt(event, "data", "message", "text"))).toEqual(["one", "two"]);
    expect(first.hasMore).toBe(true);
    expect(objectAt(first, "events", 0)).toMatchObject({
      eventId: expect.any(Number),
      type: "ONIMV2MESSAGEADD",
      date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/),
      data: {
        message: { chatId: chat.id, authorId: chat.customerId, isSystem: false, forward: null },
        chat: { id: chat.id, dialogId: `chat${chat.id}`, entityType: "LINES", entityId: chat.userCode },
        user: { id: chat.customerId, connector: true, lastActivityDate: false },
        language: "en",
      },
    });
    const second = objectAt((await call("im.v2.Event.get", { offset: first.nextOffset, limit: 2 })).body, "result");
    expect(listAt(second, "events").map((event) => valueAt(event, "data", "message", "text"))).toEqual(["three"]);
    expect(second.hasMore).toBe(false);
    expect(valueAt((await call("im.v2.Event.unsubscribe")).body, "result")).toBe(true);
    world.customerWrites(chat.id, "unheard");
    const rest = objectAt((await call("im.v2.Event.get", {})).body, "result");
    expect(listAt(rest, "events").map((event) => valueAt(event, "data", "message", "text"))).toEqual(["three"]);
    const none = objectAt((await call("im.v2.Event.get", { offset: second.nextOffset })).body, "result");
    expect(none).toEqual({ events: [], nextOffset: second.nextOffset, hasMore: false });
  });

  it("tells members who joins, and drops what nobody confirmed for a day", async () => {
    const { world } = office.portal;
    const chat = ownChat();
    const newcomer = office.operators.find((user) => !chat.members.has(user.id));
    if (newcomer === undefined) throw new Error("everybody is in the chat");
    await call("im.v2.Event.subscribe");
    joinChat(world, chat, [newcomer.id]);
    const events = listAt((await call("im.v2.Event.get")).body, "result", "events");
    expect(events).toMatchObject([
      {
        type: "ONIMV2JOINCHAT",
        data: { dialogId: `chat${chat.id}`, chat: { id: chat.id }, user: { id: newcomer.id } },
      },
    ]);
    world.setClock(() => Date.now() + 25 * HOUR_MS);
    expect(listAt((await call("im.v2.Event.get")).body, "result", "events")).toEqual([]);
  });
});
