import { INBOX_PAGE, PAGE_SIZE } from "./inbox-operation.ts";
import type { PeerName } from "./peers/start-peer.ts";
import { NO_LATENCY, type PortalSpec, USUAL_LATENCY } from "./portal.ts";

/** What the gateway is judged by: CPU of an operation, operations per second or median latency, alone or beside a peer. */
export interface WorkloadGoal {
  readonly of: "cpu" | "perSecond" | "p50" | "requests";
  /** Then `bound` is of the ratio, else of the figure: milliseconds or a count. */
  readonly beside?: PeerName;
  readonly bound: number;
}

/** An operation with the portal that it reads. Each operation acts with another credential, so that none finds anything that another has read. */
export interface Workload {
  readonly name: string;
  readonly portal: Omit<PortalSpec, "plan" | "webhooks">;
  readonly operationName: string;
  readonly query: string;
  readonly variables?: (index: number, userCodes: readonly string[]) => Readonly<Record<string, unknown>>;
  /** Operations at once. */
  readonly clients: number;
  /** Operations of one round, and of a quick one. */
  readonly operations: number;
  readonly quickOperations: number;
  readonly goals: readonly WorkloadGoal[];
}

const SMALL_PORTAL = { ...NO_LATENCY, dialogs: 1, messages: 10, lines: 20 };

export const WORKLOADS: readonly Workload[] = [
  {
    name: "__typename, 20 clients",
    portal: SMALL_PORTAL,
    operationName: "Smallest",
    query: "query Smallest { __typename }",
    clients: 20,
    operations: 8_000,
    quickOperations: 5_000,
    goals: [],
  },
  {
    name: "20 lines, 50 clients",
    portal: SMALL_PORTAL,
    operationName: "Lines",
    query: "query Lines { openLines(first: 20) { nodes { id name isActive } } }",
    clients: 50,
    operations: 2_000,
    quickOperations: 1_000,
    goals: [{ of: "perSecond", beside: "mercurius + jit", bound: 1.1 }],
  },
  {
    name: "large history, 50 x 100 messages x 8 fields",
    portal: { ...NO_LATENCY, dialogs: 50, messages: 100, lines: 6 },
    operationName: "LargeHistory",
    query: /* GraphQL */ `
      query LargeHistory {
        inbox(first: 50) {
          nodes {
            id
            chat { currentSession { messages(last: 100) { nodes { id text html sentAt isSystem externalIds author { id name } } } } }
          }
        }
      }
    `,
    clients: 1,
    operations: 15,
    quickOperations: 8,
    goals: [{ of: "cpu", beside: "mercurius + jit", bound: 0.75 }],
  },
  {
    name: "inbox page",
    portal: { ...USUAL_LATENCY, dialogs: PAGE_SIZE, messages: 24, lines: 6 },
    operationName: "InboxPage",
    query: INBOX_PAGE,
    clients: 1,
    operations: 15,
    quickOperations: 8,
    goals: [
      { of: "requests", bound: 8 },
      { of: "p50", beside: "by hand", bound: 0.9 },
      { of: "cpu", bound: 65 },
    ],
  },
  {
    name: "chat by user code",
    portal: { ...USUAL_LATENCY, dialogs: 50, messages: 100, lines: 6 },
    operationName: "ChatByUserCode",
    query: /* GraphQL */ `
      query ChatByUserCode($code: String!) {
        chat(by: { userCode: $code }) {
          id
          title
          messageCount
          currentSession {
            id
            participants { id name }
            messages(last: 100) { nodes { id text sentAt author { id name } files { id name } } }
            files(first: 50) { nodes { id name } }
          }
        }
      }
    `,
    variables: (index, userCodes) => ({ code: userCodes[index % userCodes.length] }),
    clients: 1,
    operations: 50,
    quickOperations: 25,
    goals: [
      { of: "p50", beside: "by hand", bound: 1.05 },
      { of: "cpu", bound: 8 },
    ],
  },
];
