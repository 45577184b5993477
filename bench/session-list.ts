import "reflect-metadata";
import { exportSecret, requestExport } from "../src/export/export-endpoint.ts";
import { keyOf, startGateway } from "./support/gateway.ts";
import type { BenchOptions } from "./support/options.ts";
import { NO_LATENCY, startPortal } from "./support/portal.ts";
import { residentBytes } from "./support/process-usage.ts";
import { type Finding, inMiB, type Report } from "./support/report.ts";

const SESSIONS = 50_000;
const QUICK_SESSIONS = 5_000;
const PAGE_SIZE = 100;
/** For lists of 200, 50 to a request, figures of a hundred and transfers of fifty sessions: what an export cannot do without. */
const EXPORT_FLOOR = 40;

/** Where it ends must be found out: the oldest session, and the year before the last one found. */
const LIST_END = 5;

const OPERATION = /* GraphQL */ `
  query SessionList($after: String) {
    sessions(first: ${PAGE_SIZE}, after: $after) {
      nodes {
        id startedAt closedAt state closeReason customerRating messageCount
        operator { id name } line { id }
        statistics { operatorMessageCount customerMessageCount }
        transfers { at reason toOperator { id } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

interface Page {
  readonly sessions: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** All sessions of a portal: page by page as a client reads them, and as an export. Requests to the portal, wall time, memory of the gateway. */
export async function sessionList({ quick, profileDirectory }: BenchOptions): Promise<Report> {
  const pastSessions = quick ? QUICK_SESSIONS : SESSIONS;
  const portal = await startPortal({
    plan: "on-premise",
    ...NO_LATENCY,
    dialogs: 0,
    messages: 0,
    lines: 6,
    webhooks: 1,
    pastSessions,
  });
  const gateway = await startGateway({
    plan: "on-premise",
    webhooks: portal.webhooks,
    connections: 1,
    profileDirectory,
  });
  const idle = residentBytes(gateway.pid);
  let most = idle;
  const watch = setInterval(() => {
    most = Math.max(most, residentBytes(gateway.pid));
  }, 100);

  await portal.resetStatistics();
  const begun = performance.now();
  const ids = new Set<string>();
  let pages = 0;
  for (let after: string | null = null; ; ) {
    const { data } = await gateway.client.query(OPERATION, { after }, keyOf(0));
    const { nodes, pageInfo } = (data as Page).sessions;
    pages += 1;
    for (const { id } of nodes) ids.add(id);
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  const pagedMs = performance.now() - begun;
  const paged = await portal.statistics();
  const pagedMemory = most;

  await portal.resetStatistics();
  most = residentBytes(gateway.pid);
  const exportBegun = performance.now();
  const request = { credential: "w0", from: new Date("2000-01-01"), to: new Date(), withMessages: false };
  const secret = exportSecret({ kind: "webhook", url: portal.webhook });
  const answer = await requestExport(new URL(gateway.url).origin, secret, request, new AbortController().signal);
  if (answer.kind !== "rows") throw new Error(`The gateway did not export: ${answer.kind}`);
  const exported = new Set<unknown>();
  for await (const { row } of answer.rows) exported.add(row.id);
  const exportMs = performance.now() - exportBegun;
  const exportStats = await portal.statistics();
  clearInterval(watch);
  await gateway.stop();
  await portal.stop();
  if (exported.size !== ids.size || ids.size < pastSessions)
    throw new Error(`Sessions were lost: ${ids.size} by pages, ${exported.size} by the export`);

  const perPage = paged.requests / pages;
  const findings: Finding[] = [
    { what: "sessions", figure: `${ids.size.toLocaleString("en")} in ${pages} pages` },
    {
      what: "pages: requests a page",
      figure: perPage.toFixed(2),
      goal: `<= 2, and ${LIST_END} for the list's end`,
      reached: paged.requests <= 2 * pages + LIST_END,
    },
    { what: "pages: wall time", figure: `${(pagedMs / 1000).toFixed(1)} s, ${(pagedMs / pages).toFixed(0)} ms a page` },
    { what: "pages: memory", figure: `${inMiB(pagedMemory)} at most, ${inMiB(idle)} idle` },
    {
      what: "export: requests",
      figure: String(exportStats.requests),
      ...(quick ? {} : { ratio: exportStats.requests / EXPORT_FLOOR, goal: `floor ${EXPORT_FLOOR}` }),
    },
    { what: "export: wall time", figure: `${(exportMs / 1000).toFixed(1)} s` },
    { what: "export: memory", figure: `${inMiB(most)} at most` },
  ];
  return { benchmark: "session-list", findings };
}
