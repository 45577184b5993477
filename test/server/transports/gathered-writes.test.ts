import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { gatherWrites, MAX_UNREAD_BYTES, type Outlet } from "../../../src/server/transports/gathered-writes.ts";
import { createResultChunks } from "../../../src/server/transports/result-chunks.ts";
import { createResultFrames } from "../../../src/server/transports/result-frames.ts";
import { LiveResult } from "../../../src/subscriptions/live/live-result.ts";
import { until } from "../../kit/until.ts";

/** The server's side of a connection, and its client, which reads only when it is told to. */
async function openPair(): Promise<{ readonly served: Socket; readonly client: Socket }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const accepted = once(server, "connection");
  const client = connect({ host: "127.0.0.1", port: address.port });
  const [served]: Socket[] = await accepted;
  if (served === undefined) throw new Error("no connection");
  client.pause();
  served.on("error", () => {});
  client.on("error", () => {});
  onTestFinished(() => {
    client.destroy();
    served.destroy();
    server.close();
  });
  return { served, client };
}

interface Message {
  readonly id: string;
  readonly payload: unknown;
}

/** Reads frames of text as RFC 6455 describes those of a server: final, unmasked. */
function readMessages(client: Socket): readonly Message[] {
  const messages: Message[] = [];
  let rest: Buffer = Buffer.alloc(0);
  client.on("data", (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const frame = frameIn(rest);
      if (frame === undefined) return;
      messages.push(JSON.parse(String(rest.subarray(frame.from, frame.end))));
      rest = rest.subarray(frame.end);
    }
  });
  client.resume();
  return messages;
}

function frameIn(bytes: Buffer): { readonly from: number; readonly end: number } | undefined {
  if (bytes.length < 10) return undefined;
  if (bytes[0] !== 0x81) throw new Error("not a final frame of text");
  const short = bytes.readUInt8(1);
  const [from, length] =
    short < 126 ? [2, short] : short === 126 ? [4, bytes.readUInt16BE(2)] : [10, Number(bytes.readBigUInt64BE(2))];
  return bytes.length < from + length ? undefined : { from, end: from + length };
}

const resultOf = (text: string): LiveResult => new LiveResult({ data: { text } });
const idInJson = (id: string): Buffer => Buffer.from(JSON.stringify(id));
const isOpen = (): boolean => true;

/** Counts the calls of the system that a socket is written to with. */
function counting(socket: Socket): { readonly outlet: Outlet; writes(): number } {
  let writes = 0;
  return {
    outlet: {
      get writableLength() {
        return socket.writableLength;
      },
      write(bytes, written) {
        writes += 1;
        return socket.write(bytes, written);
      },
    },
    writes: () => writes,
  };
}

it("a result of any length reaches each client under its own id, whatever its length", async () => {
  const frames = createResultFrames();
  const ids = [
    "1",
    "2",
    'a "quoted" id',
    "ключ",
    "36a7b1f0-9c6d-4f9e-8a51-0d6c9b1f7a10",
    "46a7b1f0-9c6d-4f9e-8a51-0d6c9b1f7a10",
  ];
  const clients = await Promise.all(
    ids.map(async (id) => {
      const { served, client } = await openPair();
      return { id, writes: gatherWrites(served, frames, isOpen), messages: readMessages(client) };
    }),
  );
  // Up to 125 bytes, up to 65,535 and more have heads of different lengths.
  const texts = [
    "",
    "x".repeat(70),
    "x".repeat(75),
    "é".repeat(300),
    "x".repeat(65_400),
    "x".repeat(65_600),
    "z".repeat(200_000),
  ];
  for (const [index, text] of texts.entries()) {
    const result = resultOf(text);
    for (const { writes, id } of clients) writes.add(result, idInJson(id));
    await until(() => clients.every(({ messages }) => messages.length === index + 1));
  }
  for (const { id, messages } of clients) {
    expect(messages).toEqual(texts.map((text) => ({ id, type: "next", payload: { data: { text } } })));
  }
});

it("clients that read and clients that do not get their own id each, though they share one buffer", async () => {
  const frames = createResultFrames();
  const quick = await openPair();
  const slow = await Promise.all([openPair(), openPair()]);
  const quickMessages = readMessages(quick.client);
  const all = [
    { id: "slow-1", writes: gatherWrites(slow[0].served, frames, isOpen) },
    { id: "quick0", writes: gatherWrites(quick.served, frames, isOpen) },
    { id: "slow-2", writes: gatherWrites(slow[1].served, frames, isOpen) },
  ];
  const behind = new Map<string, Promise<void>>();
  const sent = new Map<string, number>();
  const text = "x".repeat(8_000);
  // Far more than the system's buffers hold.
  for (let number = 0; behind.size < 2; number += 1) {
    const result = resultOf(`${number} ${text}`);
    for (const { id, writes } of all) {
      if (behind.has(id)) continue;
      const waiting = writes.add(result, idInJson(id));
      sent.set(id, number + 1);
      if (waiting !== undefined) behind.set(id, waiting);
    }
    await until(() => quickMessages.length === number + 1);
  }
  expect([...behind.keys()].sort()).toEqual(["slow-1", "slow-2"]);
  const slowMessages = slow.map(({ client }) => readMessages(client));
  await Promise.all(behind.values());
  await until(() => all.every(({ id }) => messagesOf(id).length === sent.get(id)));

  function messagesOf(id: string): readonly Message[] {
    return (id === "quick0" ? quickMessages : slowMessages[id === "slow-1" ? 0 : 1]) ?? [];
  }
  for (const { id } of all) {
    const messages = messagesOf(id);
    expect(messages.map((message) => message.id)).toEqual(messages.map(() => id));
    expect(messages.map(({ payload }) => payload)).toEqual(
      messages.map((_, number) => ({ data: { text: `${number} ${text}` } })),
    );
  }
});

it("what comes in one turn is written at once, in order", async () => {
  const frames = createResultFrames();
  const { served, client } = await openPair();
  const messages = readMessages(client);
  const { outlet, writes } = counting(served);
  const gathered = gatherWrites(outlet, frames, isOpen);
  for (let number = 0; number < 50; number += 1)
    expect(gathered.add(resultOf(String(number)), idInJson("1"))).toBeUndefined();
  expect(writes()).toBe(0);
  await until(() => messages.length === 50);
  expect(writes()).toBe(1);
  expect(messages.map(({ payload }) => payload)).toEqual(
    Array.from({ length: 50 }, (_, number) => ({ data: { text: String(number) } })),
  );
});

it("no more than the bound and one result wait for a client that does not read, and it learns what was taken", async () => {
  const frames = createResultFrames();
  const { served, client } = await openPair();
  const gathered = gatherWrites(served, frames, isOpen);
  const text = "x".repeat(1_000);
  let most = 0;
  let waiting: Promise<void> | undefined;
  while (waiting === undefined) {
    waiting = gathered.add(resultOf(text), idInJson("1"));
    gathered.flush();
    most = Math.max(most, served.writableLength);
  }
  const order: string[] = [];
  const taken = waiting.then(() => order.push("taken"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(served.writableLength).toBeGreaterThanOrEqual(MAX_UNREAD_BYTES);
  order.push("read");
  client.resume();
  await taken;
  expect(order).toEqual(["read", "taken"]);
  expect(most).toBeLessThan(MAX_UNREAD_BYTES + 2 * 1_100);
});

it("a client that went while it did not read is told of by a rejection", async () => {
  const { served, client } = await openPair();
  const gathered = gatherWrites(served, createResultFrames(), isOpen);
  const large = resultOf("x".repeat(100_000));
  let waiting: Promise<void> | undefined;
  while (waiting === undefined) waiting = gathered.add(large, idInJson("1"));
  client.destroy();
  await expect(waiting).rejects.toThrow();
});

it("nothing is written any more where that is no longer allowed", async () => {
  const { served } = await openPair();
  const { outlet, writes } = counting(served);
  let open = true;
  const gathered = gatherWrites(outlet, createResultFrames(), () => open);
  gathered.add(resultOf("too late"), idInJson("1"));
  open = false;
  gathered.flush();
  gathered.add(resultOf("later still"), idInJson("1"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(writes()).toBe(0);
});

it("all event streams are written the same bytes, in chunks or as they are", () => {
  const chunks = createResultChunks();
  const result = resultOf("größer");
  const event = `event: next\ndata: ${result.bytes}\n\n`;
  const size = Buffer.byteLength(event).toString(16);
  expect(chunks.alone(result, true)).toBe(chunks.alone(result, true));
  expect(String(chunks.alone(result, true))).toBe(`${size}\r\n${event}\r\n`);
  expect(String(chunks.alone(result, false))).toBe(event);
  expect(chunks.length(result, true)).toBe(chunks.alone(result, true).length);
  const target = Buffer.alloc(2 * chunks.length(result, true));
  expect(chunks.copy(result, true, target, chunks.copy(result, true, target, 0))).toBe(target.length);
  expect(String(target)).toBe(`${size}\r\n${event}\r\n`.repeat(2));
});

it("an event for very many lets others have their turn, and what comes meanwhile reaches each behind it", async () => {
  const texts: string[][] = [];
  const frames = createResultFrames();
  const writes = Array.from({ length: 512 }, () => {
    const written: string[] = [];
    texts.push(written);
    return gatherWrites(
      {
        writableLength: 0,
        write(bytes) {
          const until = performance.now() + 0.5;
          while (performance.now() < until);
          written.push(bytes.toString("latin1"));
          return true;
        },
      },
      frames,
      isOpen,
    );
  });
  const id = idInJson("1");
  for (const each of writes) each.add(resultOf("first"), id);
  await new Promise((resolve) => setImmediate(resolve));
  const before = texts.filter(({ length }) => length > 0).length;
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(512);
  for (const each of writes) each.add(resultOf("second"), id);
  await until(() => texts.every((written) => written.join().includes("second")));
  for (const written of texts) {
    const all = written.join();
    expect(all.split("first")).toHaveLength(2);
    expect(all.split("second")).toHaveLength(2);
    expect(all.indexOf("first")).toBeLessThan(all.indexOf("second"));
  }
  // Those that had not been written to got both at once.
  expect(texts.filter(({ length }) => length === 1).length).toBe(512 - before);
});
