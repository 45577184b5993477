import { expect, test } from "vitest";
import { send } from "../kit/http-client.ts";
import { startScriptedGateway } from "../kit/scripted-gateway.ts";
import { eventually } from "../kit/until.ts";
import { dialogOnWire } from "../resolvers/wire-answers.ts";

const BUSY = "busy-0123456789abcdef";
const OTHER = "other-0123456789abcdef";
const KEYS = { GATEWAY_API_KEYS: `busy:${BUSY},other:${OTHER}` };

interface Told {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

async function ask(origin: string, key: string, query: string): Promise<Told> {
  const headers = { "content-type": "application/json", "x-api-key": key };
  return JSON.parse((await send(`${origin}/graphql`, { headers, body: JSON.stringify({ query }) })).text);
}

const skip = (chatId: number): string => `mutation { chatSkip(chatId: "${chatId}") { userErrors { code } } }`;
const title = (chatId: number): string => `{ chat(by: {id: ${chatId}}) { title } }`;

/** A gateway whose one key has so many writes waiting that the portal's burst is used up. */
async function withBusyKey() {
  const gateway = await startScriptedGateway({
    ...KEYS,
    BITRIX24_PLAN: "standard",
    GATEWAY_SHUTDOWN_TIMEOUT_MS: "500",
  });
  const { origin, portal } = gateway;
  portal.answer = (method) =>
    method === "imopenlines.dialog.get" ? dialogOnWire({ id: 9, dialog_id: "chat9" }) : true;
  // Most are left when the gateway ends.
  const writes = Promise.allSettled(Array.from({ length: 90 }, (_, at) => ask(origin, BUSY, skip(at + 100))));
  await eventually(() => expect(portal.requests.length).toBeGreaterThan(45));
  return { ...gateway, writes };
}

/** How many requests of others the portal got between the asking and the sending of what names a chat. */
async function passedBy(
  { origin, portal }: Awaited<ReturnType<typeof withBusyKey>>,
  query: string,
  method: string,
): Promise<number> {
  const before = portal.requests.length;
  expect((await ask(origin, OTHER, query)).errors).toBeUndefined();
  return portal.requests.slice(before).findIndex((request) => request.method === method && isOfNine(request.body));
}

function isOfNine({ CHAT_ID }: Record<string, unknown>): boolean {
  return String(CHAT_ID) === "9";
}

test("while one key has sends waiting without end, another's read and write are among the next", async () => {
  const gateway = await withBusyKey();
  for (const [query, method] of [
    [title(9), "imopenlines.dialog.get"],
    [skip(9), "imopenlines.operator.skip"],
  ] as const) {
    const passed = await passedBy(gateway, query, method);
    expect(passed).toBeGreaterThanOrEqual(0);
    // One of the other key, and those that were under way.
    expect(passed).toBeLessThanOrEqual(5);
  }
  await gateway.close();
  await gateway.writes;
});

test("writes that the portal never answers hold up nobody else's once their operation's time is over", async () => {
  const { origin, portal } = await startScriptedGateway({ ...KEYS, GATEWAY_OPERATION_TIMEOUT_MS: "1500" });
  portal.answer = () => true;
  portal.next.push(...Array.from({ length: 4 }, () => () => new Promise<never>(() => {})));
  const lost = await Promise.all([1, 2, 3, 4].map((chatId) => ask(origin, BUSY, skip(chatId))));
  expect(lost.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(lost.map(() => "OUTCOME_UNKNOWN"));
  for (const key of [OTHER, BUSY]) {
    expect(await ask(origin, key, skip(9))).toMatchObject({ data: { chatSkip: { userErrors: [] } } });
  }
});

test("another key's read is answered while one key's slow reads are under way", async () => {
  const { origin, portal } = await startScriptedGateway({ ...KEYS, BITRIX24_PLAN: "on-premise" });
  const releases: (() => void)[] = [];
  const slow = () =>
    new Promise<{ body: string }>((resolve) => {
      releases.push(() => resolve({ body: JSON.stringify({ result: dialogOnWire({ id: 9, dialog_id: "chat9" }) }) }));
    });
  const reads: Promise<Told>[] = [];
  for (let at = 0; at < 8; at += 1) {
    portal.next.push(slow);
    reads.push(ask(origin, BUSY, title(at + 100)));
    await eventually(() => expect(releases).toHaveLength(at + 1));
  }
  portal.answer = () => dialogOnWire({ id: 9, dialog_id: "chat9" });
  expect((await ask(origin, OTHER, title(9))).errors).toBeUndefined();
  expect(releases).toHaveLength(8);
  for (const release of releases) release();
  await Promise.all(reads);
});

test("one operation that asks for thousands of chats is refused before a request leaves, and another key's read is answered", async () => {
  const { origin, portal } = await startScriptedGateway({ ...KEYS, BITRIX24_PLAN: "standard" });
  portal.answer = () => dialogOnWire({ id: 9, dialog_id: "chat9" });
  const before = portal.requests.length;
  const greedy = `{ ${Array.from({ length: 1_990 }, (_, at) => `c${at}: chat(by: {id: ${at + 1}}) { title }`).join(" ")} }`;
  for (const told of await Promise.all([greedy, greedy, greedy].map((query) => ask(origin, BUSY, query)))) {
    expect(told.errors?.[0]?.extensions.code).toBe("LIMIT_EXCEEDED");
  }
  expect(portal.requests).toHaveLength(before);
  expect((await ask(origin, OTHER, title(9))).errors).toBeUndefined();
  expect(portal.requests).toHaveLength(before + 1);
});
