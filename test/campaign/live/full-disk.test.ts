import { expect, it, onTestFinished } from "vitest";
import { freePort } from "../../kit/free-port.ts";
import { isReady, startGatewayProcess } from "../../kit/gateway-process.ts";
import { currentCursor } from "../../kit/socket-client.ts";
import { until } from "../../kit/until.ts";
import { messageForm, postForm, type SentEvent } from "./event-sender.ts";
import { largestFile, limitFiles } from "./file-limit.ts";
import { openGatewayOffice } from "./installed-portal.ts";
import { startSubscriber } from "./resuming-subscriber.ts";

it("a full disk is answered 503, never 200; once there is room the gap is said, and what was accepted is there once", async () => {
  const office = await openGatewayOffice();
  const directory = await office.dataDirectory();
  const gateway = await startGatewayProcess(office.settings(await freePort(), directory));
  onTestFinished(() => gateway.kill());
  const { origin, pid } = gateway;
  const sender = await office.install(origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  const subscriber = await startSubscriber({
    interest: { field: "openLineEvents", filter: "kinds: [MESSAGE_ADDED]", matches: () => true },
    key: office.key,
    cursor: await currentCursor(origin, office.key),
    target: () => origin,
  });
  onTestFinished(() => subscriber.close());
  const accepted: string[] = [];
  let number = 0;
  const post = async (padding = 0): Promise<number> => {
    number += 1;
    const event: SentEvent = { text: `1.${number}.${"x".repeat(padding)}`, place, direction: "OUTGOING" };
    const status = await postForm(origin, messageForm(event, sender));
    if (status === 200) accepted.push(event.text);
    return status;
  };
  for (let each = 0; each < 20; each += 1) expect(await post()).toBe(200);

  limitFiles(pid, await largestFile(directory));
  const statuses = new Set<number>();
  await until(async () => {
    statuses.add(await post(50_000));
    return statuses.has(503);
  });
  for (let each = 0; each < 20; each += 1) expect(await post(50_000)).toBe(503);
  expect(await isReady(origin)).toBe(false);

  limitFiles(pid, "unlimited");
  await until(async () => (await post()) === 200);
  await until(() => subscriber.gaps.length > 0);
  expect(await post()).toBe(200);
  await until(() => subscriber.texts.at(-1) === accepted.at(-1));
  expect(subscriber.texts).toEqual(accepted);
  expect(subscriber.gaps.length).toBe(1);
  expect(subscriber.problems).toEqual([]);
  expect(subscriber.connections()).toBe(1);
  expect(await isReady(origin)).toBe(true);
  expect([...statuses].every((status) => status === 200 || status === 503)).toBe(true);
});
