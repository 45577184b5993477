import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { PortalUser } from "../../../simulator/portal.ts";
import type { Chat } from "../../../simulator/world/records.ts";
import { PortalRateLimited } from "../../../src/datasources/bitrix24/errors.ts";
import { StorageUnavailable } from "../../../src/storage/storage-unavailable.ts";
import type { StoredChatChanged } from "../../../src/subscriptions/events/stored-event.ts";
import { createDialogLists, type DialogLists, type ListUrgency } from "../../../src/subscriptions/live/dialog-lists.ts";
import { createFoundChanges } from "../../../src/subscriptions/live/found-changes.ts";
import type { LiveViewer } from "../../../src/subscriptions/live/live-viewer.ts";
import { createWatchers, type Watchers, type WatchersOptions } from "../../../src/subscriptions/live/watchers.ts";
import { until } from "../../kit/until.ts";
import { type Office, openOffice, webhook } from "../office.ts";

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());
beforeEach(() => {
  office.portal.setFaults([]);
  office.portal.resetStats();
});

const portal = { host: "portal.example", memberId: "portal" };

interface Watching {
  readonly watchers: Watchers;
  readonly lists: DialogLists;
  readonly found: StoredChatChanged[];
  /** An event of the portal came about the chat. */
  tell(chat: Chat): void;
}

interface WatchingOptions extends Partial<WatchersOptions> {
  /** Whether the live side's share has nothing left for such a look. */
  readonly hasNothingFor?: (urgency: ListUrgency) => boolean;
  /** Told of each credential whose list is asked for, in order. */
  readonly asked?: (credentialKey: string) => void;
  /** Holds each question back. */
  readonly wait?: () => Promise<void>;
}

function startWatching({ hasNothingFor, asked, wait, ...options }: WatchingOptions = {}): Watching {
  const closing = new AbortController();
  const found: StoredChatChanged[] = [];
  const changes = createFoundChanges({ found: (_portal, change) => void found.push(change), graceMs: 1 });
  const lists = createDialogLists({
    sessionOf: ({ credentialKey }, urgency) => {
      if (hasNothingFor?.(urgency) === true) throw new PortalRateLimited("the share is used up", 3_600_000);
      const user = office.operators.find(({ id }) => String(id) === credentialKey);
      if (user === undefined) throw new Error("nobody");
      return office.session(webhook(user));
    },
    signal: closing.signal,
    onRead(viewer, { chats }, askedAt) {
      for (const chat of chats.values()) changes.observe(viewer.portal, chat, askedAt);
    },
  });
  const watchers = createWatchers({
    lists: {
      ...lists,
      async ask(question, since) {
        asked?.(question.viewer.credentialKey);
        await wait?.();
        return lists.ask(question, since);
      },
    },
    heartbeatMs: 20,
    onError: (error) => expect.fail(String(error)),
    ...options,
  });
  onTestFinished(() => {
    watchers.close();
    changes.close();
    closing.abort();
  });
  return {
    watchers,
    lists,
    found,
    tell(chat) {
      const address = {
        connectorId: null,
        lineId: null,
        chatId: String(chat.id),
        externalChatId: null,
        namedChatId: null,
        userId: null,
      };
      changes.notice("portal", {
        kind: "chatChanged",
        address,
        dispatchedAt: null,
        source: "TRANSFER",
        changed: [],
        formerUserIds: [],
      });
    },
  };
}

function viewer(user: PortalUser, more: Partial<LiveViewer> = {}): LiveViewer {
  const name = String(user.id);
  return { portal, credentialKey: name, rightsKey: name, scope: "own", grantedLines: new Set(), ...more };
}

function operator(): PortalUser {
  const [first] = office.operators;
  if (first === undefined) throw new Error("no operator");
  return first;
}

const looks = (): number => office.portal.stats().byMethod["im.recent.get"] ?? 0;
const ownChat = (): Chat => office.chat((chat) => chat.recents.has(operator().id) && chat.ownerId !== 0);

async function looked(times: number): Promise<void> {
  const before = looks();
  await until(() => looks() >= before + times);
}

describe("what changed in Bitrix24 itself", () => {
  it("is found by a look at the dialogs of those who listen, and told once with what changed", async () => {
    const { watchers, found } = startWatching();
    watchers.watch(viewer(operator()));
    await looked(2);
    const chat = ownChat();
    chat.ownerId = office.supervisor.id;
    chat.silent = "Y";
    await until(() => found.length > 0);
    await looked(3);
    expect(found).toMatchObject([
      { source: "PORTAL", changed: ["OPERATOR", "SILENT_MODE"], address: { chatId: String(chat.id) } },
    ]);
  });

  it("is not told again where an event or an action has told it", async () => {
    const { watchers, found, tell } = startWatching();
    watchers.watch(viewer(operator()));
    await looked(2);
    const chat = ownChat();
    tell(chat);
    chat.ownerId = office.supervisor.id;
    tell(chat);
    await looked(4);
    expect(found).toEqual([]);
  });
});

describe("the looks", () => {
  it("are one for all listeners of a credential, and end with the last of them", async () => {
    const { watchers } = startWatching({ heartbeatMs: 100 });
    const ends = Array.from({ length: 10 }, () => watchers.watch(viewer(operator())));
    await looked(2);
    for (const end of ends) end();
    await until(() => looks() >= 2);
    const after = looks();
    const other = startWatching({ heartbeatMs: 20 });
    other.watchers.watch(viewer(office.operators[1] ?? operator()));
    // Five of the other's later, nothing more of the first's.
    await until(() => looks() >= after + 5);
    expect(office.portal.stats().commands).toBe(looks());
  });

  it("do not concern viewers of all events", async () => {
    const { watchers } = startWatching();
    watchers.watch(viewer(operator(), { scope: "all" }));
    watchers.watch(viewer(office.operators[1] ?? operator()));
    await looked(3);
    expect(watchers.checkedEverySeconds(viewer(operator()))).toBe(1);
    expect(office.portal.stats().byMethod).toEqual({ "im.recent.get": looks() });
  });

  it("come soon after the user changed something through the gateway", async () => {
    const { watchers } = startWatching({ heartbeatMs: 3_600_000, pauseMs: 1 });
    watchers.watch(viewer(operator()));
    watchers.changed(String(operator().id));
    await looked(1);
  });

  it("come after anything else that the user did where the list itself is shown, and nowhere else", async () => {
    const { watchers } = startWatching({ heartbeatMs: 3_600_000, pauseMs: 1 });
    const other = office.operators[1] ?? operator();
    watchers.watch(viewer(operator()));
    watchers.show(viewer(other), () => expect.fail("it can be read"));
    watchers.acted(String(operator().id));
    await new Promise((resolve) => setImmediate(resolve));
    watchers.acted(String(other.id));
    await looked(1);
    expect(office.portal.stats().byMethod).toEqual({ "im.recent.get": 1 });
    expect(watchers.isWatched(viewer(other))).toBe(true);
  });

  it("come soon where something happened that the list does not tell, with a pause between two, and not where it was read since", async () => {
    const { watchers, lists } = startWatching({ heartbeatMs: 3_600_000, pauseMs: 1_500 });
    const own = viewer(operator());
    watchers.show(own, () => expect.fail("it can be read"));
    const happenedAt = performance.now();
    await lists.ask({ viewer: own, urgency: "event" }, happenedAt);
    expect(looks()).toBe(1);
    for (let event = 0; event < 20; event += 1) watchers.hasten(own, happenedAt, 1);
    const beganAt = performance.now();
    watchers.hasten(own, beganAt, 1);
    for (let event = 0; event < 20; event += 1) watchers.hasten(own, beganAt, 1);
    await until(() => looks() === 2);
    watchers.hasten(own, performance.now(), 1);
    await until(() => looks() === 3);
    expect(performance.now() - beganAt).toBeGreaterThan(1_400);
  });

  it("are not left to another process where the list itself is shown, and tell why it cannot be read", async () => {
    const failures: unknown[] = [];
    const { watchers } = startWatching({ isMine: async () => false });
    office.portal.setFaults([{ kind: "error", error: "INVALID_CREDENTIALS", status: 401, times: 1 }]);
    watchers.show(viewer(operator()), (error) => failures.push(error));
    await looked(2);
    expect(failures.map(String)).toEqual([expect.stringContaining("INVALID_CREDENTIALS")]);
  });

  it("are left to another process for as long as that sees what is shown here, unless something happened", async () => {
    let asked = 0;
    let isSame = false;
    const { watchers } = startWatching({
      heartbeatMs: 60,
      pauseMs: 1,
      isMine: async () => false,
      isSameElsewhere: async () => {
        asked += 1;
        return isSame;
      },
    });
    const own = viewer(operator());
    watchers.show(own, (error) => expect.fail(String(error)));
    await looked(1);
    isSame = true;
    await until(() => asked >= 2);
    const seen = looks();
    const before = asked;
    // Asked more often than the list would be read, since what the other has seen may be as old as a look.
    await until(() => asked >= before + 10);
    expect(looks()).toBe(seen);
    expect(watchers.checkedEverySeconds(own)).toBe(1);
    watchers.hasten(own, performance.now(), 1);
    await until(() => looks() === seen + 1);
    isSame = false;
    await looked(1);
  });

  it("are each process's own while the store between them is away", async () => {
    const away = () => Promise.reject(new StorageUnavailable("away"));
    const { watchers } = startWatching({ isMine: away });
    watchers.show(viewer(operator()), (error) => expect.fail(String(error)));
    await looked(2);
  });

  it("go where something happened before they go where nothing did", async () => {
    const order: string[] = [];
    let isFirst = true;
    const { watchers } = startWatching({
      heartbeatMs: 400,
      pauseMs: 1,
      asked: (credentialKey) => order.push(credentialKey),
      // The first look takes until all others are due.
      wait: async () => {
        if (!isFirst) return;
        isFirst = false;
        await until(() => performance.now() - beganAt > 900);
      },
    });
    const beganAt = performance.now();
    const [a, b, c] = office.operators.map((each) => viewer(each));
    if (a === undefined || b === undefined || c === undefined) throw new Error("too few operators");
    for (const each of [a, b, c]) watchers.show(each, () => expect.fail("it can be read"));
    await until(() => order.length === 1);
    watchers.hasten(c, performance.now(), 1);
    await until(() => order.length >= 3);
    expect(order.slice(0, 3)).toEqual([a.credentialKey, c.credentialKey, b.credentialKey]);
    // Nothing of it is left to the next test.
    watchers.close();
    await until(() => looks() === order.length);
  });

  it("are left to the process that takes them, and tell how often they come", async () => {
    let asked = 0;
    const { watchers } = startWatching({
      isMine: async () => {
        asked += 1;
        return asked > 3;
      },
    });
    watchers.watch(viewer(operator()));
    await until(() => asked === 3);
    expect(looks()).toBe(0);
    await looked(1);
  });

  it("are put off where the live side's share does not reach, but no longer than their bound", async () => {
    const hasNothingFor = (urgency: ListUrgency): boolean => urgency === "heartbeat";
    const { watchers } = startWatching({ boundMs: 300, forcedEveryMs: 0, hasNothingFor });
    const beganAt = performance.now();
    watchers.watch(viewer(operator()));
    await looked(1);
    expect(performance.now() - beganAt).toBeGreaterThan(250);
    await looked(1);
    expect(watchers.checkedEverySeconds(viewer(operator()))).toBe(1);
  });

  it("take the turn of an event only now and then, however many of them are overdue, and tell how long apart they are", async () => {
    const urgencies: ListUrgency[] = [];
    const hasNothingFor = (urgency: ListUrgency): boolean => {
      urgencies.push(urgency);
      return false;
    };
    const { watchers } = startWatching({ heartbeatMs: 10, boundMs: 10, forcedEveryMs: 3_600_000, hasNothingFor });
    for (const user of office.operators) watchers.watch(viewer(user));
    await looked(3 * office.operators.length);
    expect(urgencies.filter((urgency) => urgency === "event")).toHaveLength(1);
    expect(watchers.checkedEverySeconds(viewer(operator()))).toBeGreaterThan(0);
  });

  it("go on after the portal failed", async () => {
    const { watchers } = startWatching();
    office.portal.setFaults([{ kind: "error", error: "INTERNAL_SERVER_ERROR", status: 500, times: 3 }]);
    watchers.watch(viewer(operator()));
    await looked(6);
  });
});
