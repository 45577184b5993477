import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { freePort } from "../../kit/free-port.ts";
import { askOverHttp, startGatewayHere } from "../../kit/gateway-here.ts";
import { startRedisServer } from "../../kit/redis-server.ts";
import { connectSocket, type Stream } from "../../kit/socket-client.ts";
import { progress, until } from "../../kit/until.ts";
import { messageForm, postForm } from "./event-sender.ts";
import { type ChatPlace, openGatewayOffice, placeOf } from "./installed-portal.ts";
import { startTokenEndpoint } from "./token-endpoint.ts";

const CALLS = 100;

/** A subscription for each of the chats, spread over the gateways, so that each event costs a read of another chat. */
async function openReaders(
  origins: readonly string[],
  key: string,
  places: readonly ChatPlace[],
): Promise<readonly Stream[]> {
  const clients = await Promise.all(origins.map((origin) => connectSocket(origin, { key })));
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.close()));
  });
  const streams = places.map(({ chatId }, index) => {
    const client = clients[index % clients.length];
    if (client === undefined) throw new Error("no gateway");
    return client.open(
      `subscription { messageAdded(filter: { chatIds: ["${chatId}"] }) { content { text } chat { title } } }`,
    );
  });
  await Promise.all(clients.map((client) => client.settled()));
  return streams;
}

function errorCodes(streams: readonly Stream[], index: number): unknown[] {
  return streams.flatMap(({ results }) => (results[index]?.errors ?? []).map(({ extensions }) => extensions?.code));
}

const installedState = z.object({
  viewer: z.object({ liveEvents: z.object({ source: z.string(), needsReinstall: z.boolean() }) }),
});

async function needsReinstall(origin: string, key: string): Promise<boolean> {
  const { data } = await askOverHttp(origin, key, "{ viewer { liveEvents { source needsReinstall } } }");
  return installedState.parse(data).viewer.liveEvents.needsReinstall;
}

async function readiness(origin: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${origin}/ready`);
  return { status: response.status, body: JSON.parse(await response.text()) };
}

it("a hundred calls of two gateways with an expired token cause one refresh", async () => {
  const redis = await startRedisServer();
  onTestFinished(() => redis.close());
  const office = await openGatewayOffice({ size: 0.5 });
  const tokens = await startTokenEndpoint(office.portal.application.tokenUrl);
  const more = {
    REDIS_URL: redis.url,
    BITRIX24_TOKEN_URL: tokens.url,
    GATEWAY_MAX_OPERATIONS_PER_SOCKET: String(CALLS),
  };
  const origins = [
    await startGatewayHere(office.settings(await freePort(), await office.dataDirectory(), more)),
    await startGatewayHere(office.settings(await freePort(), await office.dataDirectory(), more)),
  ];
  const [origin = ""] = origins;
  const sender = await office.install(origin);
  const places = [...office.portal.world.chats.values()]
    .filter(({ kind }) => kind === "lines")
    .slice(0, CALLS)
    .map(placeOf);
  expect(places.length).toBe(CALLS);
  const streams = await openReaders(origins, office.key, places);
  for (let round = 1; round <= 2; round += 1) {
    const before = tokens.exchanges.length;
    office.portal.resetStats();
    office.portal.expireTokens();
    const statuses = await Promise.all(
      places.map((place, index) =>
        postForm(origin, messageForm({ text: `${round}.${index}`, place, direction: "OUTGOING" }, sender)),
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    await progress(
      () => streams.every(({ results }) => results.length >= round),
      () => streams.reduce((sum, { results }) => sum + results.length, 0),
    );
    expect(errorCodes(streams, round - 1)).toEqual([]);
    expect(office.portal.stats().byMethod["imopenlines.dialog.get"]).toBe(CALLS);
    expect(tokens.exchanges.slice(before).map(({ status }) => status)).toEqual([200]);
  }
});

it("a refused refresh is told by viewer and readiness while events still flow, and a new installation heals it", async () => {
  const office = await openGatewayOffice();
  const { key, portal } = office;
  const tokens = await startTokenEndpoint(portal.application.tokenUrl);
  const origin = await startGatewayHere(
    office.settings(await freePort(), await office.dataDirectory(), { BITRIX24_TOKEN_URL: tokens.url }),
  );
  let sender = await office.install(origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  const client = await connectSocket(origin, { key });
  onTestFinished(() => client.close());
  const stream = client.open("subscription { messageAdded { content { text } chat { title } } }");
  await client.settled();
  const write = async (text: string): Promise<void> => {
    expect(await postForm(origin, messageForm({ text, place, direction: "OUTGOING" }, sender))).toBe(200);
    await until(() => stream.results.some(({ data }) => JSON.stringify(data).includes(`"${text}"`)));
  };
  await write("1.1");
  expect(await needsReinstall(origin, key)).toBe(false);

  // Somebody else has used the refresh token of who installed the application, so that the portal's server no longer takes it.
  const stolen = tokens.exchanges.find(({ refreshToken }) => refreshToken !== undefined)?.refreshToken;
  const { clientId, clientSecret, tokenUrl } = portal.application;
  const url = new URL(tokenUrl);
  const params = {
    grant_type: "refresh_token",
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: stolen ?? "",
  };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  expect((await fetch(url)).status).toBe(200);
  portal.expireTokens();
  await write("1.2");
  await until(() => needsReinstall(origin, key));
  const { hostname, port } = new URL(portal.url);
  expect(await readiness(origin)).toMatchObject({ status: 200, body: { needsReinstall: [`${hostname}:${port}`] } });
  await write("1.3");

  sender = await office.install(origin);
  await until(async () => !(await needsReinstall(origin, key)));
  expect((await readiness(origin)).body).not.toHaveProperty("needsReinstall");
  await write("1.4");
  expect(errorCodes([stream], stream.results.length - 1)).toEqual([]);
});
