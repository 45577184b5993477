import type { Happening } from "./happenings.ts";
import type { World } from "./world.ts";

export type MessengerEventType =
  | "ONIMV2MESSAGEADD"
  | "ONIMV2MESSAGEUPDATE"
  | "ONIMV2MESSAGEDELETE"
  | "ONIMV2REACTIONCHANGE"
  | "ONIMV2JOINCHAT";

/** One record of a user's queue; `data` is what the caller made of the happening while it was fresh. */
export interface MessengerEvent {
  id: number;
  type: MessengerEventType;
  at: number;
  data: unknown;
}

/** Makes the data of an event from the world as it is while it happens. */
export type DescribeMessengerEvent = (type: MessengerEventType, happening: Happening, userId: number) => unknown;

/** The queues from which users fetch the messenger events of their chats. */
export interface MessengerQueues {
  subscribe(userId: number): void;
  /** What was recorded before stays until it is confirmed or too old. */
  unsubscribe(userId: number): void;
  /** Drops what lies before `offset` and answers what follows, oldest first. */
  take(userId: number, offset: number | undefined, limit: number): { events: MessengerEvent[]; hasMore: boolean };
}

const retentionMs = 24 * 60 * 60 * 1000;
const maxQueued = 10_000;
const firstId = 2001;

/** Queues of one world; they record from the first subscription on. */
export function createMessengerQueues(world: World, describe: DescribeMessengerEvent): MessengerQueues {
  const subscribers = new Set<number>();
  const queues = new Map<number, MessengerEvent[]>();
  let nextId = firstId;

  function record(userId: number, type: MessengerEventType, happening: Happening): void {
    const queue = queues.get(userId) ?? [];
    queues.set(userId, queue);
    queue.push({ id: nextId, type, at: world.now(), data: describe(type, happening, userId) });
    nextId += 1;
    if (queue.length > maxQueued) queue.splice(0, queue.length - maxQueued);
  }

  world.onHappening((happening) => {
    if (subscribers.size === 0) return;
    const members = world.chats.get(happening.chatId)?.members;
    if (!members) return;
    const recipients = [...subscribers].filter((userId) => members.has(userId));
    switch (happening.kind) {
      case "messageAdded":
        for (const userId of recipients) record(userId, "ONIMV2MESSAGEADD", happening);
        return;
      case "messageUpdated":
        for (const userId of recipients) record(userId, "ONIMV2MESSAGEUPDATE", happening);
        return;
      case "messageDeleted":
        for (const userId of recipients) record(userId, "ONIMV2MESSAGEDELETE", happening);
        return;
      case "reactionChanged":
        for (const userId of recipients) record(userId, "ONIMV2REACTIONCHANGE", happening);
        return;
      case "membersChanged":
        for (const joined of happening.userIds.filter((userId) => members.has(userId))) {
          const one = { ...happening, userIds: [joined] };
          for (const userId of recipients) record(userId, "ONIMV2JOINCHAT", one);
        }
        return;
      case "sessionStarted":
      case "sessionChanged":
      case "sessionFinished":
      case "activityAdded":
      case "activityUpdated":
      case "activityDeleted":
        return;
    }
  });

  return {
    subscribe(userId) {
      subscribers.add(userId);
    },
    unsubscribe(userId) {
      subscribers.delete(userId);
    },
    take(userId, offset, limit) {
      const oldest = world.now() - retentionMs;
      const queue = (queues.get(userId) ?? []).filter((event) => event.at >= oldest && event.id >= (offset ?? 0));
      queues.set(userId, queue);
      return { events: queue.slice(0, limit), hasMore: queue.length > limit };
    },
  };
}
