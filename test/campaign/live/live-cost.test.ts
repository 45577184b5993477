import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Chat } from "../../../simulator/world/records.ts";
import { freePort } from "../../kit/free-port.ts";
import { startGatewayHere } from "../../kit/gateway-here.ts";
import { startOwnClock } from "../../kit/own-time.ts";
import { connectSocket, type StreamResult } from "../../kit/socket-client.ts";
import { until } from "../../kit/until.ts";
import { createPoster, messageForm } from "./event-sender.ts";
import {
  type ChatPlace,
  type GatewayOffice,
  openGatewayOffice,
  placeOf,
  temporaryDirectory,
} from "./installed-portal.ts";

const OPERATORS = 12;
const EVENTS = 8;
/** Looks at the dialogs of everybody who listens, which come once a minute. */
const HEARTBEATS = OPERATORS;
const ALLOWED_A_MINUTE = 30;

interface Listener {
  readonly userId: number;
  readonly results: StreamResult[];
}

/** A gateway with keys for so many operators, each of whom sees the own dialogs. */
async function startForOperators(
  office: GatewayOffice,
): Promise<{ origin: string; keys: ReadonlyMap<number, string> }> {
  const operators = office.portal.users.filter(({ role }) => role === "operator").slice(0, OPERATORS);
  expect(operators.length).toBe(OPERATORS);
  const [supervisor] = office.portal.users;
  const credentials = Object.fromEntries([
    ["supervisor", { webhook: supervisor?.webhookUrl }],
    ...operators.map(({ id, webhookUrl }) => [`operator-${id}`, { webhook: webhookUrl }]),
  ]);
  const file = join(await temporaryDirectory("credentials"), "credentials.json");
  await writeFile(file, JSON.stringify(credentials), { mode: 0o600 });
  const keys = new Map(operators.map(({ id }) => [id, `key-of-operator-${id}-for-a-test`]));
  const configured = [...keys].map(([id, key]) => `operator-${id}:${key}:operator-${id}`);
  const settings = office.settings(await freePort(), await office.dataDirectory(), {
    BITRIX24_CREDENTIALS_FILE: file,
    BITRIX24_PLAN: "standard",
    GATEWAY_API_KEYS: [`supervisor:${office.key}:supervisor:all`, ...configured].join(","),
  });
  return { origin: await startGatewayHere(settings), keys };
}

const textOf = ({ data }: StreamResult): unknown => Object(Object(data).messageAdded).content?.text;

describe("what live events cost the portal", () => {
  it("of twelve operators who only listen is at most thirty requests a minute with eight events, and each gets the events of the own dialogs", async () => {
    const office = await openGatewayOffice({ plan: "standard", size: 1 });
    const { portal } = office;
    const { origin, keys } = await startForOperators(office);
    await office.install(origin);
    const listeners: Listener[] = [];
    for (const [userId, key] of keys) {
      const client = await connectSocket(origin, { key });
      onTestFinished(() => client.close());
      const { results } = client.open(
        "subscription { messageAdded(filter: { directions: [INCOMING] }) { content { text } } }",
      );
      await client.settled();
      listeners.push({ userId, results });
    }
    const chats: Chat[] = [...portal.world.chats.values()]
      // Of live chat, whose messages tell their chat without a search among several.
      .filter(
        ({ connectorId, ownerId, members }) => connectorId === "livechat" && keys.has(ownerId) && members.has(ownerId),
      )
      .slice(0, EVENTS);
    expect(chats.length).toBe(EVENTS);
    portal.resetStats();

    for (const [index, chat] of chats.entries()) {
      portal.world.customerWrites(chat.id, `event ${index}`);
      await until(() => listeners.some(({ results }) => results.some((each) => textOf(each) === `event ${index}`)));
    }
    const isInside = (chat: Chat, userId: number): boolean => chat.members.has(userId) || chat.recents.has(userId);
    const expected = listeners.map(({ userId }) =>
      chats.flatMap((chat, index) => (isInside(chat, userId) ? [`event ${index}`] : [])),
    );
    await until(() => listeners.every(({ results }, index) => results.length >= (expected[index]?.length ?? 0)));
    expect(listeners.map(({ results }) => results.map(textOf))).toEqual(expected);
    expect(listeners.flatMap(({ results }) => results).filter(({ errors }) => errors !== undefined)).toEqual([]);
    expect(portal.stats().requests).toBeLessThanOrEqual(ALLOWED_A_MINUTE - HEARTBEATS);
  });

  it("is nothing where neither the viewer's rights nor the selection need it, and 200 messages of unknown chats are delivered at once", async () => {
    const office = await openGatewayOffice({ plan: "standard" });
    const { portal, key } = office;
    const settings = office.settings(await freePort(), await office.dataDirectory(), { BITRIX24_PLAN: "standard" });
    const origin = await startGatewayHere(settings);
    const sender = await office.install(origin);
    const client = await connectSocket(origin, { key });
    onTestFinished(() => client.close());
    const { results } = client.open("subscription { openLineEvents { cursor } }");
    await client.settled();
    const [place] = office.places();
    if (place === undefined) throw new Error("a portal without chats");
    await until(() => portal.stats().requests > 0);
    // What the installation asks is over before it is counted.
    for (let before = -1; before !== portal.stats().requests; await pause(200)) before = portal.stats().requests;
    portal.resetStats();
    const poster = createPoster();
    onTestFinished(() => poster.close());
    for (let number = 0; number < 200; number += 1) {
      const unknown: ChatPlace = { ...place, externalChatId: `unknown-${number}`, customerId: 900_000 + number };
      const event = { text: `1.${number}`, place: unknown, direction: "INCOMING" } as const;
      expect(await poster.post(origin, messageForm(event, sender))).toBe(200);
    }
    await until(() => results.length === 200);
    expect(portal.stats().requests).toBe(0);
  });

  it("of events whose chats have to be looked for is bounded, and an event that is given up holds up none behind it", async () => {
    const office = await openGatewayOffice({ plan: "standard" });
    const { portal, key } = office;
    const settings = office.settings(await freePort(), await office.dataDirectory(), { BITRIX24_PLAN: "standard" });
    const origin = await startGatewayHere(settings);
    const sender = await office.install(origin);
    const client = await connectSocket(origin, { key });
    onTestFinished(() => client.close());
    const { results } = client.open("subscription { messageAdded { content { text } chat { id } } }");
    await client.settled();
    const [place] = office.places();
    if (place === undefined) throw new Error("a portal without chats");
    const known = portal.world.chat(place.chatId);
    portal.setFaults([{ kind: "latency", method: "imopenlines.dialog.get", perCommandMs: 8_000 }]);
    const poster = createPoster();
    onTestFinished(() => poster.close());
    for (let number = 0; number < 30; number += 1) {
      const unknown: ChatPlace = { ...place, externalChatId: `unknown-${number}`, customerId: 900_000 + number };
      const event = { text: `1.${number}`, place: unknown, direction: "INCOMING" } as const;
      expect(await poster.post(origin, messageForm(event, sender))).toBe(200);
    }
    const told = { text: "told", place: placeOf(known), direction: "OUTGOING" } as const;
    expect(await poster.post(origin, messageForm(told, sender))).toBe(200);
    const since = startOwnClock();
    await until(() => results.length === 31);
    // All wait together, not one after another.
    expect(since()).toBeLessThan(20_000);
    expect(results.slice(0, 30).map(({ errors }) => errors?.[0]?.extensions?.code)).toEqual(
      Array.from({ length: 30 }, () => "EVENT_WITHHELD"),
    );
    expect(textOf(results[30] ?? {})).toBe("told");
  });
});
