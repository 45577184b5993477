import { Arg, type ClassType, Ctx, Directive, Resolver, Root, Subscription } from "type-graphql";
import {
  ChatChanged,
  EventCursor,
  LiveEvent,
  MessageAdded,
  MessageDeleted,
  MessageUpdated,
  SessionFinished,
  SessionStarted,
} from "../../schema/live-events.ts";
import { ChatEventFilter, EventFilter, MessageEventFilter, SessionEventFilter } from "../../schema/live-filters.ts";
import type { ChatEventKind } from "../../subscriptions/events/event-filter.ts";
import { type LiveDelivery, LiveRequest } from "../../subscriptions/live/live-request.ts";
import type { OperationContext } from "../engine/context.ts";
import { liveEventOf } from "./delivered-events.ts";
import { readCriteria } from "./event-criteria.ts";

interface LiveArguments {
  readonly filter?: EventFilter | null;
  readonly after?: string | null;
  readonly checkpoints?: boolean | null;
}

const AFTER = Arg("after", () => EventCursor, {
  nullable: true,
  description:
    "Go on after this cursor: what was accepted since is delivered first, then what comes. Without it, only what comes. A cursor older than what is kept ends the stream with `EVENTS_LOST`, which names the oldest and the newest cursor.",
});
const MESSAGES = Arg("filter", () => MessageEventFilter, {
  nullable: true,
  description: "Which messages; all without it.",
});
const SESSIONS = Arg("filter", () => SessionEventFilter, {
  nullable: true,
  description: "Which sessions; all without it.",
});
const CHATS = Arg("filter", () => ChatEventFilter, { nullable: true, description: "Which chats; all without it." });

const KEPT = "Events are kept for 3 days (a setting) or 100,000 per portal (a setting), whichever is less.";
const COMMON = `Each event is delivered once, in the order in which the gateway received it; go on with \`after\` after a reconnect. Only chats that the viewer may see. A time in which nobody received events comes as an error with code \`STREAM_GAP\` that does not end the stream. ${KEPT}`;

/** A subscription field for one kind of event. `bound`: the portal sends it, so that a handler must be bound. */
function SingleKind(kind: ChatEventKind, type: ClassType<LiveEvent>, what: string, bound = true): MethodDecorator {
  const subscribe = ({ args }: { args: LiveArguments }): LiveRequest =>
    new LiveRequest(readCriteria(args.filter, [kind]), {
      after: args.after ?? undefined,
      checkpoints: false,
      gaps: "error",
    });
  const field = Subscription(() => type, { nullable: true, subscribe, description: `${what} ${COMMON}` });
  const rest = Directive('@rest(method: "event.bind")');
  return (target, name, descriptor) => {
    if (bound) rest(target, name, descriptor);
    field(target, name, descriptor);
  };
}

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
    description: `All live events of the portal that the viewer may see, in the order in which the gateway received them, each once. Go on with \`after\` after a reconnect. A time in which nobody received events is delivered as \`StreamGap\`. ${KEPT} What the portal itself never sent cannot be known: outgoing live-chat messages, answers, transfers and pins have no event; those done through this gateway come as \`ChatChanged\`.`,
  })
  openLineEvents(
    @Root() delivery: LiveDelivery,
    @Ctx() { portal }: OperationContext,
    @Arg("filter", () => EventFilter, { nullable: true, description: "Which events; all without it." })
    _filter?: EventFilter,
    @AFTER _after?: string,
    @Arg("checkpoints", () => Boolean, {
      nullable: true,
      defaultValue: false,
      description: "Deliver a `StreamCheckpoint` now and then, which keeps the cursor of a narrow filter young.",
    })
    _checkpoints?: boolean,
  ): LiveEvent {
    return liveEventOf(delivery, portal.origin);
  }

  @SingleKind("messageAdded", MessageAdded, "Messages as they are added.")
  messageAdded(
    @Root() delivery: LiveDelivery,
    @Ctx() { portal }: OperationContext,
    @MESSAGES _filter?: MessageEventFilter,
    @AFTER _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery, portal.origin);
  }

  @SingleKind("messageUpdated", MessageUpdated, "Messages as they are edited.")
  messageUpdated(
    @Root() delivery: LiveDelivery,
    @Ctx() { portal }: OperationContext,
    @MESSAGES _filter?: MessageEventFilter,
    @AFTER _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery, portal.origin);
  }

  @SingleKind("messageDeleted", MessageDeleted, "Messages as they are deleted, one event for each.")
  messageDeleted(
    @Root() delivery: LiveDelivery,
    @Ctx() { portal }: OperationContext,
    @MESSAGES _filter?: MessageEventFilter,
    @AFTER _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery, portal.origin);
  }

  @SingleKind("sessionStarted", SessionStarted, "Sessions as they are opened.")
  sessionStarted(
    @Root() delivery: LiveDelivery,
    @Ctx() { portal }: OperationContext,
    @SESSIONS _filter?: SessionEventFilter,
    @AFTER _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery, portal.origin);
  }

  @SingleKind("sessionFinished", SessionFinished, "Sessions as they are closed for good.")
  sessionFinished(
    @Root() delivery: LiveDelivery,
    @Ctx() { portal }: OperationContext,
    @SESSIONS _filter?: SessionEventFilter,
    @AFTER _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery, portal.origin);
  }

  @SingleKind(
    "chatChanged",
    ChatChanged,
    "Chats changed by an action of this gateway that the portal sends no event for.",
    false,
  )
  chatChanged(
    @Root() delivery: LiveDelivery,
    @Ctx() { portal }: OperationContext,
    @CHATS _filter?: ChatEventFilter,
    @AFTER _after?: string,
  ): LiveEvent {
    return liveEventOf(delivery, portal.origin);
  }
}
