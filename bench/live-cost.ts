import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { z } from "zod";
import { type RunningPortal, startPortal } from "../simulator/portal.ts";
import { createRandom } from "../simulator/random.ts";
import { newUser } from "../simulator/seed/staff.ts";
import { joinChat, leaveChat, staffOf } from "../simulator/world/members.ts";
import type { Chat } from "../simulator/world/records.ts";
import { quantile } from "./support/distribution.ts";
import { type BenchGateway, keyOf } from "./support/gateway.ts";
import { startInstalledGateway } from "./support/installed-gateway.ts";
import type { BenchOptions } from "./support/options.ts";
import { USUAL_LATENCY } from "./support/portal.ts";
import { type Finding, inMs, type Report } from "./support/report.ts";

/** One load on a portal of the standard plan. */
interface Load {
  readonly viewers: number;
  readonly eventsPerMinute: number;
  readonly withMessage: boolean;
}

const CHATS_PER_VIEWER = 2;
const SETTLE_MS = 20_000;
/** After the last event: what is still asked about it. */
const REST_MS = 8_000;
const QUERY_EVERY_MS = 2_000;
const DRAIN_PER_MINUTE = 120;
const SHARE = 0.25;
const FEW_REQUESTS = 30;
const LONGEST_WAIT_MS = 2_000;

const EVENT = (withMessage: boolean): string =>
  `subscription { openLineEvents { ... on MessageAdded { content { text } chat { id } ${withMessage ? "message { id text author { id name } }" : ""} } } }`;
const INBOX = `subscription { inboxChanged(first: 20) {
  isWholeList order removedIds hasMore
  changed { id isPinned changedAt preview { text } chat { id title state viewerUnreadCount line { id name } operator { id name } } }
} }`;

const delivery = z.object({
  openLineEvents: z.object({ content: z.object({ text: z.string().nullable() }).optional() }).nullable(),
});
const change = z.object({
  inboxChanged: z.object({
    isWholeList: z.boolean(),
    changed: z.array(z.object({ preview: z.object({ text: z.string().nullable() }).nullable() })),
  }),
});

/** Somebody of the staff, with a few chats, who listens. */
interface Viewer {
  readonly userId: number;
  /** Numbers of the events that came, and how many were told to be left out. */
  readonly got: Map<number, number>;
  withheld: number;
  /** When the inbox first showed the message of an event. */
  readonly shown: Map<number, number>;
  hasList: boolean;
}

interface Event {
  readonly postedAt: number;
  /** Who takes part in its chat. */
  readonly participants: ReadonlySet<number>;
}

const MARK = /^event (\d+)$/;

function numberOf(text: string | null | undefined): number | undefined {
  const [, number] = MARK.exec(text ?? "") ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Gives each of the people chats of his own, from which everybody else of the staff is taken out. */
function shareOut(portal: RunningPortal, people: readonly number[]): Chat[] {
  const { world } = portal;
  const open = [...world.chats.values()].filter(
    (chat) => chat.connectorId === "livechat" && world.openSession(chat.id) !== undefined,
  );
  const wanted = people.length * CHATS_PER_VIEWER;
  const chosen = open.slice(0, wanted);
  for (const [index, chat] of chosen.entries()) {
    const userId = people[index % people.length] ?? 0;
    leaveChat(world, chat, [...staffOf(world, chat), ...chat.recents]);
    joinChat(world, chat, [userId]);
    chat.ownerId = userId;
    const session = world.openSession(chat.id);
    if (session !== undefined) session.operatorId = userId;
  }
  return chosen;
}

function addPeople(portal: RunningPortal, count: number): number[] {
  const { world } = portal;
  const seeded = portal.users.filter(({ role }) => role === "operator").map(({ id }) => id);
  const random = createRandom(1);
  const added = Array.from({ length: Math.max(0, count - seeded.length) }, (_, index) => {
    const id = 700_000 + index;
    world.users.set(id, newUser(id, { firstName: `Viewer ${index}`, lastName: "Example" }, random, world.now()));
    return id;
  });
  return [...seeded, ...added].slice(0, count);
}

interface Office {
  readonly portal: RunningPortal;
  readonly gateway: BenchGateway;
  readonly chats: readonly Chat[];
  readonly people: readonly number[];
  stop(): Promise<void>;
}

async function openOffice({ viewers }: Load): Promise<Office> {
  const portal = await startPortal({ size: viewers > 50 ? 3 : 1, plan: "standard", latency: USUAL_LATENCY });
  const people = addPeople(portal, viewers);
  const chats = shareOut(portal, people);
  const [supervisor] = portal.users;
  if (supervisor === undefined) throw new Error("A portal without people");
  const webhooks = [supervisor.webhookUrl, ...people.map((id) => portal.createWebhook(id))];
  const { gateway } = await startInstalledGateway(portal, {
    plan: "standard",
    webhooks,
    environment: {
      GATEWAY_API_KEYS: webhooks
        .map((_, index) => `k${index}:${keyOf(index)}:w${index}${index === 0 ? ":all" : ""}`)
        .join(","),
    },
  });
  return {
    portal,
    gateway,
    chats,
    people,
    async stop() {
      await gateway.stop();
      await portal.close();
    },
  };
}

interface Listening {
  readonly viewers: readonly Viewer[];
  readonly supervisor: Viewer;
  stop(): Promise<void>;
}

async function listen({ gateway, people }: Office, load: Load): Promise<Listening> {
  const clients: { dispose(): void | Promise<void> }[] = [];
  let opening: Promise<void>[] = [];

  function open(key: string, userId: number, queries: readonly string[]): Viewer {
    const viewer: Viewer = { userId, got: new Map(), withheld: 0, shown: new Map(), hasList: false };
    let connected = (): void => undefined;
    opening.push(
      new Promise((resolve) => {
        connected = resolve;
      }),
    );
    const client = createClient({
      on: { connected: () => connected() },
      url: gateway.url.replace("http:", "ws:"),
      webSocketImpl: WebSocket,
      connectionParams: { "x-api-key": key },
      lazy: false,
    });
    clients.push(client);
    for (const query of queries) {
      client.subscribe(
        { query },
        { next: (result) => take(viewer, result), error: (error) => fail(error), complete: () => {} },
      );
    }
    return viewer;
  }

  const supervisor = open(keyOf(0), 0, [EVENT(load.withMessage)]);
  const viewers: Viewer[] = [];
  for (const [index, userId] of people.entries()) {
    viewers.push(open(keyOf(index + 1), userId, [EVENT(load.withMessage), INBOX]));
    // A gateway takes only so many sockets of one address that have not said who they are.
    if (index % 20 !== 19) continue;
    await Promise.all(opening);
    opening = [];
  }
  return {
    viewers,
    supervisor,
    async stop() {
      await Promise.all(clients.map((client) => client.dispose()));
    },
  };
}

function fail(error: unknown): void {
  process.stderr.write(`live-cost: a subscription ended: ${JSON.stringify(error)}\n`);
}

function take(viewer: Viewer, { data, errors }: { readonly data?: unknown; readonly errors?: unknown }): void {
  const now = performance.now();
  const event = delivery.safeParse(data);
  if (event.success) {
    const number = numberOf(event.data.openLineEvents?.content?.text);
    if (number !== undefined) viewer.got.set(number, now);
    else if (errors !== undefined) viewer.withheld += 1;
    return;
  }
  const changed = change.safeParse(data);
  if (!changed.success) {
    if (errors !== undefined) viewer.withheld += 1;
    return;
  }
  viewer.hasList = true;
  for (const { preview } of changed.data.inboxChanged.changed) {
    const number = numberOf(preview?.text);
    if (number !== undefined && !viewer.shown.has(number)) viewer.shown.set(number, now);
  }
}

interface Outcome {
  readonly requests: number;
  readonly perMinute: number;
  readonly toClient: readonly number[];
  readonly toInbox: readonly number[];
  readonly longestWaitMs: number;
  readonly delivered: number;
  readonly withheld: number;
  readonly missed: number;
  readonly foreign: number;
  /** Events that the subscriber of all events did not get. */
  readonly lost: number;
}

/** Posts events at an even pace and asks an ordinary query now and then. */
async function drive(office: Office, listening: Listening, load: Load, seconds: number): Promise<Outcome> {
  const { portal, gateway, chats } = office;
  const events = new Map<number, Event>();
  const begun = performance.now();
  const paceMs = 60_000 / load.eventsPerMinute;
  const count = Math.max(2, Math.round((seconds * 1000) / paceMs));
  let longestWaitMs = 0;
  let queries = 0;
  let isOver = false;

  async function ask(): Promise<void> {
    while (!isOver) {
      const asked = performance.now();
      await gateway.client.query("{ openLines(first: 1) { nodes { id } } }", {}, keyOf(0));
      queries += 1;
      longestWaitMs = Math.max(longestWaitMs, performance.now() - asked - USUAL_LATENCY.requestMs);
      await pause(QUERY_EVERY_MS);
    }
  }

  for (const viewer of [...listening.viewers, listening.supervisor]) viewer.withheld = 0;
  const before = portal.stats().requests;
  const asking = ask();
  for (let number = 0; number < count; number += 1) {
    await pause(Math.max(0, begun + number * paceMs - performance.now()));
    const chat = chats[(number * 7) % chats.length];
    if (chat === undefined) throw new Error("no chats");
    events.set(number, { postedAt: performance.now(), participants: new Set(chat.members.keys()) });
    portal.world.customerWrites(chat.id, `event ${number}`);
  }
  await pause(Math.max(0, begun + count * paceMs - performance.now()));
  const requests = portal.stats().requests - before - queries;
  const tookMs = performance.now() - begun;
  isOver = true;
  await asking;
  await pause(REST_MS);
  return { requests, perMinute: (requests * 60_000) / tookMs, longestWaitMs, ...countOf(events, listening) };
}

function countOf(
  events: ReadonlyMap<number, Event>,
  { viewers, supervisor }: Listening,
): Omit<Outcome, "requests" | "perMinute" | "longestWaitMs"> {
  const toClient: number[] = [];
  const toInbox: number[] = [];
  const counts = { delivered: 0, withheld: 0, missed: 0, foreign: 0 };
  for (const viewer of viewers) {
    let missing = 0;
    for (const [number, { participants, postedAt }] of events) {
      const isHis = participants.has(viewer.userId);
      const at = viewer.got.get(number);
      const shownAt = viewer.shown.get(number);
      if (at !== undefined) {
        counts.delivered += 1;
        toClient.push(at - postedAt);
      } else if (isHis) missing += 1;
      if (shownAt !== undefined) toInbox.push(shownAt - postedAt);
      if (!isHis && (at !== undefined || shownAt !== undefined)) counts.foreign += 1;
    }
    counts.withheld += viewer.withheld;
    counts.missed += Math.max(0, missing - viewer.withheld);
  }
  const lost = [...events.keys()].filter((number) => !supervisor.got.has(number)).length;
  return { toClient, toInbox, lost, ...counts };
}

async function measure(load: Load, seconds: number): Promise<Outcome> {
  const office = await openOffice(load);
  try {
    const listening = await listen(office, load);
    while (!listening.viewers.every(({ hasList }) => hasList)) await pause(500);
    await pause(SETTLE_MS);
    const outcome = await drive(office, listening, load, seconds);
    await listening.stop();
    return outcome;
  } finally {
    await office.stop();
  }
}

function findingsOf({ viewers, eventsPerMinute, withMessage }: Load, outcome: Outcome): Finding[] {
  const { perMinute, toClient, toInbox, longestWaitMs, delivered, withheld, missed, foreign, lost } = outcome;
  const share = DRAIN_PER_MINUTE * SHARE;
  const isJudged = (viewers === 12 && eventsPerMinute === 8) || (viewers === 200 && eventsPerMinute === 120);
  const most = viewers === 12 ? FEW_REQUESTS : share;
  return [
    {
      what: `${viewers} viewers, ${eventsPerMinute} events${withMessage ? ", message" : ""}: requests a minute`,
      figure: perMinute.toFixed(1),
      ...(isJudged ? { goal: `<= ${most}`, reached: perMinute <= most } : {}),
    },
    {
      what: "  event to client, p50 and p99",
      figure: `${inMs(quantile(toClient, 0.5))}, ${inMs(quantile(toClient, 0.99))}`,
    },
    {
      what: "  event to the row of the inbox, p50 and p99",
      figure: `${inMs(quantile(toInbox, 0.5))}, ${inMs(quantile(toInbox, 0.99))}`,
    },
    {
      what: "  longest wait of a query beside it",
      figure: inMs(longestWaitMs),
      goal: `<= ${LONGEST_WAIT_MS} ms`,
      reached: longestWaitMs <= LONGEST_WAIT_MS,
    },
    {
      what: "  delivered, withheld, missed, to others, lost",
      figure: [delivered, withheld, missed, foreign, lost].join(", "),
      goal: "missed, to others, lost: 0",
      reached: missed + foreign + lost === 0,
    },
  ];
}

/** What live viewers of scope `own` cost a portal of the standard plan, and how long they and others wait. */
export async function liveCost({ quick, only }: BenchOptions): Promise<Report> {
  const findings: Finding[] = [];
  for (const viewers of [12, 50, 200]) {
    for (const eventsPerMinute of [8, 120]) {
      for (const withMessage of [false, true]) {
        const load = { viewers, eventsPerMinute, withMessage };
        if (only !== undefined && !`${viewers} ${eventsPerMinute} ${withMessage ? "message" : "plain"}`.includes(only))
          continue;
        findings.push(...findingsOf(load, await measure(load, quick ? 30 : 90)));
      }
    }
  }
  return { benchmark: "live-cost", findings };
}
