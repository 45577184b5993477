import type { Carry, Sink } from "./carrier.ts";
import type { Connection, ConnectionState } from "./connection.ts";
import { type FromLeader, isFromLeader, isToLeader, type ToLeader } from "./tab-messages.ts";

export interface SharingOptions {
  /** Equal in tabs that share. It names a lock and a channel, so it must tell nothing. */
  readonly name: string;
  /** Opens the connection of the tab that has the socket. */
  readonly open: (changed: () => void) => Connection;
  readonly changed: () => void;
  /** How often a tab makes sure that the one with the socket is not frozen, and how long that may take to answer. */
  readonly checkEveryMs: number;
  readonly answerWithinMs: number;
}

interface Carried {
  readonly sink: Sink;
  readonly operation: ToLeader & { readonly kind: "carry" };
}

/** Asking who somebody is may go to a server. A tab with the socket that went meanwhile says nothing. */
const RENEWED_WITHIN_MS = 20_000;

/**
 * One connection for all tabs of a browser. The tab that holds a lock leads: it has the socket and carries the operations of the others,
 * which reach it over a channel. When it goes, or is frozen, another takes the lock, and all subscriptions go on from their places.
 * Operations and results pass through the channel; what proves an identity never does.
 */
export function shareConnection(options: SharingOptions): Connection {
  const { name, changed } = options;
  const me = crypto.randomUUID();
  const channel = new BroadcastChannel(name);
  const ending = new AbortController();
  /** Operations of this tab that another tab carries, or will as soon as one leads. */
  const carried = new Map<string, Carried>();
  /** Operations of others that this tab carries, by tab and id. */
  const lent = new Map<string, Map<string, () => void>>();
  let own: Connection | undefined;
  let leader: string | undefined;
  let leaderState: ConnectionState = { phase: "connecting", transport: "other-tab" };
  let resign: () => void = () => undefined;
  let check: ReturnType<typeof setInterval> | undefined;
  let answerTimer: ReturnType<typeof setTimeout> | undefined;
  /** Questions to the tab with the socket, which alone can ask who this is. */
  const renewals = new Map<string, (isRenewed: boolean) => void>();
  let ids = 0;

  const toLeader = (message: ToLeader): void => channel.postMessage(message);
  const toTabs = (message: FromLeader): void => channel.postMessage(message);

  /** Held as long as this tab lives, so that the leader notices its end, a crash too. */
  const tabLock = (tab: string): string => `${name} tab ${tab}`;
  navigator.locks
    .request(tabLock(me), { signal: ending.signal }, () => {
      takePart();
      return until(ending.signal);
    })
    .catch(() => undefined);

  /** Not before the lock is held: a leader that is asked to carry something asks for it too, and would take this tab for gone. */
  function takePart(): void {
    channel.onmessage = ({ data }) => {
      if (isToLeader(data)) serve(data);
      else if (isFromLeader(data)) data.kind === "leads" ? follow(data.from, data.state) : hear(data);
    };
    check = setInterval(makeSure, options.checkEveryMs);
    compete(false);
    toLeader({ kind: "who", from: me });
  }

  function compete(steal: boolean): void {
    const lead = (): Promise<void> =>
      new Promise((resolve) => {
        if (ending.signal.aborted) return resolve();
        resign = resolve;
        begin();
      });
    const how = steal ? { steal } : { signal: ending.signal };
    navigator.locks.request(name, how, lead).then(stepDown, stepDown);
  }

  function begin(): void {
    own = options.open(() => {
      announce();
      changed();
    });
    leader = me;
    announce();
    loseAll();
    changed();
  }
  function announce(): void {
    if (own !== undefined) toTabs({ kind: "leads", from: me, state: own.state() });
  }
  /** The lock was taken from a tab that seemed frozen, or the client is closed. */
  function stepDown(): void {
    if (own === undefined) return;
    for (const operations of lent.values()) for (const stop of operations.values()) stop();
    lent.clear();
    own.close();
    own = undefined;
    if (ending.signal.aborted) return;
    leader = undefined;
    compete(false);
    toLeader({ kind: "who", from: me });
  }
  function loseAll(): void {
    const lost = [...carried.values()];
    carried.clear();
    for (const { sink } of lost) sink.ended({ kind: "lost" });
  }

  function serve(message: ToLeader): void {
    if (own === undefined) return;
    const { from } = message;
    switch (message.kind) {
      case "who":
        announce();
        break;
      case "carry":
        lend(own, message);
        break;
      case "stop":
        lent.get(from)?.get(message.id)?.();
        lent.get(from)?.delete(message.id);
        break;
      case "hurry":
        own.hurry();
        break;
      case "renew": {
        const { id } = message;
        const tell = (isRenewed: boolean): void => toTabs({ kind: "renewed", from: me, to: from, id, isRenewed });
        own.renew().then(tell, () => tell(false));
        break;
      }
      default:
        message satisfies never;
    }
  }
  function lend(through: Connection, { from, id, operation }: ToLeader & { kind: "carry" }): void {
    let operations = lent.get(from);
    if (operations === undefined) {
      operations = new Map();
      lent.set(from, operations);
      // Granted once the tab is gone.
      void navigator.locks
        .request(tabLock(from), { signal: ending.signal }, () => {
          for (const stop of lent.get(from)?.values() ?? []) stop();
          lent.delete(from);
        })
        .catch(() => undefined);
    }
    const others = operations;
    const stop = through.carry(operation, {
      next: (result) => toTabs({ kind: "next", from: me, to: from, id, result }),
      ended(end) {
        others.delete(id);
        toTabs({ kind: "ended", from: me, to: from, id, end });
      },
    });
    operations.set(id, stop);
  }

  function hear(message: Exclude<FromLeader, { kind: "leads" }>): void {
    if (message.to !== me) return;
    const found = carried.get(message.id);
    if (message.kind === "renewed") renewals.get(message.id)?.(message.isRenewed);
    else if (message.kind === "next") found?.sink.next(message.result);
    else if (carried.delete(message.id)) found?.sink.ended(message.end);
  }
  function follow(from: string, state: ConnectionState): void {
    if (own !== undefined) return;
    clearTimeout(answerTimer);
    answerTimer = undefined;
    leaderState = { ...state, transport: "other-tab" };
    if (leader !== from) {
      const isFirst = leader === undefined;
      leader = from;
      if (isFirst) for (const { operation } of carried.values()) toLeader(operation);
      else loseAll();
    }
    changed();
  }

  function makeSure(): void {
    if (own !== undefined || answerTimer !== undefined || carried.size === 0) return;
    toLeader({ kind: "who", from: me });
    answerTimer = setTimeout(() => {
      answerTimer = undefined;
      if (own === undefined) compete(true);
    }, options.answerWithinMs);
  }

  function renewElsewhere(): Promise<boolean> {
    ids += 1;
    const id = String(ids);
    return new Promise<boolean>((resolve) => {
      renewals.set(id, resolve);
      setTimeout(() => resolve(false), RENEWED_WITHIN_MS);
      toLeader({ kind: "renew", from: me, id });
    }).finally(() => renewals.delete(id));
  }
  const carryElsewhere: Carry = (operation, sink) => {
    ids += 1;
    const id = String(ids);
    const message: Carried["operation"] = { kind: "carry", from: me, id, operation };
    carried.set(id, { sink, operation: message });
    if (leader !== undefined) toLeader(message);
    return () => {
      if (carried.delete(id)) toLeader({ kind: "stop", from: me, id });
    };
  };
  return {
    carry: (operation, sink) => (own ?? { carry: carryElsewhere }).carry(operation, sink),
    renew: () => own?.renew() ?? renewElsewhere(),
    state: () => own?.state() ?? leaderState,
    hurry: () => own?.hurry() ?? toLeader({ kind: "hurry", from: me }),
    close() {
      clearInterval(check);
      clearTimeout(answerTimer);
      for (const id of carried.keys()) toLeader({ kind: "stop", from: me, id });
      carried.clear();
      ending.abort();
      stepDown();
      resign();
      channel.close();
    },
  };
}

function until(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
