import { Arg, Directive, Resolver, Root, Subscription } from "type-graphql";
import {
  ChatChanged,
  EventCursor,
  LiveEvent,
  MessageAdded,
  MessageDeleted,
  MessageUpdated,
  SessionFinished,
  SessionStarted,
} from "../schema/live-events.ts";
import { ChatEventFilter, EventFilter, MessageEventFilter, SessionEventFilter } from "../schema/live-filters.ts";
import type { ChatEventKind } from "../subscriptions/event-filter.ts";
import { type LiveDelivery, LiveRequest } from "../subscriptions/live-request.ts";
import { readCriteria } from "./live-criteria.ts";
import { liveEventOf } from "./live-event-source.ts";

interface LiveArguments {
  readonly filter?: EventFilter | null;
  readonly after?: string | null;
  readonly checkpoints?: boolean | null;
}

function single(kind: ChatEventKind): (data: { args: LiveArguments }) => LiveRequest {
  return ({ args }) =>
    new LiveRequest(readCriteria(args.filter, [kind]), {
      after: args.after ?? undefined,
      checkpoints: false,
      gaps: "error",
    });
}

const AFTER =
  "Go on after this cursor: what was accepted since is delivered first, then what comes. Without it, only what comes. A cursor older than what is kept ends the stream with `EVENTS_LOST`, which names the oldest and the newest cursor.";
const COMMON =
  "Each event is delivered once, in the order in which the gateway received it; go on with `after` after a reconnect. Only chats that the viewer may see. A time in which nobody received events comes as an error with code `STREAM_GAP` that does not end the stream. Events are kept for 3 days (a setting) or 100,000 per portal, whichever is less.";

/** Live events; sent over WebSocket (`graphql-transport-ws`) or server-sent events. */
@Resolver()
export class LiveSubscriptions {
  @Directive('@rest(method: "event.bind")')
  @Subscription(() => LiveEvent, {
    nullable: true,
    subscribe: ({ args }: { args: LiveArguments }) =>
      new LiveRequest(readCriteria(args.filter), {
        after: args.after ?? undefined,
        checkpoints: args.checkpoints === true,
        gaps: "event",
      }),
    description:
      "All live events of the portal that the viewer may see, in the order in which the gateway received them, each once. Go on with `after` after a reconnect. A time in which nobody received events is delivered as `StreamGap`. Events are kept for 3 days (a setting) or 100,000 per portal, whichever is less. What the portal itself never sent cannot be known: outgoing live-chat messages, answers, transfers and pins have no event; those done through this gateway come as `ChatChanged`.",
  })
  openLineEvents(
    @Root() delivery: LiveDelivery,
    @Arg("filter", () => EventFilter, { nullable: true, description: "Which events; all without it." })
    _filter?: EventFilter,
    @Arg("after", () => EventCursor, { nullable: true, description: AFTER }) _after?: string,
    @Arg("checkpoints", () => Boolean, {
      nullable: true,
      defaultValue: false,
      description: "Deliver a `StreamCheckpoint` now and then, which keeps the cursor of a narrow filter young.",
    })
    _checkpoints?: boolean,
  ): LiveEvent {
    return liveEventOf(delivery);
  }

  @Directive('@rest(method: "event.bind")')
  @Subscription(() => MessageAdded, {
    nullable: true,
    subscribe: single("messageAdded"),
    description: `Messages as they are added. ${COMMON}`,
  })
  messageAdded(
    @Root() delivery: LiveDelivery,
    @Arg("filter", () => MessageEventFilter, { nullable: true, description: "Which messages; all without it." })
    _filter?: MessageEventFilter,
    @Arg("after", () => EventCursor, { nullable: true, description: AFTER }) _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery);
  }

  @Directive('@rest(method: "event.bind")')
  @Subscription(() => MessageUpdated, {
    nullable: true,
    subscribe: single("messageUpdated"),
    description: `Messages as they are edited. ${COMMON}`,
  })
  messageUpdated(
    @Root() delivery: LiveDelivery,
    @Arg("filter", () => MessageEventFilter, { nullable: true, description: "Which messages; all without it." })
    _filter?: MessageEventFilter,
    @Arg("after", () => EventCursor, { nullable: true, description: AFTER }) _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery);
  }

  @Directive('@rest(method: "event.bind")')
  @Subscription(() => MessageDeleted, {
    nullable: true,
    subscribe: single("messageDeleted"),
    description: `Messages as they are deleted, one event for each. ${COMMON}`,
  })
  messageDeleted(
    @Root() delivery: LiveDelivery,
    @Arg("filter", () => MessageEventFilter, { nullable: true, description: "Which messages; all without it." })
    _filter?: MessageEventFilter,
    @Arg("after", () => EventCursor, { nullable: true, description: AFTER }) _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery);
  }

  @Directive('@rest(method: "event.bind")')
  @Subscription(() => SessionStarted, {
    nullable: true,
    subscribe: single("sessionStarted"),
    description: `Sessions as they are opened. ${COMMON}`,
  })
  sessionStarted(
    @Root() delivery: LiveDelivery,
    @Arg("filter", () => SessionEventFilter, { nullable: true, description: "Which sessions; all without it." })
    _filter?: SessionEventFilter,
    @Arg("after", () => EventCursor, { nullable: true, description: AFTER }) _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery);
  }

  @Directive('@rest(method: "event.bind")')
  @Subscription(() => SessionFinished, {
    nullable: true,
    subscribe: single("sessionFinished"),
    description: `Sessions as they are closed for good. ${COMMON}`,
  })
  sessionFinished(
    @Root() delivery: LiveDelivery,
    @Arg("filter", () => SessionEventFilter, { nullable: true, description: "Which sessions; all without it." })
    _filter?: SessionEventFilter,
    @Arg("after", () => EventCursor, { nullable: true, description: AFTER }) _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery);
  }

  @Subscription(() => ChatChanged, {
    nullable: true,
    subscribe: single("chatChanged"),
    description: `Chats changed by an action of this gateway that the portal sends no event for. ${COMMON}`,
  })
  chatChanged(
    @Root() delivery: LiveDelivery,
    @Arg("filter", () => ChatEventFilter, { nullable: true, description: "Which chats; all without it." })
    _filter?: ChatEventFilter,
    @Arg("after", () => EventCursor, { nullable: true, description: AFTER }) _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery);
  }
}
