import { once } from "node:events";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import type * as openLinesModule from "../../client/src/main.ts";
import { openGatewayOffice } from "../campaign/live/installed-portal.ts";
import { startBrowser, type TestBrowser, type WatchedPage } from "../kit/browser.ts";
import { freePort } from "../kit/free-port.ts";
import { startGatewayProcess } from "../kit/gateway-process.ts";
import { eventually } from "../kit/until.ts";
import { createWriter, EVENTS, type Writer } from "./listening.ts";
import { servePage } from "./page.ts";
import "./in-pages.ts";
import { openWay } from "./way.ts";

const OTHER_KEY = "other-key-of-a-test";
let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

interface Tab {
  readonly page: Page;
  readonly watched: WatchedPage;
  texts(): Promise<string[]>;
  state(): Promise<openLinesModule.ConnectionState>;
}

interface TabOptions {
  readonly address: string;
  readonly url: string;
  readonly key: string;
  /** A tab of the same visitor, where there is one. */
  readonly beside: Tab | undefined;
  /** Milliseconds by which the browser is late with locks, as it is in a tab whose process has just begun. */
  readonly locksAfterMs: number;
}

async function openTab({ address, url, key, beside, locksAfterMs }: TabOptions): Promise<Tab> {
  const watched = await (beside === undefined ? browser.open() : browser.openBeside(beside.page));
  const { page } = watched;
  onTestFinished(() => page.close());
  await page.addInitScript(() => {
    const post = BroadcastChannel.prototype.postMessage;
    globalThis.kept = Object.assign(globalThis.kept ?? {}, { texts: [], gaps: 0, broadcast: [] });
    BroadcastChannel.prototype.postMessage = function (message) {
      globalThis.kept.broadcast.push(this.name + JSON.stringify(message));
      post.call(this, message);
    };
  });
  await page.addInitScript((late) => {
    const { request } = LockManager.prototype;
    LockManager.prototype.request = async function (...asked: unknown[]) {
      if (late > 0) await new Promise((resolve) => setTimeout(resolve, late));
      return Reflect.apply(request, this, asked);
    };
  }, locksAfterMs);
  await page.goto(address);
  await page.evaluate(
    ({ url, key, query }) => {
      const { kept } = globalThis;
      kept.client = globalThis.openLines.createOpenLinesClient({
        url,
        identity: { apiKey: key },
        pingEveryMs: 500,
        pongWithinMs: 2_000,
      });
      kept.client.subscribe<{ openLineEvents: { content?: { text: string } } }>(
        query,
        {},
        {
          next: ({ openLineEvents }) => kept.texts.push(openLineEvents.content?.text ?? "no message"),
          gap: () => {
            kept.gaps += 1;
          },
        },
      );
    },
    { url, key, query: EVENTS },
  );
  const state = () => page.evaluate(() => globalThis.kept.client.connection.state());
  await eventually(async () => expect(await state()).toMatchObject({ phase: "connected" }));
  return { page, watched, state, texts: () => page.evaluate(() => globalThis.kept.texts) };
}

async function open() {
  const office = await openGatewayOffice();
  const settings = office.settings(await freePort(), await office.dataDirectory(), {
    GATEWAY_CORS_ORIGINS: "loopback",
    GATEWAY_API_KEYS: `supervisor:${office.key}:supervisor:all,other:${OTHER_KEY}:supervisor:all`,
  });
  let gateway = await startGatewayProcess(settings);
  onTestFinished(() => gateway.stop());
  const sender = await office.install(gateway.origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  const address = await servePage();
  let beside: Tab | undefined;
  return {
    key: office.key,
    origin: gateway.origin,
    writer: createWriter(gateway.origin, place, sender),
    async tab({ url = `${gateway.origin}/graphql`, key = office.key, locksAfterMs = 0 } = {}) {
      beside = await openTab({ address, url, key, beside, locksAfterMs });
      return beside;
    },
    async killAndRestart() {
      await gateway.kill();
      gateway = await startGatewayProcess(settings);
    },
  };
}

/** Writes until all tabs hear, so that each one's place is known. */
async function begin(tabs: readonly Tab[], writer: Writer): Promise<number> {
  await eventually(async () => {
    await writer.write();
    for (const tab of tabs) expect((await tab.texts()).length).toBeGreaterThan(0);
  });
  return writer.taken.length;
}

async function heard(tab: Tab, writer: Writer): Promise<void> {
  await writer.write();
  await eventually(async () => expect((await tab.texts()).at(-1)).toBe(writer.taken.at(-1)));
  // From where it began: each once and in order.
  const texts = await tab.texts();
  expect(texts).toEqual(writer.taken.slice(-texts.length));
}

/** Stops the tab as a browser that freezes it does, or a lid that is closed: nothing of it runs. Resolves to what wakes it up. */
async function freeze({ page }: Tab): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Debugger.enable");
  const paused = new Promise<void>((resolve) => session.once("Debugger.paused", () => resolve()));
  await session.send("Debugger.pause");
  await paused;
  return async () => {
    await session.send("Debugger.resume");
    await session.detach();
  };
}

const sockets = (tab: Tab): number =>
  tab.watched.frames.filter(({ text }) => text.includes('"connection_init"')).length;

test("two tabs of one person share a socket; the one that has it closes, and the other goes on: nothing twice, nothing missing", async () => {
  const { tab, writer, key } = await open();
  const [first, second] = [await tab(), await tab()];
  await begin([first, second], writer);
  expect([sockets(first), sockets(second)]).toEqual([1, 0]);
  expect(await second.state()).toMatchObject({ transport: "other-tab" });
  await writer.write(10);
  await heard(first, writer);
  await heard(second, writer);

  const broadcast = await second.page.evaluate(() => globalThis.kept.broadcast.join("\n"));
  expect(broadcast).toContain('"kind":"carry"');
  expect(broadcast + (await first.page.evaluate(() => globalThis.kept.broadcast.join("\n")))).not.toContain(key);

  await first.page.close();
  await writer.write(10);
  await heard(second, writer);
  expect(sockets(second)).toBe(1);
  expect(await second.state()).toMatchObject({ transport: "websocket" });
  expect(second.watched.consoleErrors).toEqual([]);
});

test("a tab whose browser is late with locks hears what the others hear, and so do the tabs that come when all were closed", async () => {
  const { tab, writer } = await open();
  const first = [await tab(), await tab({ locksAfterMs: 800 })];
  await begin(first, writer);
  expect(first.map(sockets)).toEqual([1, 0]);
  const second = [await tab({ locksAfterMs: 800 }), await tab({ locksAfterMs: 800 })];
  for (const { page } of first) await page.close();
  await begin(second, writer);
  for (const each of second) await heard(each, writer);
});

test("a killed and restarted gateway costs neither tab an event, and both are told the gap", async () => {
  const { tab, writer, killAndRestart } = await open();
  const tabs = [await tab(), await tab()];
  await begin(tabs, writer);
  await killAndRestart();
  await writer.write(10);
  for (const each of tabs) {
    await heard(each, writer);
    expect(await each.page.evaluate(() => globalThis.kept.gaps)).toBe(1);
  }
});

test("a tab with the socket that is frozen is left, and finds itself behind the other when it wakes up", async () => {
  const { tab, writer } = await open();
  const [first, second] = [await tab(), await tab()];
  await begin([first, second], writer);
  const wake = await freeze(first);
  await writer.write(10);
  await heard(second, writer);
  expect(sockets(second)).toBe(1);
  await wake();
  await heard(first, writer);
  await eventually(async () => expect(await first.state()).toMatchObject({ transport: "other-tab" }));
});

test("a laptop that slept goes on where it was: its socket was ended meanwhile without a word", async () => {
  const { tab, writer, origin } = await open();
  const way = await openWay(origin);
  const only = await tab({ url: way.url });
  await begin([only], writer);
  const wake = await freeze(only);
  way.abandon();
  await writer.write(10);
  await wake();
  await heard(only, writer);
});

test("tabs of another person have a socket of their own", async () => {
  const { tab, writer } = await open();
  const [first, second] = [await tab(), await tab({ key: OTHER_KEY })];
  await begin([first, second], writer);
  expect([sockets(first), sockets(second)]).toEqual([1, 1]);
});

test("tabs that share a socket all go on when their token is taken no more: the one with the socket asks for another for each of them", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "graphql-transport-ws" });
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  let isRevoked = false;
  const subscribed: { readonly end: () => void }[] = [];
  // As the gateway: a portal that takes a token no more ends subscriptions, and the socket waits for another token.
  server.on("connection", (socket) => {
    const send = (message: object): void => socket.send(JSON.stringify(message));
    socket.on("message", (data) => {
      const { type, id, payload } = JSON.parse(String(data));
      if (type === "connection_init") send({ type: "connection_ack" });
      else if (type === "ping") {
        if (payload !== undefined) isRevoked = false;
        send({ type: "pong", ...(payload === undefined ? {} : { payload: { renewed: true } }) });
      } else if (type === "subscribe") {
        const end = (): void => {
          const errors = [{ message: "no longer", extensions: { code: "UNAUTHENTICATED" } }];
          send({ type: "next", id, payload: { data: null, errors } });
          send({ type: "complete", id });
        };
        subscribed.push({ end });
        if (isRevoked) end();
      }
    });
  });
  const socketAddress = server.address();
  if (socketAddress === null || typeof socketAddress === "string") throw new Error("no port");
  const address = await servePage();
  const first = await browser.open();
  const pages = [first.page, (await browser.openBeside(first.page)).page];
  let tokens = 0;
  for (const page of pages) {
    onTestFinished(() => page.close());
    await page.exposeFunction("newToken", () => {
      tokens += 1;
      return `token ${tokens}`;
    });
    await page.goto(address);
    await page.evaluate(
      ({ url, query }) => {
        const identity = async () => ({ token: await globalThis.newToken(), person: "one" });
        const client = globalThis.openLines.createOpenLinesClient({ url, identity });
        globalThis.kept = { client, texts: [], gaps: 0, broadcast: [] };
        const error = ({ code }: { code: string }): void => void globalThis.kept.texts.push(code);
        // Two of each tab: what one of them asks for must not be lost for the other.
        for (const after of ["a place", "another"]) {
          client.subscribe(query, { variables: { after } }, { next: () => undefined, error });
        }
      },
      { url: `http://127.0.0.1:${socketAddress.port}/graphql`, query: EVENTS },
    );
    await eventually(() => expect(subscribed.length).toBe(2 * pages.indexOf(page) + 2));
  }
  isRevoked = true;
  // The tab without the socket first, so that nobody else has asked for another token.
  for (const { end } of subscribed.splice(0).reverse()) end();
  await eventually(() => expect(subscribed.length).toBe(4));
  const ends = await Promise.all(pages.map((page) => page.evaluate(() => globalThis.kept.texts)));
  expect([ends, isRevoked]).toEqual([[[], []], false]);
});
