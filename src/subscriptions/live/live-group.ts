import type { Id } from "../../datasources/domain/ids.ts";
import type { Position } from "../../storage/log.ts";
import { type ChatStoredEvent, type EventCriteria, matchesChat, matchesEvent } from "../events/event-filter.ts";
import type { LoggedEvent } from "../events/event-log.ts";
import type { LiveDelivery } from "./live-request.ts";
import type { LiveResult } from "./live-result.ts";
import type { ChatResolution, EventAccess, LiveViewer } from "./live-viewer.ts";

/** Runs the subscription's selection for one delivery. Rejects when it cannot be begun. */
export type ExecuteDelivery = (delivery: LiveDelivery, position: Position) => Promise<LiveResult>;

export interface LiveGroupOptions {
  readonly viewer: LiveViewer;
  readonly criteria: EventCriteria;
  readonly access: EventAccess;
  readonly chats: ChatResolution;
  readonly execute: ExecuteDelivery;
  readonly cursorAt: (position: Position) => string;
}

/** Equal subscriptions: what becomes of an event is decided and executed once for all of them. */
export interface LiveGroup {
  /** The result to deliver, or undefined when the event is not for this subscription. Rejects when the viewer's rights cannot be checked. */
  deliver(logged: LoggedEvent, event: ChatStoredEvent): Decision | Promise<Decision>;
}

type Decision = LiveResult | undefined;

/** Results that subscribers close to each other share; one further behind executes again. */
const REMEMBERED = 256;

export function createLiveGroup(options: LiveGroupOptions): LiveGroup {
  const { viewer, criteria, access, chats } = options;
  const decisions = new Map<Position, Decision | Promise<Decision>>();

  async function decide(
    logged: LoggedEvent,
    event: ChatStoredEvent,
    chat: Promise<Id | null> | Id | null,
  ): Promise<Decision> {
    const chatId = chat instanceof Promise ? await chat : chat;
    if (!matchesChat(criteria, chatId)) return undefined;
    const seen = access.maySee(viewer, event.address, chatId);
    if (!(seen instanceof Promise ? await seen : seen)) return undefined;
    const { position, receivedAt } = logged;
    return options.execute(
      { cursor: options.cursorAt(position), receivedAt, content: { kind: "event", event, chatId } },
      position,
    );
  }

  function remember(position: Position, decision: Decision | Promise<Decision>): void {
    decisions.set(position, decision);
    if (decisions.size > REMEMBERED) {
      const oldest = decisions.keys().next().value;
      if (oldest !== undefined) decisions.delete(oldest);
    }
  }

  return {
    deliver(logged, event) {
      const { position } = logged;
      if (!matchesEvent(criteria, event)) return undefined;
      const known = decisions.get(position);
      if (known !== undefined) return known;
      const { chatId } = event.address;
      const deciding = decide(logged, event, chatId ?? chats.resolve(viewer.portal, event.address)).then(
        (decision) => {
          if (decisions.get(position) === deciding) decisions.set(position, decision);
          return decision;
        },
        (error: unknown) => {
          decisions.delete(position);
          throw error;
        },
      );
      remember(position, deciding);
      return deciding;
    },
  };
}
