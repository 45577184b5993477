import type { B24Hook } from "@bitrix24/b24jssdk";
import { median, withRange } from "./support/distribution.ts";
import { type BenchGateway, keyOf, startGateway } from "./support/gateway.ts";
import { openSdk, readPageByBatches, readPageCallByCall } from "./support/inbox-by-hand.ts";
import { PAGE_SIZE, readInboxPage } from "./support/inbox-operation.ts";
import { openListeningInbox } from "./support/listening-inbox.ts";
import type { BenchOptions } from "./support/options.ts";
import { type BenchPortal, type PortalSpec, startPortal, USUAL_LATENCY } from "./support/portal.ts";
import { type Finding, inMs, type Report } from "./support/report.ts";

const MESSAGES_PER_SESSION = 24;
const GOAL_RATIO = 0.5;
const GOAL_REQUESTS = 8;
const GOAL_PAGES = 24;
const GOAL_PAGES_LISTENING = 60;
const EVENTS_PER_MINUTE = 8;
const LIMITED_SECONDS = 15;
/** More than the allowance has room for pages, so that no credential is used twice and nothing kept from one page serves another. */
const CREDENTIALS = 40;
const WARM_UP_PAGES = 14;
const DRAIN_PER_SECOND = 2;

function portalOf(plan: PortalSpec["plan"], webhooks: number): PortalSpec {
  return { plan, ...USUAL_LATENCY, dialogs: PAGE_SIZE, messages: MESSAGES_PER_SESSION, lines: 6, webhooks };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}

async function readPages(sdk: B24Hook, count: number): Promise<void> {
  for (let page = 0; page < count; page += 1) await readPageByBatches(sdk, "parallel");
}

interface UnusedTimes {
  readonly gateway: number[];
  readonly requests: number[];
  readonly sequential: number[];
  readonly parallel: number[];
}

/** One page of each contender on a portal that nobody has asked anything yet; all programs are warm from other portals. */
async function measureUnused(gateway: BenchGateway, portals: readonly BenchPortal[]): Promise<UnusedTimes> {
  const times: UnusedTimes = { gateway: [], requests: [], sequential: [], parallel: [] };
  for (const [index, portal] of portals.entries()) {
    await portal.resetStatistics();
    times.gateway.push((await readInboxPage(gateway.client, keyOf(index))).milliseconds);
    times.requests.push((await portal.statistics()).requests);
    const sequential = async () =>
      times.sequential.push(await timed(() => readPageByBatches(openSdk(portal.webhook), "sequential")));
    const parallel = async () =>
      times.parallel.push(await timed(() => readPageByBatches(openSdk(portal.webhook), "parallel")));
    for (const contender of index % 2 === 0 ? [sequential, parallel] : [parallel, sequential]) await contender();
  }
  return times;
}

async function unusedAllowance({ quick, profileDirectory }: BenchOptions): Promise<Finding[]> {
  const spec = portalOf("standard", 1);
  // The first is for warming up, the last for the calls that are refused.
  const portals = await Promise.all(Array.from({ length: quick ? 4 : 10 }, () => startPortal(spec)));
  const free = await startPortal(portalOf("on-premise", 1));
  const [warmUp, refusing, ...measured] = portals;
  if (warmUp === undefined || refusing === undefined) throw new Error("unreachable: portals were started");
  const webhooks = [...measured, warmUp].map((portal) => portal.webhook);
  const gateway = await startGateway({ plan: "standard", webhooks, profileDirectory });
  // Programs that have just started are slow, portals too. What warming up takes of their allowance drains before anything is measured.
  await Promise.all([...measured, refusing].map(({ webhook }) => readPages(openSdk(webhook), WARM_UP_PAGES)));
  await readPages(openSdk(free.webhook), WARM_UP_PAGES);
  const drained = new Promise((resolve) => setTimeout(resolve, ((3 * WARM_UP_PAGES) / DRAIN_PER_SECOND + 1) * 1000));
  for (let page = 0; page < WARM_UP_PAGES; page += 1) await readInboxPage(gateway.client, keyOf(measured.length));
  await drained;
  await refusing.resetStatistics();

  const times = await measureUnused(gateway, measured);
  const refusal = await readPageCallByCall(refusing.webhook).then(
    () => "complete",
    (error: unknown) => `refused (${error instanceof Error ? error.message : String(error)})`,
  );
  const refused = await refusing.statistics();
  const callByCall: number[] = [];
  for (let page = 0; page < 5; page += 1) callByCall.push(await timed(() => readPageCallByCall(free.webhook)));
  await gateway.stop();
  await Promise.all([...portals, free].map((portal) => portal.stop()));

  const own = median(times.gateway);
  const best = Math.min(median(times.sequential), median(times.parallel));
  const mostRequests = Math.max(...times.requests);
  return [
    { what: "gateway, allowance unused", figure: withRange(times.gateway, inMs) },
    {
      what: "  beside hand-written batches, side by side",
      figure: withRange(times.parallel, inMs),
      ratio: own / median(times.parallel),
    },
    {
      what: "  beside hand-written batches, one by one",
      figure: withRange(times.sequential, inMs),
      ratio: own / median(times.sequential),
    },
    {
      what: "  judged by the faster of the two",
      figure: inMs(best),
      ratio: own / best,
      goal: `<= ${GOAL_RATIO} x`,
      reached: own / best <= GOAL_RATIO,
    },
    {
      what: "  upstream requests of a page, most",
      figure: String(mostRequests),
      goal: `<= ${GOAL_REQUESTS}`,
      reached: mostRequests <= GOAL_REQUESTS,
    },
    {
      what: "one call per need, standard plan",
      figure: `${refusal}: ${refused.refusals} of ${refused.requests} requests`,
    },
    { what: "one call per need, portal without a limit", figure: withRange(callByCall, inMs) },
  ];
}

interface LimitedRun {
  pages: number;
  failed: string[];
}

/** Page after page until the time is over; a page counts if it was answered by then. */
async function pageAfterPage(clients: number, readPage: (index: number) => Promise<unknown>): Promise<LimitedRun> {
  const run: LimitedRun = { pages: 0, failed: [] };
  const until = performance.now() + LIMITED_SECONDS * 1000;
  let next = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      try {
        await readPage(next++);
        if (performance.now() <= until) run.pages += 1;
      } catch (error) {
        run.failed.push(error instanceof Error ? error.message : String(error));
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return run;
}

async function limitedByGateway(clients: number, credentials: number): Promise<Finding> {
  const portal = await startPortal(portalOf("standard", credentials));
  const gateway = await startGateway({ plan: "standard", webhooks: portal.webhooks });
  // The gateway asks each portal once at its start; that request has left the bucket before the pages begin.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await portal.resetStatistics();
  const run = await pageAfterPage(clients, (index) => readInboxPage(gateway.client, keyOf(index % credentials)));
  const { requests, refusals } = await portal.statistics();
  await gateway.stop();
  await portal.stop();
  const whose = credentials === 1 ? "always the same credential" : "each page another credential";
  const problems = run.failed.length === 0 ? "" : `, first failure: ${run.failed[0]}`;
  return {
    what: `gateway, ${clients} client${clients === 1 ? "" : "s"}, ${whose}`,
    figure: `${run.pages} pages in ${LIMITED_SECONDS} s, ${run.failed.length} failed, ${requests} requests, ${refusals} refusals${problems}`,
    goal: `>= ${GOAL_PAGES} pages, 0, 0`,
    reached: run.pages >= GOAL_PAGES && run.failed.length === 0 && refusals === 0,
  };
}

/** One credential that comes back while somebody listens with it and customers write. */
async function limitedWhileListening(clients: number): Promise<Finding> {
  const { gateway, key, statistics, stop } = await openListeningInbox({
    dialogs: PAGE_SIZE,
    messages: MESSAGES_PER_SESSION,
    eventsPerMinute: EVENTS_PER_MINUTE,
  });
  const run = await pageAfterPage(clients, () => readInboxPage(gateway.client, key));
  const { requests, refusals } = statistics();
  await stop();
  const problems = run.failed.length === 0 ? "" : `, first failure: ${run.failed[0]}`;
  return {
    what: `gateway, ${clients} client${clients === 1 ? "" : "s"}, one credential that listens, ${EVENTS_PER_MINUTE} messages a minute`,
    figure: `${run.pages} pages in ${LIMITED_SECONDS} s, ${run.failed.length} failed, ${requests} requests, ${refusals} refusals${problems}`,
    goal: `>= ${GOAL_PAGES_LISTENING} pages, 0, 0`,
    reached: run.pages >= GOAL_PAGES_LISTENING && run.failed.length === 0 && refusals === 0,
  };
}

async function limitedByHand(what: string, reader: (webhook: string) => () => Promise<void>): Promise<Finding> {
  const portal = await startPortal(portalOf("standard", 1));
  const read = reader(portal.webhook);
  const run = await pageAfterPage(1, read);
  const { requests, refusals } = await portal.statistics();
  await portal.stop();
  return {
    what,
    figure: `${run.pages} pages in ${LIMITED_SECONDS} s, ${run.failed.length} failed, ${requests} requests, ${refusals} refusals`,
  };
}

/** An inbox page: wall time from an unused allowance, and how many pages the documented limit lets through. */
export async function inboxPage(options: BenchOptions): Promise<Report> {
  if (options.only === "listening")
    return { benchmark: "inbox-page", findings: [await limitedWhileListening(1), await limitedWhileListening(3)] };
  const findings = await unusedAllowance(options);
  for (const clients of [1, 3]) {
    findings.push(await limitedWhileListening(clients));
    findings.push(await limitedByGateway(clients, CREDENTIALS));
    if (!options.quick) findings.push(await limitedByGateway(clients, 1));
  }
  findings.push(
    await limitedByHand("hand-written batches side by side, 1 client", (webhook) => {
      const sdk = openSdk(webhook);
      return () => readPageByBatches(sdk, "parallel");
    }),
    await limitedByHand("one call per need, 1 client", (webhook) => () => readPageCallByCall(webhook)),
  );
  return { benchmark: "inbox-page", findings };
}
