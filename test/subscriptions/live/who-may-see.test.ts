import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { PortalUser } from "../../../simulator/portal.ts";
import { joinChat, leaveChat } from "../../../simulator/world/members.ts";
import type { Chat } from "../../../simulator/world/records.ts";
import type { Credential } from "../../../src/datasources/bitrix24/portals.ts";
import { dialogGet } from "../../../src/datasources/imopenlines/dialog.ts";
import type { ChatStoredEvent } from "../../../src/subscriptions/events/event-filter.ts";
import { EventWithheld } from "../../../src/subscriptions/live/event-withheld.ts";
import { createGathering } from "../../../src/subscriptions/live/gathering.ts";
import type { LiveViewer } from "../../../src/subscriptions/live/live-viewer.ts";
import { createSight, type Sight } from "../../../src/subscriptions/live/sight.ts";
import { until } from "../../kit/until.ts";
import { type Office, openOffice, webhook } from "../office.ts";

let office: Office;
beforeAll(async () => {
  office = await openOffice({ size: 1 });
});
afterAll(() => office.close());
beforeEach(() => {
  office.portal.setFaults([]);
  office.portal.world.rights.restore();
  office.portal.resetStats();
});

const portal = { host: "portal.example", memberId: "portal" };
const credentials = new Map<string, { readonly credential: Credential; readonly userId: string | null }>();

function viewer(user: PortalUser, more: Partial<LiveViewer> & { credential?: Credential } = {}): LiveViewer {
  const { credential = webhook(user), ...fields } = more;
  const credentialKey = `credential ${credentials.size}`;
  credentials.set(credentialKey, { credential, userId: String(user.id) });
  return { portal, credentialKey, rightsKey: credentialKey, scope: "own", grantedLines: new Set(), ...fields };
}

/** The application acts as the supervisor. */
function openSight({ trustMs = 60_000, application = true } = {}): Sight {
  const closing = new AbortController();
  const gathering = createGathering({ idleMs: 1, loadMs: 1 });
  onTestFinished(() => {
    closing.abort();
    gathering.close();
  });
  return createSight({
    trustMs,
    signal: closing.signal,
    gathering,
    names: gathering,
    credentials: {
      ofViewer({ credentialKey }) {
        const known = credentials.get(credentialKey);
        if (known === undefined) throw new Error("no credential");
        return office.session(known.credential);
      },
      userOf: ({ credentialKey }) => credentials.get(credentialKey)?.userId ?? null,
      ofPortal: async () => (application ? office.session(webhook(office.supervisor)) : undefined),
      readerOf: async () => String(office.supervisor.id),
    },
  });
}

function eventOf(chat: Chat, kind: "sessionStarted" | "sessionFinished" = "sessionFinished"): ChatStoredEvent {
  const address = {
    connectorId: chat.connectorId,
    lineId: String(chat.data.lineId),
    chatId: String(chat.id),
    externalChatId: null,
    namedChatId: null,
    userId: null,
  };
  return { kind, address, dispatchedAt: null, sessionId: null };
}

function changed(chat: Chat, source: string, dispatchedAt: string): ChatStoredEvent {
  return { kind: "chatChanged", address: eventOf(chat).address, dispatchedAt, source, changed: [], formerUserIds: [] };
}

interface Asked {
  readonly event?: ChatStoredEvent;
  readonly isNamed?: boolean;
}

async function sees(
  sight: Sight,
  who: LiveViewer,
  chat: Chat,
  { event, isNamed = false }: Asked = {},
): Promise<boolean> {
  return sight.access.maySee({
    viewer: who,
    event: event ?? eventOf(chat),
    chat: () => String(chat.id),
    isNamed,
    seenAt: performance.now(),
  });
}

const calls = (): Readonly<Record<string, number>> => office.portal.stats().byMethod;

function operator(): PortalUser {
  const [first] = office.operators;
  if (first === undefined) throw new Error("no operator");
  return first;
}

const isOutside = (user: PortalUser, chat: Chat): boolean => !chat.members.has(user.id) && !chat.recents.has(user.id);
/** A chat that is the user's from now on. */
function ownOf(user: PortalUser): Chat {
  const chat = office.chat((each) => each.ownerId !== 0 && !each.crm.saved);
  leaveChat(office.portal.world, chat, [chat.ownerId]);
  joinChat(office.portal.world, chat, [user.id]);
  chat.ownerId = user.id;
  return chat;
}
/** Somebody else is responsible. */
const foreignTo = (user: PortalUser): Chat =>
  office.chat((chat) => isOutside(user, chat) && chat.ownerId !== 0 && !chat.crm.saved);

describe("who may see an event", () => {
  it("is everybody who sees the whole portal or the event's line, without a look at the chat", () => {
    const sight = openSight();
    const chat = foreignTo(operator());
    const question = {
      event: eventOf(chat),
      chat: () => expect.fail("the chat was looked for"),
      isNamed: false,
      seenAt: 0,
    };
    const all = viewer(operator(), { scope: "all" });
    expect(sight.access.maySee({ ...question, viewer: all })).toBe(true);
    const granted = viewer(operator(), { grantedLines: new Set([String(chat.data.lineId)]) });
    expect(sight.access.maySee({ ...question, viewer: granted })).toBe(true);
  });

  it("is told for all viewers by one look at the chat with the application's credential", async () => {
    const sight = openSight();
    const chat = ownOf(operator());
    const viewers = office.operators.map((each) => viewer(each));
    const seen = await Promise.all(viewers.map((each) => sees(sight, each, chat)));
    expect(seen).toEqual(office.operators.map((each) => chat.members.has(each.id)));
    expect(seen.filter((each) => each).length).toBeGreaterThan(0);
    expect(calls()).toEqual({ "imopenlines.dialog.get": 1 });
  });

  it("asks nothing more while the look that let somebody see holds, and again when it may be outdated", async () => {
    const sight = openSight();
    const chat = ownOf(operator());
    const own = viewer(operator());
    for (let round = 0; round < 5; round += 1) expect(await sees(sight, own, chat)).toBe(true);
    expect(calls()).toEqual({ "imopenlines.dialog.get": 1 });
    sight.notice("portal", changed(chat, "TRANSFER", "2026-01-01T00:00:00.000Z"));
    leaveChat(office.portal.world, chat, [operator().id]);
    chat.ownerId = office.supervisor.id;
    joinChat(office.portal.world, chat, [office.supervisor.id]);
    expect(await sees(sight, own, chat)).toBe(false);
  });

  it("is never refused by an answer that is older than the event", async () => {
    const sight = openSight();
    const chat = foreignTo(operator());
    const own = viewer(operator());
    expect(await sees(sight, own, chat)).toBe(false);
    joinChat(office.portal.world, chat, [operator().id]);
    expect(await sees(sight, own, chat)).toBe(true);
  });

  it("is not told by a look that is older than the trust, however long ago the event came", async () => {
    const sight = openSight({ trustMs: 200 });
    const chat = ownOf(operator());
    const question = {
      viewer: viewer(operator()),
      event: eventOf(chat),
      chat: () => String(chat.id),
      isNamed: false,
      seenAt: Number.NEGATIVE_INFINITY,
    };
    expect(await sight.access.maySee(question)).toBe(true);
    leaveChat(office.portal.world, chat, [operator().id]);
    chat.ownerId = office.supervisor.id;
    joinChat(office.portal.world, chat, [office.supervisor.id]);
    await until(async () => !(await sight.access.maySee(question)));
  });

  it("is who has an unassigned chat in the own list, looked at by those of the line's queue only", async () => {
    const sight = openSight();
    const chat = office.chat((each) => each.ownerId === 0 && [...each.recents].length > 0);
    const lineId = chat.data.lineId;
    for (const each of office.operators) {
      office.portal.resetStats();
      expect(await sees(sight, viewer(each), chat)).toBe(chat.members.has(each.id) || chat.recents.has(each.id));
      if (!each.lines.includes(lineId) && !chat.members.has(each.id)) expect(calls()["im.recent.get"]).toBeUndefined();
    }
  });

  it("is who has it in the newer list, where the portal's older one lacks what is offered, which is read from then on", async () => {
    const sight = openSight();
    const chat = office.chat(
      (each) => each.ownerId === 0 && office.operators.some(({ id }) => each.recents.has(id) && !each.members.has(id)),
    );
    const member = office.operators.find(({ id }) => chat.recents.has(id) && !chat.members.has(id)) ?? operator();
    office.portal.setFaults([{ kind: "result", method: "im.recent.get", result: { items: [] } }]);
    expect(await sees(sight, viewer(member), chat)).toBe(true);
    office.portal.resetStats();
    expect(await sees(sight, viewer(member), chat)).toBe(true);
    expect(calls()).toMatchObject({ "im.recent.list": 1 });
    expect(calls()["im.recent.get"]).toBeUndefined();
  });

  it("is asked with the viewer's own credential for a chat that the subscription names, which lets whoever may join it see", async () => {
    const sight = openSight();
    const joinable = office.chat(
      (chat) => isOutside(operator(), chat) && chat.ownerId !== 0 && operator().lines.includes(chat.data.lineId),
    );
    expect(await sees(sight, viewer(operator()), joinable)).toBe(false);
    expect(await sees(sight, viewer(operator()), joinable, { isNamed: true })).toBe(true);
    office.portal.world.rights.withdraw(operator().id, "JOIN");
    const closed = office.chat((chat) => isOutside(operator(), chat) && chat.ownerId !== 0 && !chat.crm.saved);
    expect(await sees(sight, viewer(operator()), closed, { isNamed: true })).toBe(false);
  });

  it("is told by each viewer's own list where no application answers, once for several chats", async () => {
    const sight = openSight({ application: false });
    const own = viewer(operator());
    const [first, second, foreign] = [ownOf(operator()), ownOf(operator()), foreignTo(operator())];
    expect(await sees(sight, own, first)).toBe(true);
    expect(await sees(sight, own, second)).toBe(true);
    expect(calls()).toEqual({ "im.recent.get": 1 });
    expect(await sees(sight, own, foreign)).toBe(false);
  });

  it("is asked chat by chat for a credential that may not list its dialogs", async () => {
    const sight = openSight({ application: false });
    const url = office.portal.createWebhook(operator().id, ["imopenlines"]);
    const own = viewer(operator(), { credential: { kind: "webhook", url } });
    expect(await sees(sight, own, ownOf(operator()))).toBe(true);
    office.portal.world.rights.withdraw(operator().id, "JOIN");
    expect(await sees(sight, own, foreignTo(operator()))).toBe(false);
  });

  it("is nobody of scope own where the chat cannot be told, which is counted", async () => {
    const sight = openSight();
    const chat = ownOf(operator());
    const question = { event: eventOf(chat), chat: () => null, isNamed: false, seenAt: 0 };
    expect(await sight.access.maySee({ ...question, viewer: viewer(operator()) })).toBe(false);
    expect(sight.access.counts().withoutChat).toBe(1);
  });
});

describe("who was in a chat", () => {
  it("until it was finished still gets its end and its closing messages, and nothing of the next session", async () => {
    const sight = openSight();
    const chat = ownOf(operator());
    const own = viewer(operator());
    expect(await sees(sight, own, chat)).toBe(true);
    leaveChat(office.portal.world, chat, [operator().id]);
    chat.ownerId = 0;
    const finished = eventOf(chat);
    sight.notice("portal", changed(chat, "FINISH", "2026-01-01T00:00:00.000Z"));
    sight.notice("portal", finished);
    expect(await sees(sight, own, chat, { event: finished })).toBe(true);
    const started = eventOf(chat, "sessionStarted");
    sight.notice("portal", started);
    office.portal.world.rights.withdraw(operator().id, "JOIN");
    expect(await sees(sight, own, chat, { event: started })).toBe(chat.recents.has(operator().id));
  });

  it("and handed it over gets that change only", async () => {
    const sight = openSight();
    const chat = ownOf(operator());
    const own = viewer(operator());
    expect(await sees(sight, own, chat)).toBe(true);
    const transfer = changed(chat, "TRANSFER", "2026-01-01T00:00:00.000Z");
    sight.notice("portal", transfer);
    leaveChat(office.portal.world, chat, [operator().id]);
    joinChat(office.portal.world, chat, [office.supervisor.id]);
    chat.ownerId = office.supervisor.id;
    // As it is read back from the log.
    expect(await sees(sight, own, chat, { event: { ...transfer } })).toBe(true);
    expect(await sees(sight, own, chat, { event: changed(chat, "TRANSFER", "2026-01-01T00:00:01.000Z") })).toBe(false);
    expect(await sees(sight, own, chat)).toBe(false);
  });

  it("and lost it in Bitrix24 itself gets the change that was found, also after the look that found it, and nothing else", async () => {
    const sight = openSight();
    const chat = office.chat((each) => each.ownerId !== 0 && isOutside(operator(), each) && !each.crm.saved);
    const former = viewer(operator());
    const found = {
      ...changed(chat, "PORTAL", new Date().toISOString()),
      formerUserIds: [String(operator().id)],
    } as const;
    await sees(sight, viewer(office.supervisor), chat);
    sight.notice("portal", found);
    expect(await sees(sight, former, chat, { event: found })).toBe(true);
    expect(await sees(sight, former, chat, { event: eventOf(chat, "sessionStarted") })).toBe(false);
  });
});

describe("a portal that does not answer", () => {
  it("withholds the event with an error that names no chat, and only that event", async () => {
    const sight = openSight({ application: false });
    const own = viewer(operator());
    const chat = ownOf(operator());
    office.portal.setFaults([{ kind: "error", error: "INTERNAL_SERVER_ERROR", status: 500 }]);
    const refused = await sees(sight, own, chat).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(EventWithheld);
    expect(refused).toMatchObject({ extensions: { code: "EVENT_WITHHELD" } });
    expect(JSON.stringify(refused)).not.toContain(String(chat.id));
    expect(sight.access.counts().undetermined).toBe(1);
    // What failed again and again is given a rest, which the next test must not find.
    office.portal.setFaults([]);
    await until(() =>
      office
        .session(webhook(office.supervisor))
        .read(dialogGet({ chatId: String(chat.id) }), { fresh: true })
        .then(
          () => true,
          () => false,
        ),
    );
  });

  it("is told as a refusal where it no longer accepts the viewer's own credential", async () => {
    const sight = openSight({ application: false });
    const { accessToken } = office.portal.issueTokens(operator().id);
    const host = new URL(office.portal.url).host;
    const own = viewer(operator(), { credential: { kind: "user-token", portal: host, accessToken } });
    office.portal.expireTokens();
    await expect(sees(sight, own, ownOf(operator()))).rejects.toMatchObject({ error: "expired_token" });
  });

  it("concerns nobody's stream where it no longer accepts the application's credential: the own list answers", async () => {
    const sight = openSight();
    const own = viewer(operator());
    const chat = ownOf(operator());
    office.portal.setFaults([{ kind: "error", method: "imopenlines.dialog.get", error: "expired_token", status: 401 }]);
    expect(await sees(sight, own, chat)).toBe(true);
  });
});
