import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { z } from "zod";
import { type RunningPortal, startPortal } from "../simulator/portal.ts";
import { startBrowser, type TestBrowser } from "../test/kit/browser.ts";
import { median, quantile, withRange } from "./support/distribution.ts";
import { freePort } from "./support/free-port.ts";
import { type BenchGateway, keyOf, startGateway } from "./support/gateway.ts";
import { fillInbox } from "./support/inbox-seed.ts";
import type { BenchOptions } from "./support/options.ts";
import { inMs, type Report } from "./support/report.ts";

const READY_GOAL_MS = 1_500;
const PIXELS_GOAL_MS = 150;
const FRAME_GOAL_MS = 50;
const LONG_CHAT = 10_000;
const DIALOGS = 20;
/** Between messages, as a customer writes them: the gateway looks at a list once in some seconds. */
const PAUSE_MS = 3_000;
/** It is scrolled to the first message so often; nothing more came when it is as high as so many turns before. */
const TURN_MS = 50;
const TURNS = 40;
/** The portal tells of no message of these channels, or not of which chat it is. */
const WITHOUT_EVENTS = /^(?:livechat|myconnector)\|/;

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

interface Office {
  readonly portal: RunningPortal;
  readonly gateway: BenchGateway;
  readonly address: string;
  /** Of the operator's dialogs: one to write in, and one with a long history. */
  readonly chatId: number;
  readonly longChatId: number;
}

/** The gateway is a process of its own, from the usual build, which has the pages; the portal runs in this one. */
async function startOffice(messages: number): Promise<Office> {
  const portal = await startPortal({ size: 0.2, plan: "on-premise", events: { jitterMs: 0 } });
  const operator = portal.users.find(({ role }) => role === "operator");
  if (operator === undefined) throw new Error("A portal without operators");
  const userCodes = fillInbox(portal.world, operator.id, DIALOGS, 10).filter((code) => !WITHOUT_EVENTS.test(code));
  const [chatId = 0, longChatId = 0] = userCodes.map((userCode) => chatOf(portal, userCode));
  for (let index = 0; index < messages; index += 1) portal.world.customerWrites(longChatId, `Message ${index}`);
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const gateway = await startGateway({
    plan: "on-premise",
    webhooks: [operator.webhookUrl],
    directory: PROJECT,
    environment: {
      GATEWAY_PORT: String(port),
      GATEWAY_PUBLIC_URL: publicUrl,
      GATEWAY_EXPLORER: "true",
      GATEWAY_EXPLORER_PEOPLE: `Operator:${keyOf(0)}`,
      BITRIX24_CLIENT_ID: portal.application.clientId,
      BITRIX24_CLIENT_SECRET: portal.application.clientSecret,
      BITRIX24_TOKEN_URL: portal.application.tokenUrl,
    },
  });
  const installUrl = `${publicUrl}/bitrix24/install`;
  const { callback } = await portal.installApplication({ kind: "script-only", installUrl });
  if (callback === undefined) throw new Error("The installation was not answered");
  return { portal, gateway, address: `${publicUrl}/inbox`, chatId, longChatId };
}

function chatOf({ world }: RunningPortal, userCode: string): number {
  for (const { id, userCode: code } of world.chats.values()) if (code === userCode) return id;
  throw new Error(`No chat ${userCode}`);
}

/** Milliseconds from opening the address, with nothing kept from before, to the list of conversations. */
async function measureReady(browser: TestBrowser, { address }: Office): Promise<number> {
  const { page } = await browser.open();
  const session = await page.context().newCDPSession(page);
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const begun = performance.now();
  await page.goto(address);
  await page.locator(".dialog-row").first().waitFor();
  const took = performance.now() - begun;
  await page.close();
  return took;
}

/** Notes when each message that is waited for was painted, by the clock that this process has too. */
const WATCH = `window.painted = {};
new MutationObserver(() => {
  for (const place of document.querySelectorAll(".message .formatted-text, .message .plain")) {
    const text = place.textContent;
    if (!text.startsWith("Pixels ") || text in window.painted) continue;
    window.painted[text] = 0;
    requestAnimationFrame(() => setTimeout(() => { window.painted[text] = performance.timeOrigin + performance.now(); }));
  }
}).observe(document.body, { childList: true, subtree: true, characterData: true });`;

/** Resolves in the page to when a message was painted. */
const paintedAt = (text: string): string => `new Promise(function look(resolve) {
  const at = window.painted[${JSON.stringify(text)}];
  if (at > 0) resolve(at);
  else setTimeout(look, 5, resolve);
})`;

/** Milliseconds from a customer's message at the portal to its pixels. */
async function measurePixels(page: Page, { portal, chatId }: Office, count: number): Promise<number[]> {
  const took: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const text = `Pixels ${index}`;
    const written = performance.timeOrigin + performance.now();
    portal.world.customerWrites(chatId, text);
    took.push((await page.evaluate<number>(paintedAt(text))) - written);
    await page.waitForTimeout(PAUSE_MS);
  }
  return took;
}

interface Scrolled {
  /** Milliseconds of each frame. */
  readonly frames: readonly number[];
  /** Milliseconds that each task of the page's thread computed, whatever else this machine did meanwhile. */
  readonly tasks: readonly number[];
}

/** Scrolls a long history to its beginning. */
async function measureFrames(page: Page): Promise<Scrolled> {
  const session = await page.context().newCDPSession(page);
  const events: unknown[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await session.send("Tracing.start", { traceConfig: { includedCategories: ["toplevel", "__metadata"] } });
  await page.evaluate(`window.frames_ = []; let last = performance.now();
    requestAnimationFrame(function next(now) { window.frames_.push(now - last); last = now; requestAnimationFrame(next); });`);
  for (let height = -1, turns = 0; ; turns += 1) {
    await page.evaluate("document.querySelector('.scroller').scrollTop = 0");
    await page.waitForTimeout(TURN_MS);
    if (turns % TURNS !== 0) continue;
    const now = await page.evaluate<number>("document.querySelector('.scroller').scrollHeight");
    if (now === height) break;
    height = now;
  }
  const frames = await page.evaluate<number[]>("window.frames_");
  const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await complete;
  return { frames, tasks: computedMs(events) };
}

const traceEvents = z.array(
  z.object({
    name: z.string(),
    pid: z.number(),
    tid: z.number(),
    /** Microseconds of the thread's own time. */
    tdur: z.number().optional(),
    args: z.object({ name: z.string().optional() }).optional(),
  }),
);

function computedMs(events: readonly unknown[]): number[] {
  const all = traceEvents.parse(events);
  const place = ({ pid, tid }: { readonly pid: number; readonly tid: number }): string => `${pid} ${tid}`;
  const pages = all.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain").map(place);
  const mains = new Set(pages);
  return all.flatMap((event) => (event.tdur !== undefined && mains.has(place(event)) ? [event.tdur / 1_000] : []));
}

/** The example inbox in Chromium: until it is ready, until a message is seen, and how smoothly a long conversation moves. */
export async function inboxPixels({ quick }: BenchOptions): Promise<Report> {
  const messages = quick ? 1_000 : LONG_CHAT;
  const office = await startOffice(messages);
  const browser = await startBrowser();
  const ready: number[] = [];
  for (let run = 0; run < (quick ? 3 : 10); run += 1) ready.push(await measureReady(browser, office));

  const { page } = await browser.open();
  await page.goto(`${office.address}#/chats/${office.chatId}`);
  await page.locator(".message").first().waitFor();
  await page.evaluate(WATCH);
  await measurePixels(page, office, 3);
  await page.evaluate("window.painted = {}");
  const pixels = await measurePixels(page, office, quick ? 10 : 100);

  await page.goto(`${office.address}#/chats/${office.longChatId}`);
  await page.locator(".message").first().waitFor();
  const { frames, tasks } = await measureFrames(page);
  await browser.close();
  await office.gateway.stop();
  await office.portal.close();

  const p95 = quantile(pixels, 0.95);
  const longest = Math.max(...frames);
  const longestTask = tasks.reduce((most, each) => Math.max(most, each), 0);
  return {
    benchmark: "inbox-pixels",
    findings: [
      {
        what: "open the inbox: the list is there",
        figure: withRange(ready, inMs),
        goal: `<= ${READY_GOAL_MS} ms`,
        reached: median(ready) <= READY_GOAL_MS,
      },
      {
        what: "customer's message to pixels: p95",
        figure: `${inMs(p95)} (median ${inMs(median(pixels))})`,
        goal: `<= ${PIXELS_GOAL_MS} ms`,
        reached: p95 <= PIXELS_GOAL_MS,
      },
      {
        what: `longest frame, ${messages} messages`,
        figure: `${inMs(longest)} (p99 ${inMs(quantile(frames, 0.99))})`,
        goal: `<= ${FRAME_GOAL_MS} ms`,
        reached: longest <= FRAME_GOAL_MS,
      },
      {
        what: `longest task of the page meanwhile, its own time`,
        figure: inMs(longestTask),
        goal: `<= ${FRAME_GOAL_MS} ms`,
        reached: longestTask <= FRAME_GOAL_MS,
      },
    ],
  };
}
