import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PortalUser } from "../../../simulator/portal.ts";
import { leaveChat } from "../../../simulator/world/members.ts";
import type { Chat } from "../../../simulator/world/records.ts";
import type { Credential } from "../../../src/datasources/bitrix24/portals.ts";
import type { EventAddress } from "../../../src/subscriptions/events/stored-event.ts";
import {
  AccessUndetermined,
  type CheckedEventAccess,
  createEventAccess,
  type EventAccessOptions,
} from "../../../src/subscriptions/live/chat-access.ts";
import type { LiveViewer } from "../../../src/subscriptions/live/live-viewer.ts";
import { type Office, openOffice, webhook } from "../office.ts";

let office: Office;
let clock: number;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());
beforeEach(() => {
  clock = 0;
  office.portal.setFaults([]);
  office.portal.world.rights.restore();
  office.portal.resetStats();
});

const recheckMs = 60_000;
const refusedMs = 20_000;
const credentials = new Map<string, Credential>();

function viewer(user: PortalUser, more: Partial<LiveViewer> & { credential?: Credential } = {}): LiveViewer {
  const { credential = webhook(user), ...fields } = more;
  const rightsKey = fields.rightsKey ?? `viewer ${credentials.size}`;
  credentials.set(rightsKey, credential);
  return { portal: "portal", rightsKey, scope: "own", grantedLines: new Set(), ...fields };
}

function access(options: Partial<EventAccessOptions> = {}): CheckedEventAccess {
  return createEventAccess({
    sessionOf: ({ rightsKey }) => {
      const credential = credentials.get(rightsKey);
      if (credential === undefined) throw new Error(`no credential of ${rightsKey}`);
      return office.session(credential);
    },
    recheckMs,
    refusedMs,
    now: () => clock,
    ...options,
  });
}

function addressOf(chat: Chat): EventAddress {
  const lineId = String(chat.data.lineId);
  return { connectorId: chat.connectorId, lineId, chatId: String(chat.id), externalChatId: null, userId: null };
}

async function sees(checked: CheckedEventAccess, who: LiveViewer, chat: Chat): Promise<boolean> {
  return checked.maySee(who, addressOf(chat), String(chat.id));
}

function calls(method: string): number {
  return office.portal.stats().byMethod[method] ?? 0;
}

function operator(): PortalUser {
  const [first] = office.operators;
  if (first === undefined) throw new Error("no operator");
  return first;
}

const isOutside = (user: PortalUser) => (chat: Chat) =>
  !chat.members.has(user.id) && !chat.recents.has(user.id) && !chat.crm.saved;
/** A chat the operator has nothing to do with. */
const foreignTo = (user: PortalUser): Chat =>
  office.chat((chat) => isOutside(user)(chat) && !user.lines.includes(chat.data.lineId));
/** A chat the operator is not in, of a line on which he may join. */
const joinableBy = (user: PortalUser): Chat =>
  office.chat((chat) => isOutside(user)(chat) && user.lines.includes(chat.data.lineId));
const ownOf = (user: PortalUser): Chat => office.chat((chat) => chat.recents.has(user.id));

describe("who may see an event", () => {
  it("shows everything to a viewer of all events, without asking the portal", () => {
    const checked = access();
    const all = viewer(operator(), { scope: "all" });
    expect(checked.maySee(all, addressOf(foreignTo(operator())), null)).toBe(true);
    expect(office.portal.stats().commands).toBe(0);
  });

  it("asks once for all dialogs of a viewer, whichever of them has events", async () => {
    const checked = access();
    const own = viewer(operator());
    const chats = [...office.portal.world.chats.values()].filter(
      (chat) => chat.kind === "lines" && chat.recents.has(operator().id),
    );
    expect(chats.length).toBeGreaterThan(2);
    const seen = await Promise.all(chats.map((chat) => sees(checked, own, chat)));
    expect(seen.every((each) => each)).toBe(true);
    for (const chat of chats) expect(checked.maySee(own, addressOf(chat), String(chat.id))).toBe(true);
    expect(office.portal.stats().byMethod).toEqual({ "im.recent.get": 1 });
  });

  it("primes a viewer before its first event", async () => {
    const checked = access();
    const own = viewer(operator());
    await checked.prime(own);
    office.portal.resetStats();
    expect(await sees(checked, own, ownOf(operator()))).toBe(true);
    expect(office.portal.stats().commands).toBe(0);
  });

  it("asks for another chat with the viewer's own credential, once", async () => {
    const checked = access();
    const own = viewer(operator());
    const foreign = foreignTo(operator());
    const joinable = joinableBy(operator());
    for (let round = 0; round < 5; round++) {
      expect(await sees(checked, own, foreign)).toBe(false);
      expect(await sees(checked, own, joinable)).toBe(true);
    }
    expect(office.portal.stats().byMethod).toEqual({ "im.recent.get": 1, "imopenlines.dialog.get": 2 });
  });

  it("answers simultaneous questions about one chat by one call", async () => {
    const checked = access();
    const own = viewer(operator());
    const chat = foreignTo(operator());
    const seen = await Promise.all(Array.from({ length: 20 }, () => sees(checked, own, chat)));
    expect(new Set(seen)).toEqual(new Set([false]));
    expect(calls("imopenlines.dialog.get")).toBe(1);
  });

  it("never lets one viewer's right answer for another's", async () => {
    const checked = access();
    const chat = foreignTo(operator());
    expect(await sees(checked, viewer(office.supervisor), chat)).toBe(true);
    expect(await sees(checked, viewer(operator()), chat)).toBe(false);
    const elsewhere = viewer(operator(), { portal: "another portal" });
    expect(await sees(checked, elsewhere, chat)).toBe(false);
  });

  it("shows the events of granted lines without asking", () => {
    const checked = access();
    const chat = foreignTo(operator());
    const granted = viewer(operator(), { grantedLines: new Set([String(chat.data.lineId)]) });
    expect(checked.maySee(granted, addressOf(chat), null)).toBe(true);
    expect(office.portal.stats().commands).toBe(0);
  });

  it("withholds and counts an event whose chat nobody can tell", () => {
    const checked = access();
    const chat = ownOf(operator());
    expect(checked.maySee(viewer(operator()), addressOf(chat), null)).toBe(false);
    expect(checked.counts().withoutChat).toBe(1);
    expect(office.portal.stats().commands).toBe(0);
  });
});

describe("rights that change while a subscription lives", () => {
  it("ends the flow at the next check after the right to join a line was withdrawn", async () => {
    const checked = access();
    const own = viewer(operator());
    const chat = joinableBy(operator());
    expect(await sees(checked, own, chat)).toBe(true);
    office.portal.world.rights.withdraw(operator().id, "JOIN");
    clock = recheckMs - 1;
    expect(await sees(checked, own, chat)).toBe(true);
    clock = recheckMs;
    expect(await sees(checked, own, chat)).toBe(false);
  });

  it("ends the flow at the next check after the viewer was taken out of a chat", async () => {
    const checked = access();
    const own = viewer(operator());
    const chat = office.chat((each) => each.members.has(operator().id) && !each.crm.saved);
    office.portal.world.rights.withdraw(operator().id, "JOIN");
    expect(await sees(checked, own, chat)).toBe(true);
    leaveChat(office.portal.world, chat, [operator().id]);
    clock = recheckMs;
    expect(await sees(checked, own, chat)).toBe(false);
  });

  it("notices by one look at the list that a dialog was handed to the viewer", async () => {
    const checked = access();
    const own = viewer(operator());
    const chat = foreignTo(operator());
    expect(await sees(checked, own, chat)).toBe(false);
    chat.recents.add(operator().id);
    office.portal.resetStats();
    clock = refusedMs;
    expect(await sees(checked, own, chat)).toBe(true);
    expect(office.portal.stats().byMethod).toEqual({ "im.recent.get": 1 });
  });

  it("keeps a refusal by the portal for as long as a permission, while it looks at the list in between", async () => {
    const checked = access();
    const own = viewer(operator());
    const chat = foreignTo(operator());
    for (clock = 0; clock < recheckMs; clock += refusedMs) expect(await sees(checked, own, chat)).toBe(false);
    expect(office.portal.stats().byMethod).toEqual({ "im.recent.get": 3, "imopenlines.dialog.get": 1 });
    clock = recheckMs;
    expect(await sees(checked, own, chat)).toBe(false);
    expect(calls("imopenlines.dialog.get")).toBe(2);
  });

  it.each(["sessionStarted", "chatChanged"] as const)("asks anew at once after %s", async (kind) => {
    const checked = access();
    const own = viewer(operator());
    const chat = foreignTo(operator());
    expect(await sees(checked, own, chat)).toBe(false);
    chat.recents.add(operator().id);
    clock = 1;
    expect(await sees(checked, own, chat)).toBe(false);
    const address = addressOf(chat);
    checked.notice(
      "portal",
      kind === "chatChanged"
        ? { kind, address, dispatchedAt: null, source: "TRANSFER" }
        : { kind, address, dispatchedAt: null },
    );
    clock = 2;
    expect(await sees(checked, own, chat)).toBe(true);
  });
});

describe("what others are told to look for again", () => {
  it("costs nothing when an action let nobody in", async () => {
    const checked = access();
    const own = viewer(operator());
    const chat = foreignTo(operator());
    expect(await sees(checked, own, chat)).toBe(false);
    office.portal.resetStats();
    clock = 1;
    checked.notice("portal", { kind: "chatChanged", address: addressOf(chat), dispatchedAt: null, source: "PIN" });
    clock = 2;
    expect(await sees(checked, own, chat)).toBe(false);
    expect(office.portal.stats().commands).toBe(0);
  });

  it("costs one look at the list for each viewer when one could be let in", async () => {
    const checked = access();
    const own = viewer(operator());
    const chat = foreignTo(operator());
    expect(await sees(checked, own, chat)).toBe(false);
    office.portal.resetStats();
    clock = 1;
    checked.notice("portal", { kind: "chatChanged", address: addressOf(chat), dispatchedAt: null, source: "TRANSFER" });
    clock = 2;
    for (let round = 0; round < 3; round++) expect(await sees(checked, own, chat)).toBe(false);
    expect(office.portal.stats().byMethod).toEqual({ "im.recent.get": 1 });
  });
});

describe("a portal that does not answer", () => {
  it("is waited for, so that the event is not lost", async () => {
    const checked = access({ patienceMs: 20_000 });
    const own = viewer(operator());
    const chat = joinableBy(operator());
    await checked.prime(own);
    // More failures than the client repeats by itself.
    office.portal.setFaults([
      { kind: "error", method: "imopenlines.dialog.get", error: "INTERNAL_SERVER_ERROR", status: 500, times: 5 },
    ]);
    expect(await sees(checked, own, chat)).toBe(true);
    expect(checked.counts().undetermined).toBe(0);
    expect(checked.counts().chatReads).toBeGreaterThan(1);
  });

  it("gives an error that tells the client no chat, and is not remembered", async () => {
    const checked = access({ patienceMs: 0 });
    const own = viewer(operator());
    const chat = joinableBy(operator());
    await checked.prime(own);
    office.portal.setFaults([
      { kind: "error", method: "imopenlines.dialog.get", error: "INTERNAL_SERVER_ERROR", status: 500 },
    ]);
    const refused = await sees(checked, own, chat).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AccessUndetermined);
    expect(refused).toMatchObject({ chatId: String(chat.id), extensions: { code: "EVENT_WITHHELD" } });
    expect(JSON.stringify(refused)).not.toContain(String(chat.id));
    expect(checked.counts().undetermined).toBe(1);
    office.portal.setFaults([]);
    expect(await sees(checked, own, chat)).toBe(true);
  });

  it("does not let an old permission stand in for an answer", async () => {
    const checked = access({ patienceMs: 0 });
    const own = viewer(operator());
    const chat = ownOf(operator());
    expect(await sees(checked, own, chat)).toBe(true);
    office.portal.setFaults([{ kind: "error", error: "INTERNAL_SERVER_ERROR", status: 500 }]);
    clock = recheckMs;
    await expect(sees(checked, own, chat)).rejects.toBeInstanceOf(AccessUndetermined);
  });

  it("does not keep anybody waiting after the gateway closes", async () => {
    const checked = access({ patienceMs: 3_600_000 });
    office.portal.setFaults([{ kind: "error", error: "INTERNAL_SERVER_ERROR", status: 500 }]);
    const question = sees(checked, viewer(operator()), ownOf(operator()));
    checked.close();
    await expect(question).rejects.toBeInstanceOf(AccessUndetermined);
  });
});

describe("credentials that can do less", () => {
  it("tells a token that the portal no longer accepts as that, and not as a chat that is foreign", async () => {
    const checked = access();
    const { accessToken } = office.portal.issueTokens(operator().id);
    const portal = new URL(office.portal.url).host;
    const own = viewer(operator(), { credential: { kind: "user-token", portal, accessToken } });
    const chat = ownOf(operator());
    expect(await sees(checked, own, chat)).toBe(true);
    office.portal.expireTokens();
    clock = recheckMs;
    await expect(sees(checked, own, chat)).rejects.toMatchObject({ error: "expired_token" });
  });

  it("asks for each chat where the credential may not list dialogs", async () => {
    const checked = access();
    const url = office.portal.createWebhook(operator().id, ["imopenlines"]);
    const own = viewer(operator(), { credential: { kind: "webhook", url } });
    expect(await sees(checked, own, ownOf(operator()))).toBe(true);
    expect(await sees(checked, own, foreignTo(operator()))).toBe(false);
    expect(checked.counts()).toMatchObject({ listReads: 1, chatReads: 2 });
    const handedOver = foreignTo(operator());
    expect(await sees(checked, own, handedOver)).toBe(false);
    handedOver.recents.add(operator().id);
    clock = 1;
    checked.notice("portal", { kind: "sessionStarted", address: addressOf(handedOver), dispatchedAt: null });
    clock = 2;
    expect(await sees(checked, own, handedOver)).toBe(true);
    expect(checked.counts().listReads).toBe(1);
  });
});
