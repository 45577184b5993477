import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { replayDeadLetters } from "../../../../src/subscriptions/intake/receiver/dead-letter-replay.ts";
import { startRedisServer } from "../../../kit/redis-server.ts";
import { eventually } from "../../../kit/until.ts";
import { delivery, portalPayloads, type Sender } from "../../deliveries.ts";
import { phpForm } from "../../php-form.ts";
import { type ReceivingGateway, startReceivingGateway, temporaryDirectory } from "../../receiving-gateway.ts";

const anna: Sender = {
  memberId: "a223c6b3710f85df22e9377d6c4f7553",
  applicationToken: "51856fefc120afa4b628cc82d3935cce",
};
const boris: Sender = {
  memberId: "bac1cd5c8940947a75e0d71b1a84e348",
  applicationToken: "831c76b092f9f135d9b6b36c3a720757",
};

const written = delivery("ONOPENLINEMESSAGEADD", portalPayloads.customerWrites, anna);

async function gatewayOf(...senders: Sender[]): Promise<ReceivingGateway> {
  const gateway = await startReceivingGateway();
  for (const sender of senders) await gateway.knowPortal(sender);
  return gateway;
}

async function keptKinds(gateway: ReceivingGateway, sender: Sender): Promise<string[]> {
  return (await gateway.storage.log.read(sender.memberId, 0, 10_000)).map(({ event }) => event.kind);
}

describe("a delivery with the portal's token", () => {
  it("is kept in the portal's log and answered 200", async () => {
    const gateway = await gatewayOf(anna, boris);
    const response = await gateway.postEvent(written);
    expect(response.status).toBe(200);
    expect(await gateway.storage.log.read(anna.memberId, 0, 10)).toMatchObject([
      { position: 1, event: { kind: "messageAdded", message: { text: "Guten Tag, [b]wo[/b] ist mein Paket? 📦" } } },
    ]);
    expect(await gateway.storage.log.head(boris.memberId)).toBe(0);
    expect(gateway.receiver.stats()).toMatchObject({ accepted: 1, events: 1, forbidden: 0 });
  });

  it("of several deleted messages is kept as one event for each", async () => {
    const gateway = await gatewayOf(anna);
    await gateway.postEvent(delivery("ONOPENLINEMESSAGEDELETE", portalPayloads.operatorDeletes, anna));
    expect(await keptKinds(gateway, anna)).toEqual(["messageDeleted", "messageDeleted"]);
    expect(gateway.receiver.stats()).toMatchObject({ accepted: 1, events: 2 });
  });

  it("that comes a thousand times is kept once and always answered 200", async () => {
    const gateway = await gatewayOf(anna);
    const body = phpForm(written);
    const statuses = new Set<number>();
    for (let round = 0; round < 20; round += 1) {
      const responses = await Promise.all(Array.from({ length: 50 }, () => gateway.postEvent(body)));
      for (const { status } of responses) statuses.add(status);
    }
    expect([...statuses]).toEqual([200]);
    expect(await keptKinds(gateway, anna)).toEqual(["messageAdded"]);
    expect(gateway.receiver.stats()).toMatchObject({ accepted: 1, duplicates: 999 });
  });

  it("is the same delivery with another user's access token, and a message also at another time, as a second handler delivers it", async () => {
    const gateway = await gatewayOf(anna);
    await gateway.postEvent(written);
    await gateway.postEvent(phpForm(written).replace("c978b990071b0008440001b0895f697a", "other-access-token"));
    expect(await gateway.storage.log.head(anna.memberId)).toBe(1);
    await gateway.postEvent(delivery("ONOPENLINEMESSAGEADD", portalPayloads.customerWrites, anna, 1773759162));
    expect(await gateway.storage.log.head(anna.memberId)).toBe(1);
    for (const ts of [1773759161, 1773759162, 1773759162])
      await gateway.postEvent(delivery("ONSESSIONSTART", portalPayloads.sessionChanges, anna, ts));
    expect(await gateway.storage.log.head(anna.memberId)).toBe(3);
  });

  it("of an event that is not ours is answered 200 and not kept", async () => {
    const gateway = await gatewayOf(anna);
    expect((await gateway.postEvent(delivery("ONCRMDEALADD", { FIELDS: { ID: 5 } }, anna))).status).toBe(200);
    expect(await gateway.storage.log.head(anna.memberId)).toBe(0);
    expect(await gateway.storage.deadLetters.list(anna.memberId)).toEqual([]);
    expect(gateway.receiver.stats().unknownEvents).toBe(1);
  });

  it("of a known event of an unknown shape is put aside without anybody's tokens", async () => {
    const gateway = await gatewayOf(anna);
    const response = await gateway.postEvent(delivery("ONSESSIONSTART", { SHAPE: { of: "tomorrow" } }, anna));
    expect(response.status).toBe(200);
    const [letter, ...others] = await gateway.storage.deadLetters.list(anna.memberId);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ event: "ONSESSIONSTART", reason: expect.stringContaining("data") });
    expect(letter?.body).toContain("tomorrow");
    expect(letter?.body).not.toContain(anna.applicationToken);
    expect(letter?.body).not.toContain("c978b990071b0008440001b0895f697a");
    expect(await gateway.storage.log.head(anna.memberId)).toBe(0);
  });

  it("of lists where fields belong is put aside, not published", async () => {
    const gateway = await gatewayOf(anna);
    const { connector } = portalPayloads.customerWrites.DATA;
    const data = { DATA: { connector: [connector], message: ["a", "b"] } };
    expect((await gateway.postEvent(delivery("ONOPENLINEMESSAGEADD", data, anna))).status).toBe(200);
    expect(await gateway.storage.log.head(anna.memberId)).toBe(0);
    expect(gateway.receiver.stats().deadLetters).toBe(1);
  });

  it("with a text of nearly a megabyte is kept whole", async () => {
    const gateway = await gatewayOf(anna);
    const text = "x".repeat(1_000_000);
    const message = { ...portalPayloads.customerWrites.DATA.message, text };
    const data = { DATA: { ...portalPayloads.customerWrites.DATA, message } };
    expect((await gateway.postEvent(delivery("ONOPENLINEMESSAGEADD", data, anna))).status).toBe(200);
    expect(await gateway.storage.log.read(anna.memberId, 0, 1)).toMatchObject([{ event: { message: { text } } }]);
  });

  it("with a name twice counts the last value and cannot reach a prototype", async () => {
    const gateway = await gatewayOf(anna);
    const body = `event=ONCRMDEALADD&__proto__[polluted]=1&data[__proto__][polluted]=1&${phpForm(written)}`;
    expect((await gateway.postEvent(body)).status).toBe(200);
    expect(await keptKinds(gateway, anna)).toEqual(["messageAdded"]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it.each([
    ["JSON", JSON.stringify(written), "application/json; charset=utf-8"],
    ["JSON that is called a form", JSON.stringify(written), "application/x-www-form-urlencoded"],
    ["a form that is called JSON", phpForm(written), "application/json"],
    [
      "a form with names in upper case",
      phpForm({ EVENT: written.event, DATA: written.data, TS: written.ts, AUTH: written.auth }),
      "application/x-www-form-urlencoded",
    ],
  ])("as %s is the same delivery as the usual form", async (_what, body, type) => {
    const gateway = await gatewayOf(anna);
    expect((await gateway.postEvent(body, { "content-type": type })).status).toBe(200);
    await gateway.postEvent(written);
    expect(await keptKinds(gateway, anna)).toEqual(["messageAdded"]);
    expect(gateway.receiver.stats()).toMatchObject({ accepted: 1, duplicates: 1 });
  });

  it("whose text was cut within a character, as bytes, is kept", async () => {
    const gateway = await gatewayOf(anna);
    const [before, after] = phpForm(written).split("Paket");
    const body = Buffer.concat([Buffer.from(before ?? ""), Buffer.from([0xd0]), Buffer.from(after ?? "")]);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const response = await fetch(`${gateway.url}/bitrix24/events`, { method: "POST", headers, body });
    expect(response.status).toBe(200);
    const [kept] = await gateway.storage.log.read(anna.memberId, 0, 1);
    expect(kept?.event).toMatchObject({ message: { text: expect.stringContaining("mein \uFFFD?") } });
  });

  it("as JSON of an unknown shape is put aside without anybody's tokens, to be understood later", async () => {
    const gateway = await gatewayOf(anna);
    const body = JSON.stringify(delivery("ONSESSIONSTART", { SHAPE: "of tomorrow" }, anna));
    expect((await gateway.postEvent(body, { "content-type": "application/json" })).status).toBe(200);
    const [letter] = await gateway.storage.deadLetters.list(anna.memberId);
    expect(letter?.body).toContain("of tomorrow");
    expect(letter?.body).not.toContain(anna.applicationToken);
    const understood = JSON.stringify({ event: "ONSESSIONSTART", ts: 1773759161, data: portalPayloads.sessionChanges });
    const receivedAt = new Date();
    await gateway.storage.deadLetters.add(anna.memberId, {
      receivedAt,
      event: "ONSESSIONSTART",
      body: understood,
      reason: "an older version",
    });
    const report = await replayDeadLetters(gateway.storage.deadLetters, gateway.storage.log);
    expect(report).toEqual({ replayed: 1, remaining: 1 });
    expect(await keptKinds(gateway, anna)).toEqual(["sessionStarted"]);
  });

  it("is kept across a restart", async () => {
    const directory = await temporaryDirectory();
    const gateway = await startReceivingGateway({ storage: { kind: "lmdb", directory } });
    await gateway.knowPortal(anna);
    await gateway.postEvent(written);
    await gateway.storage.close();
    const again = await startReceivingGateway({ storage: { kind: "lmdb", directory } });
    expect(await keptKinds(again, anna)).toEqual(["messageAdded"]);
  });
});

describe("a delivery that proves nothing", () => {
  it.each([
    [
      "a wrong token",
      delivery("ONSESSIONSTART", portalPayloads.sessionChanges, { ...anna, applicationToken: "wrong" }),
      403,
    ],
    [
      "another portal's token",
      delivery("ONSESSIONSTART", portalPayloads.sessionChanges, { ...anna, applicationToken: boris.applicationToken }),
      403,
    ],
    [
      "a portal that is not installed",
      delivery("ONSESSIONSTART", portalPayloads.sessionChanges, { ...anna, memberId: "f".repeat(32) }),
      403,
    ],
    ["no auth", { ...written, auth: undefined }, 401],
    ["auth that is text", { ...written, auth: "yes" }, 401],
    ["auth without a token", { ...written, auth: { member_id: anna.memberId } }, 401],
    [
      "a token that is a list",
      { ...written, auth: { member_id: anna.memberId, application_token: [anna.applicationToken] } },
      401,
    ],
    ["a member id that is no id", { ...written, auth: { member_id: "../x", application_token: "x" } }, 401],
  ])("(%s) is refused and leaves nothing behind, as a form and as JSON", async (_name, body, status) => {
    const gateway = await gatewayOf(anna, boris);
    expect((await gateway.postEvent(body)).status).toBe(status);
    expect((await gateway.postEvent(JSON.stringify(body), { "content-type": "application/json" })).status).toBe(status);
    for (const sender of [anna, boris]) {
      expect(await gateway.storage.log.head(sender.memberId)).toBe(0);
      expect(await gateway.storage.deadLetters.list(sender.memberId)).toEqual([]);
    }
    const { forbidden, unauthenticated } = gateway.receiver.stats();
    expect(forbidden + unauthenticated).toBe(2);
  });

  it("cannot uninstall the application", async () => {
    const gateway = await gatewayOf(anna);
    await gateway.postEvent(written);
    const forged = delivery("ONAPPUNINSTALL", { CLEAN: 1 }, { ...anna, applicationToken: boris.applicationToken });
    expect((await gateway.postEvent(forged)).status).toBe(403);
    expect(await gateway.installations.findLatest(anna.memberId)).toBeDefined();
    expect(await gateway.storage.log.head(anna.memberId)).toBe(1);
  });
});

describe("a body that is no delivery", () => {
  it.each([
    ["empty", "", 400],
    ["without an event", "a=1", 400],
    ["an event that is a list", "event[]=ONSESSIONSTART", 400],
    ["brackets ten thousand deep", `event=ONSESSIONSTART&data${"[x]".repeat(10_000)}=1`, 400],
    ["bad percent-encoding", `event=ONSESSIONSTART&data[x]=%E0%A4%zz`, 400],
    ["JSON that is cut", JSON.stringify(written).slice(0, 500), 400],
    [
      "JSON that nests deeper than any event",
      `{"event":"ONSESSIONSTART","data":${"[".repeat(50)}1${"]".repeat(50)}}`,
      400,
    ],
    ["JSON that is no object", "[1]", 400],
    ["larger than a mebibyte", `event=ONSESSIONSTART&data=${"x".repeat(1024 * 1024)}`, 413],
  ])("(%s) is refused in one line", async (_name, body, status) => {
    const gateway = await gatewayOf(anna);
    const response = await gateway.postEvent(body);
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(/^[^\n]{10,120}$/);
    expect(await gateway.storage.log.head(anna.memberId)).toBe(0);
    const { unreadable, tooLarge } = gateway.receiver.stats();
    expect(unreadable + tooLarge).toBe(1);
  });

  it.each(["text/plain", "multipart/form-data; boundary=x", "nonsense"])(
    "of type %s is refused with 415 and told what is wanted",
    async (type) => {
      const gateway = await gatewayOf(anna);
      const response = await gateway.postEvent(JSON.stringify(written), { "content-type": type });
      expect(response.status).toBe(415);
      expect(await response.text()).toContain("application/x-www-form-urlencoded");
      expect(gateway.receiver.stats().unreadable).toBe(1);
    },
  );

  it("that breaks off leaves the receiver at work", async () => {
    const gateway = await gatewayOf(anna);
    await breakOff(gateway);
    expect((await gateway.postEvent(written)).status).toBe(200);
    expect(await keptKinds(gateway, anna)).toEqual(["messageAdded"]);
  });
});

const tooLarge = `event=ONSESSIONSTART&data=${"x".repeat(1024 * 1024)}`;

describe("a delivery that is not read", () => {
  it.each<[string, (gateway: ReceivingGateway) => Promise<unknown>]>([
    ["too large", (gateway) => gateway.postEvent(tooLarge)],
    ["broken off", breakOff],
  ])("(%s) lies in a gap where portals have proven that they deliver from its address", async (_name, send) => {
    const gateway = await gatewayOf(anna);
    await gateway.heartbeat.start();
    await send(gateway);
    expect((await gateway.postEvent(written)).status).toBe(200);
    await send(gateway);
    // The end of a connection is heard of a moment later.
    await eventually(async () => {
      await gateway.heartbeat.stop();
      expect(await keptKinds(gateway, anna)).toEqual(["messageAdded", "gap"]);
    });
  });

  it("is in no gap where nobody has proven anything, nor behind a proxy that is not trusted, nor what is no form", async () => {
    const gateway = await gatewayOf(anna);
    await gateway.heartbeat.start();
    await gateway.postEvent(tooLarge);
    const behindProxy = { "x-forwarded-for": "192.0.2.7" };
    expect((await gateway.postEvent(written, behindProxy)).status).toBe(200);
    await gateway.postEvent(tooLarge, behindProxy);
    await gateway.postEvent("{}", { "content-type": "application/json" });
    await gateway.heartbeat.stop();
    expect(await keptKinds(gateway, anna)).toEqual(["messageAdded"]);
  });
});

/** Sends the beginning of a delivery and goes away. */
function breakOff(gateway: ReceivingGateway): Promise<void> {
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  return new Promise((done) => {
    socket.once("connect", () => {
      const head = "POST /bitrix24/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n";
      socket.write(`${head}content-length: 100\r\n\r\nevent=ON`, () => socket.destroy());
    });
    socket.once("close", () => done());
  });
}

describe("when nothing can be kept", () => {
  it("deliveries are answered 503, and the gap is said when it works again", async () => {
    const redis = await startRedisServer();
    onTestFinished(() => redis.close());
    const gateway = await startReceivingGateway({ storage: { kind: "redis", url: redis.url, prefix: "t:" } });
    await gateway.knowPortal(anna);
    await gateway.heartbeat.start();
    onTestFinished(() => gateway.heartbeat.stop());
    expect((await gateway.postEvent(written)).status).toBe(200);

    await redis.kill();
    const later = delivery("ONOPENLINEMESSAGEADD", portalPayloads.operatorWrites, anna);
    expect((await gateway.postEvent(later)).status).toBe(503);
    expect((await gateway.postEvent(delivery("ONSESSIONSTART", { SHAPE: "x" }, anna))).status).toBe(503);
    expect(gateway.receiver.stats()).toMatchObject({ accepted: 1, unavailable: 2, deadLetters: 0 });

    await redis.start();
    await eventually(async () => expect((await gateway.postEvent(later)).status).toBe(200));
    await eventually(async () => {
      expect((await keptKinds(gateway, anna)).toSorted()).toEqual(["gap", "messageAdded", "messageAdded"]);
    });
  });
});

describe("dead letters", () => {
  it("that are understood now are appended and removed, the others stay", async () => {
    const gateway = await gatewayOf(anna);
    const receivedAt = new Date();
    const body = (event: string, data: object): string => phpForm({ event, ts: 1773759161, ...data });
    const add = (event: string, data: object) =>
      gateway.storage.deadLetters.add(anna.memberId, {
        receivedAt,
        event,
        body: body(event, data),
        reason: "an older version",
      });
    await add("ONSESSIONSTART", { data: { SHAPE: { of: "tomorrow" } } });
    await add("ONSESSIONFINISH", { data: portalPayloads.sessionChanges });
    await gateway.storage.deadLetters.add(anna.memberId, { receivedAt, event: "X", body: "%zz", reason: "damaged" });

    expect(await replayDeadLetters(gateway.storage.deadLetters, gateway.storage.log)).toEqual({
      replayed: 1,
      remaining: 2,
    });
    expect(await gateway.storage.log.read(anna.memberId, 0, 10)).toMatchObject([
      { event: { kind: "sessionFinished", dispatchedAt: "2026-03-17T14:52:41.000Z", address: { chatId: "17" } } },
    ]);
    expect(await gateway.storage.deadLetters.list(anna.memberId)).toHaveLength(2);
    expect(await replayDeadLetters(gateway.storage.deadLetters, gateway.storage.log)).toEqual({
      replayed: 0,
      remaining: 2,
    });
  });
});
