import { Redis } from "ioredis";
import { expect, it, onTestFinished } from "vitest";
import { openEventStream } from "../../kit/event-stream-client.ts";
import { freePort } from "../../kit/free-port.ts";
import { startGatewayProcess } from "../../kit/gateway-process.ts";
import { startRedisServer } from "../../kit/redis-server.ts";
import { connectSocket, currentCursor } from "../../kit/socket-client.ts";
import { eventually } from "../../kit/until.ts";
import { openGatewayOffice } from "./installed-portal.ts";

const TEXTS = "subscription ($after: EventCursor) { messageAdded(after: $after) { content { text } } }";

it("a Redis that is full, away or emptied is told of: by /ready, in the log, with a code to come back and a reason at the end", async () => {
  const redis = await startRedisServer();
  onTestFinished(() => redis.close());
  const office = await openGatewayOffice();
  const gateway = await startGatewayProcess(
    office.settings(await freePort(), await office.dataDirectory(), { REDIS_URL: redis.url }),
  );
  onTestFinished(() => gateway.kill());
  const { origin } = gateway;
  await office.install(origin);
  const after = await currentCursor(origin, office.key);
  const client = await connectSocket(origin, { key: office.key });
  onTestFinished(() => client.close());
  const overSocket = client.open(TEXTS, { variables: { after } });
  const overStream = await openEventStream(origin, TEXTS, { key: office.key, variables: { after } });
  await client.settled();
  const readiness = async (): Promise<number> => (await fetch(`${origin}/ready`)).status;
  const logged = (): unknown[] =>
    gateway.output.filter((line) => line.includes("A store cannot be used")).map((line) => JSON.parse(line).store);

  const admin = new Redis(redis.url);
  await admin.config("SET", "maxmemory", "1");
  await eventually(async () => expect(await readiness()).toBe(503));
  await eventually(() => expect(logged()).toEqual(["redis"]));
  expect(gateway.output.join("\n")).toContain("OOM");
  await admin.config("SET", "maxmemory", "0");
  await eventually(async () => expect(await readiness()).toBe(200));

  admin.disconnect();
  await redis.kill();
  await eventually(async () => expect(await readiness()).toBe(503));
  const asked = await client.ask("{ eventCursor }");
  expect(asked.errors?.[0]?.extensions).toMatchObject({ code: "STORAGE_UNAVAILABLE", retryAfterMs: 2_000 });
  const refused = client.open(TEXTS, { variables: { after } });
  await refused.ended;
  const errors = refused.refused() ?? refused.results[0]?.errors;
  expect(errors?.[0]?.extensions).toMatchObject({ code: "STORAGE_UNAVAILABLE", retryAfterMs: 2_000 });
  await redis.start();
  await eventually(async () => expect(await readiness()).toBe(200));
  expect(
    [overSocket.results, overStream.results]
      .flat()
      .filter(({ errors: each }) => each?.[0]?.extensions?.code !== "STREAM_GAP"),
  ).toEqual([]);

  const again = new Redis(redis.url);
  await again.flushall();
  again.disconnect();
  await Promise.all([overSocket.ended, overStream.ended]);
  for (const { results } of [overSocket, overStream]) {
    expect(results.at(-1)?.errors?.[0]?.extensions).toMatchObject({ code: "EVENTS_LOST", headCursor: null });
  }
});
