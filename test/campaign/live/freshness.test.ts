import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { freePort } from "../../kit/free-port.ts";
import { startGatewayHere } from "../../kit/gateway-here.ts";
import { startGatewayProcess } from "../../kit/gateway-process.ts";
import { testProgram } from "../../kit/programs.ts";
import { connectSocket, type SocketClient, type Stream } from "../../kit/socket-client.ts";
import { until } from "../../kit/until.ts";
import { messageForm, postForm } from "./event-sender.ts";
import { openGatewayOffice } from "./installed-portal.ts";

const TITLES = "subscription { messageAdded { content { text } chat { title } } }";

it("shows the second state with the second event of a chat that changed twice, and reads it once for equal subscriptions", async () => {
  const office = await openGatewayOffice();
  const { portal, key } = office;
  const origin = await startGatewayHere(office.settings(await freePort(), await office.dataDirectory()));
  const sender = await office.install(origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  const clients = await Promise.all(Array.from({ length: 5 }, () => connectSocket(origin, { key })));
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.close()));
  });
  const streams = clients.flatMap((client) => Array.from({ length: 10 }, () => client.open(TITLES)));
  await Promise.all(clients.map((client) => client.settled()));
  const chat = portal.world.chat(place.chatId);
  portal.resetStats();

  for (const [index, title] of ["First state", "Second state", "Third state"].entries()) {
    chat.title = title;
    const event = { text: `1.${index}`, place, direction: "OUTGOING" } as const;
    expect(await postForm(origin, messageForm(event, sender))).toBe(200);
    await until(() => streams.every(({ results }) => results.length > index));
    for (const { results } of streams) {
      expect(results[index]?.data).toEqual({ messageAdded: { content: { text: event.text }, chat: { title } } });
    }
    expect(portal.stats().byMethod["imopenlines.dialog.get"]).toBe(index + 1);
  }
});

const held = z.object({
  heapBytes: z.number(),
  requests: z.number(),
  sockets: z.number(),
  signals: z.number(),
  timers: z.number(),
});

type Held = z.infer<typeof held>;

function isHeld(message: unknown): message is Held {
  return held.safeParse(message).success;
}

const connected = z.object({ connections: z.number() });

type Connected = z.infer<typeof connected>;

function isConnected(message: unknown): message is Connected {
  return connected.safeParse(message).success;
}

const eventShape = z.object({
  data: z.object({ messageAdded: z.object({ content: z.object({ text: z.string() }) }) }),
  errors: z.undefined().optional(),
});

/**
 * A gateway that did not run for longer than senders wait says so, whatever kept it from running: on a busy machine the counting of this test,
 * or ten thousand subscriptions that come at once.
 */
const gapShape = z.object({
  data: z.object({ messageAdded: z.null() }),
  errors: z.tuple([
    z.object({ extensions: z.object({ code: z.literal("STREAM_GAP"), since: z.string(), until: z.string() }) }),
  ]),
});

const resultShape = z.union([
  eventShape.transform(({ data }) => data.messageAdded.content.text),
  gapShape.transform(() => null),
]);

/** Texts of the events among results; whatever is neither an event nor a gap is refused. */
function textsOf(results: readonly unknown[]): readonly string[] {
  return results.map((result) => resultShape.parse(result)).filter((text) => text !== null);
}

function saysMoreThanGaps({ results }: Stream): boolean {
  return results.some(({ errors }) => errors?.[0]?.extensions?.code !== "STREAM_GAP");
}

/** Different for each number, so that equal numbers are executed together. */
function subscription(number: number): string {
  return `subscription { messageAdded { cursor copy${number}: cursor content { text } } }`;
}

/** Fails as soon as a socket ends that should stay open, with what it was closed with: everything else would only say that something did not come. */
function firstToEnd(clients: readonly SocketClient[]) {
  let isOver = false;
  let isBroken = false;
  const failure = new Promise<never>((_resolve, reject) => {
    for (const { closed } of clients) {
      void closed.then(({ code, reason }) => {
        if (isOver) return;
        isBroken = true;
        reject(new Error(`a socket was closed with ${code} ${reason}`));
      });
    }
  });
  return {
    failure,
    isBroken: () => isBroken,
    forget(): void {
      isOver = true;
    },
  };
}

/** For what takes seconds on a quiet machine. */
const PATIENCE_MS = 240_000;

it("holds as much as before after 10,000 subscriptions were opened and closed five times", async () => {
  const rounds = 5;
  const sockets = 100;
  const perSocket = 100;
  const office = await openGatewayOffice();
  const { key } = office;
  const settings = office.settings(await freePort(), await office.dataDirectory(), {
    GATEWAY_MAX_OPERATIONS_PER_SOCKET: String(perSocket + 1),
  });
  const gateway = await startGatewayProcess(settings, {
    program: testProgram("campaign/live/measured-gateway.ts"),
    nodeOptions: ["--expose-gc"],
  });
  onTestFinished(() => gateway.kill());
  const { origin } = gateway;
  const sender = await office.install(origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  const measure = () => gateway.ask("measure", isHeld);
  const connections = async () => (await gateway.ask("connections", isConnected)).connections;

  // Counting works: it finds the few that are open. Counting ten thousand would stop the gateway for seconds.
  const few = await connectSocket(origin, { key });
  for (let count = 0; count < 5; count += 1) few.open(subscription(count));
  await few.settled();
  expect((await measure()).requests).toBe(5);
  await few.close();

  const afterRounds: Held[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const clients = await Promise.all(Array.from({ length: sockets }, () => connectSocket(origin, { key })));
    const streams = clients.flatMap((client) =>
      // Ten different subscriptions, each shared by a tenth of the listeners; the last socket's events are seen to arrive.
      Array.from({ length: perSocket }, (_, index) => client.open(subscription(index % 10))),
    );
    const broken = firstToEnd(clients);
    const whileOpen = <T>(what: Promise<T>): Promise<T> => Promise.race([what, broken.failure]);
    await whileOpen(Promise.all(clients.map((client) => client.settled())));
    const event = { text: `1.${round}`, place, direction: "OUTGOING" } as const;
    expect(await postForm(origin, messageForm(event, sender))).toBe(200);
    await whileOpen(until(() => broken.isBroken() || streams.every(saysMoreThanGaps), PATIENCE_MS));
    await whileOpen(Promise.all(clients.map((client) => client.settled())));
    broken.forget();
    expect(new Set(streams.map(({ results }) => JSON.stringify(textsOf(results))))).toEqual(
      new Set([JSON.stringify([event.text])]),
    );
    // Half of them are completed, the others end with their socket.
    for (const [index, stream] of streams.entries()) if (index % 2 === 0) stream.complete();
    await Promise.all(clients.map((client) => client.close()));
    // What is left are a few of the portal and of deliveries. Counting before would stop the gateway while it closes the others.
    await until(async () => (await connections()) < sockets, PATIENCE_MS);
    let rest = await measure();
    while (rest.sockets > 0) rest = await measure();
    afterRounds.push(rest);
  }

  const [first, ...later] = afterRounds;
  if (first === undefined) throw new Error("no rounds");
  expect(afterRounds.map(({ requests }) => requests)).toEqual(afterRounds.map(() => 0));
  // What one listener keeps, a signal or a timer, would be here ten thousand times over.
  for (const each of later) {
    expect(each.signals - first.signals).toBeLessThan(100);
    expect(each.timers - first.timers).toBeLessThan(20);
    // 40,000 subscriptions later: less than 400 bytes for each.
    expect(each.heapBytes - first.heapBytes).toBeLessThan(16 * 1024 * 1024);
  }
}, 900_000);
