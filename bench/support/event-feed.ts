import { setTimeout as delay } from "node:timers/promises";
import type { FormPoster } from "./form-poster.ts";
import { stamped } from "./subscriber-messages.ts";
import type { Subscribers } from "./subscribers.ts";

/** Posts numbered events to one server. */
export interface EventFeed {
  /** Number of the last event. */
  last(): number;
  /** Posts the next one; resolves with its number when it was answered. */
  post(): Promise<number>;
}

/** `form` makes the body of an event from its number and its marked text. Numbers go on after `begin`. */
export function openEventFeed(
  poster: FormPoster,
  form: (sequence: number, text: string) => string,
  filler = "Your parcel is on its way.",
  begin = 0,
): EventFeed {
  let sequence = begin;
  return {
    last: () => sequence,
    async post() {
      sequence += 1;
      const posted = sequence;
      const status = await poster.post(form(posted, stamped(posted, filler)));
      if (status !== 200) throw new Error(`An event was answered ${status}`);
      return posted;
    },
  };
}

/** Posts events until one has reached every subscriber: then all are subscribed. */
export async function untilSubscribed(feed: EventFeed, subscribers: Subscribers): Promise<void> {
  let isSubscribed = false;
  const all = subscribers.got(feed.last() + 1).then(() => {
    isSubscribed = true;
  });
  while (!isSubscribed) {
    await feed.post();
    await Promise.race([all, delay(300)]);
  }
  await subscribers.got(feed.last());
  await subscribers.take();
}

/** One event after another, each once all have the one before. */
export async function eventsInTurn(feed: EventFeed, subscribers: Subscribers, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await subscribers.got(await feed.post());
}
