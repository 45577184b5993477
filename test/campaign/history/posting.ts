import { setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";
import type { Sender } from "../../subscriptions/deliveries.ts";
import { messageForm, type SentEvent } from "../live/event-sender.ts";
import type { ChatPlace } from "../live/installed-portal.ts";
import type { Posted } from "./history.ts";

export interface PostingOptions {
  readonly sender: Sender;
  readonly places: readonly ChatPlace[];
  readonly lanes: number;
  /** Gateways in the order of a lane's preference, as a load balancer has them: the next is tried where a connection is refused. */
  readonly targets: (lane: number) => readonly string[];
  readonly clockShifts: readonly number[];
  /** Nothing is posted meanwhile: who listens shall not fall so far behind that events have to be forgotten. */
  readonly isHeld: () => boolean;
  /** Told of each delivery that was answered 200. */
  readonly taken: (event: SentEvent) => void;
}

/** Numbered deliveries, one after the other in each lane, whatever they are answered. */
export interface Posting {
  readonly posted: readonly Posted[];
  /** What was posted under a text. */
  readonly events: ReadonlyMap<string, SentEvent>;
  accepted(): number;
  refused(): number;
  /** Posts one last delivery for each place and direction, and ends the lanes. All are answered 200. */
  finish(): Promise<void>;
}

/** A portal gives up after a while; this one soon, so that a frozen gateway has many deliveries waiting. */
const GIVES_UP_AFTER_MS = 3_000;
/** Between a delivery that was not taken and the next one of its lane: longer each time, up to the last. */
const AFTER_REFUSALS_MS = [20, 40, 80];
const MARKER_LANE = 900;
/** Between two looks at whether posting goes on. */
const HELD_MS = 20;

export function startPosting({ sender, places, lanes, targets, clockShifts, isHeld, taken }: PostingOptions): Posting {
  const posted: Posted[] = [];
  const events = new Map<string, SentEvent>();
  const pools = new Map<string, Pool>();
  let accepted = 0;
  let isFinishing = false;

  async function postTo(origin: string, body: string): Promise<number | "refused connection" | undefined> {
    const pool =
      pools.get(origin) ?? new Pool(origin, { connections: 4 * lanes, pipelining: 1, keepAliveTimeout: 500 });
    pools.set(origin, pool);
    try {
      const answer = await pool.request({
        method: "POST",
        path: "/bitrix24/events",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body,
        signal: AbortSignal.timeout(GIVES_UP_AFTER_MS),
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch (error) {
      return error instanceof Error && "code" in error && error.code === "ECONNREFUSED"
        ? "refused connection"
        : undefined;
    }
  }

  async function post(lane: number, event: SentEvent): Promise<number | undefined> {
    events.set(event.text, event);
    const body = messageForm(event, sender);
    const postedAt = Date.now();
    let status: number | undefined;
    for (const origin of targets(lane)) {
      const answer = await postTo(origin, body);
      status = answer === "refused connection" ? undefined : answer;
      if (answer !== "refused connection") break;
    }
    posted.push({ text: event.text, postedAt, endedAt: Date.now(), status, clockShifts });
    if (status === 200) {
      accepted += 1;
      taken(event);
    }
    return status;
  }

  async function runLane(lane: number): Promise<void> {
    let refusals = 0;
    for (let number = 0; !isFinishing; number += 1) {
      while (isHeld() && !isFinishing) await pause(HELD_MS);
      const place = places[(lane + number) % places.length];
      if (place === undefined) throw new Error("no places to write from");
      const direction = number % 3 === 0 ? "INCOMING" : "OUTGOING";
      const status = await post(lane, { text: `${lane}.${number}`, place, direction });
      refusals = status === 200 ? 0 : refusals + 1;
      if (refusals > 0) await pause(AFTER_REFUSALS_MS[refusals - 1] ?? AFTER_REFUSALS_MS.at(-1));
    }
  }

  const running = Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
  return {
    posted,
    events,
    accepted: () => accepted,
    refused: () => posted.length - accepted,
    async finish() {
      isFinishing = true;
      await running;
      for (const [index, place] of places.entries()) {
        for (const [offset, direction] of (["INCOMING", "OUTGOING"] as const).entries()) {
          const status = await post(0, { text: `${MARKER_LANE}.${2 * index + offset}`, place, direction });
          if (status !== 200) throw new Error(`a last delivery was answered ${status}`);
        }
      }
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
