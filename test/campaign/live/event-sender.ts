import { Pool } from "undici";
import { delivery, type Sender } from "../../subscriptions/deliveries.ts";
import { phpForm } from "../../subscriptions/php-form.ts";
import type { ChatPlace } from "./installed-portal.ts";

/** An event as the sender knows it; `lane.number` is its text, and within a lane numbers rise. */
export interface SentEvent {
  readonly text: string;
  readonly place: ChatPlace;
  readonly direction: "INCOMING" | "OUTGOING";
}

export interface SendingOptions {
  readonly sender: Sender;
  readonly places: readonly ChatPlace[];
  readonly count: number;
  /** Each lane posts its next event when the one before was answered, so that its order is certain. */
  readonly lanes: number;
  /** Origin of the gateway that a lane posts to; asked before each event. */
  readonly target: (lane: number) => string;
  /** Waited for by a lane whose event was not answered 200, before it goes on with the next event. */
  readonly recovered: (lane: number) => Promise<void>;
}

/** Events under way. Each is posted once, as a portal does. */
export interface Sending {
  /** Answered 200. */
  readonly accepted: readonly SentEvent[];
  /** Not answered, or with something else than 200: it may be kept or not. */
  readonly doubtful: readonly SentEvent[];
  /** Status codes other than 200. */
  readonly refusals: readonly number[];
  readonly done: Promise<void>;
}

/** The form that tells of a message, by the customer or by an operator. */
export function messageForm({ text, place, direction }: SentEvent, sender: Sender): string {
  const connector = {
    connector_id: place.connectorId,
    line_id: place.lineId,
    chat_id: place.externalChatId,
    user_id: place.customerId,
  };
  const data =
    direction === "INCOMING"
      ? {
          DATA: {
            connector,
            chat: { id: place.externalChatId },
            message: { id: `channel-${text}`, date: 1773759161, text, files: [], user_id: place.customerId },
          },
        }
      : {
          CONNECTOR: place.connectorId,
          LINE: place.lineId,
          DATA: {
            connector,
            message: { id: nextMessageId(), chat_id: place.chatId, user_id: 0, text },
            no_session: "N",
          },
        };
  return phpForm(delivery("ONOPENLINEMESSAGEADD", data, sender, 1773759161));
}

/** Many messages in one delivery, as the list shape of the documentation allows. */
export function listForm(texts: readonly string[], place: ChatPlace, sender: Sender): string {
  const connector = { connector_id: place.connectorId, line_id: place.lineId, chat_id: place.externalChatId };
  const DATA = texts.map((text) => ({
    connector,
    message: { id: nextMessageId(), chat_id: place.chatId, user_id: 0, text },
  }));
  const data = { CONNECTOR: place.connectorId, LINE: place.lineId, DATA };
  return phpForm(delivery("ONOPENLINEMESSAGEADD", data, sender, 1773759161));
}

/** Ids of messages in the portal; no two events of a run share one. */
let messageIds = 1_000_000;

function nextMessageId(): number {
  messageIds += 1;
  return messageIds;
}

export async function postForm(origin: string, body: string, path = "/bitrix24/events"): Promise<number> {
  const response = await fetch(`${origin}${path}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** Posts over connections of its own that are kept open. Resolves to the status, undefined when there was no answer. */
export function createPoster(): {
  post(origin: string, body: string): Promise<number | undefined>;
  close(): Promise<void>;
} {
  const pools = new Map<string, Pool>();
  return {
    async post(origin, body) {
      const pool = pools.get(origin) ?? new Pool(origin, { connections: 64, pipelining: 1 });
      pools.set(origin, pool);
      try {
        const { statusCode, body: answer } = await pool.request({
          method: "POST",
          path: "/bitrix24/events",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body,
        });
        await answer.dump();
        return statusCode;
      } catch {
        return undefined;
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

export function sendEvents(options: SendingOptions): Sending {
  const { sender, places, count, lanes, target, recovered } = options;
  const accepted: SentEvent[] = [];
  const doubtful: SentEvent[] = [];
  const refusals: number[] = [];
  const poster = createPoster();
  let begun = 0;

  async function runLane(lane: number): Promise<void> {
    for (let number = 0; begun < count; number += 1) {
      begun += 1;
      const place = places[(lane + number) % places.length];
      if (place === undefined) throw new Error("no places to write from");
      const event: SentEvent = {
        text: `${lane}.${number}`,
        place,
        direction: number % 3 === 0 ? "OUTGOING" : "INCOMING",
      };
      const status = await poster.post(target(lane), messageForm(event, sender));
      if (status === 200) {
        accepted.push(event);
        continue;
      }
      doubtful.push(event);
      if (status !== undefined) refusals.push(status);
      await recovered(lane);
    }
  }
  const done = Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane))).then(() => poster.close());
  return { accepted, doubtful, refusals, done };
}

/** One last event for each place and direction: who sees those that are for him has seen all that came before. */
export async function sendMarkers(
  origin: string,
  sender: Sender,
  places: readonly ChatPlace[],
): Promise<readonly SentEvent[]> {
  const markers = places.flatMap((place, index): SentEvent[] => [
    { text: `900.${2 * index}`, place, direction: "INCOMING" },
    { text: `900.${2 * index + 1}`, place, direction: "OUTGOING" },
  ]);
  for (const marker of markers) {
    const status = await postForm(origin, messageForm(marker, sender));
    if (status !== 200) throw new Error(`a marker was answered ${status}`);
  }
  return markers;
}
