import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "./program.ts";
import { type Done, done, type Latencies, type Order, type SubscriptionTarget } from "./subscriber-messages.ts";

/** Subscribers in a process of their own. */
export interface Subscribers {
  /** Opens so many more; an event that is posted at once may still come before they are subscribed. */
  open(target: SubscriptionTarget, count: number): Promise<void>;
  /** Resolves when every subscriber got the delivery of that number or a later one. */
  got(sequence: number): Promise<void>;
  /** Latencies of all deliveries since the last time, and the last message. */
  take(): Promise<Latencies & { readonly text: string }>;
  /** Opens a socket with so many subscriptions that nobody reads; resolves with its port. */
  openUnread(target: SubscriptionTarget, subscriptions: number): Promise<number>;
  closeUnread(): Promise<void>;
  closeAll(): Promise<void>;
  stop(): Promise<void>;
}

type Unnumbered<T> = T extends unknown ? Omit<T, "number"> : never;

const PROGRAM = fileURLToPath(new URL("./subscribers-program.js", import.meta.url));
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts the process, without subscribers yet. */
export function startSubscribers(): Subscribers {
  const child = fork(PROGRAM, { env: { ...cleanEnvironment(), NODE_ENV: "production" } });
  running.add(child);
  const waiting = new Map<number, { resolve: (answer: Done) => void; reject: (error: Error) => void }>();
  let orders = 0;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  void ended.then(() => {
    running.delete(child);
    for (const { reject } of waiting.values()) reject(new Error("The process of the subscribers ended"));
  });
  // An order to a process that has ended rejects by its exit.
  child.on("error", () => {});
  child.on("message", (message) => {
    const answer = done.parse(message);
    waiting.get(answer.number)?.resolve(answer);
    waiting.delete(answer.number);
  });

  function tell(given: Unnumbered<Order>): Promise<Done> {
    orders += 1;
    const number = orders;
    return new Promise((resolve, reject) => {
      waiting.set(number, { resolve, reject });
      child.send({ ...given, number });
    });
  }

  return {
    async open(target, count) {
      await tell({ kind: "open", target, count });
    },
    async got(sequence) {
      await tell({ kind: "await", sequence });
    },
    async take() {
      const { latencies, text } = await tell({ kind: "take" });
      return { ...(latencies ?? { count: 0, p50: Number.NaN, p99: Number.NaN }), text: text ?? "" };
    },
    async openUnread(target, subscriptions) {
      return (await tell({ kind: "openUnread", target, count: subscriptions })).port ?? 0;
    },
    async closeUnread() {
      await tell({ kind: "close", what: "unread" });
    },
    async closeAll() {
      await tell({ kind: "close", what: "all" });
    },
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
