import { Field, ID, InputType } from "type-graphql";
import { describedEnum } from "./described-enum.ts";
import { MessageDirectionEnum } from "./live-events.ts";

export type LiveEventKind =
  | "MESSAGE_ADDED"
  | "MESSAGE_UPDATED"
  | "MESSAGE_DELETED"
  | "SESSION_STARTED"
  | "SESSION_FINISHED"
  | "CHAT_CHANGED";

const LiveEventKindEnum = describedEnum<LiveEventKind>(
  "LiveEventKind",
  "Kinds of live events that a filter can name.",
  {
    MESSAGE_ADDED: "`MessageAdded`",
    MESSAGE_UPDATED: "`MessageUpdated`",
    MESSAGE_DELETED: "`MessageDeleted`",
    SESSION_STARTED: "`SessionStarted`",
    SESSION_FINISHED: "`SessionFinished`",
    CHAT_CHANGED: "`ChatChanged`",
  },
);

const LINES =
  "Ids of lines; the event's line must be one of them (the session's line for session events, the channel's for messages). A `ChatChanged` that does not know its line is delivered too.";
const CHATS = "Ids of chats; an event whose chat cannot be told does not match.";
const CONNECTORS =
  "Codes of channels, such as `livechat`. A `ChatChanged` that does not know its channel is delivered too.";

@InputType({
  description:
    "Which events of a chat are delivered. All keys given must match (AND); within a key any value (OR). An empty list is an error.",
})
export class ChatEventFilter {
  @Field(() => [ID], { nullable: true, description: LINES })
  readonly lineIds?: readonly string[] | null;

  @Field(() => [ID], { nullable: true, description: CHATS })
  readonly chatIds?: readonly string[] | null;

  @Field(() => [ID], { nullable: true, description: CONNECTORS })
  readonly connectorIds?: readonly string[] | null;
}

@InputType({
  description:
    "Which session events are delivered. All keys given must match (AND); within a key any value (OR). An empty list is an error.",
})
export class SessionEventFilter extends ChatEventFilter {}

@InputType({
  description:
    "Which message events are delivered. All keys given must match (AND); within a key any value (OR). An empty list is an error.",
})
export class MessageEventFilter extends ChatEventFilter {
  @Field(() => [MessageDirectionEnum], { nullable: true, description: "Directions." })
  readonly directions?: readonly string[] | null;
}

@InputType({
  description:
    "Which events are delivered. All keys given must match (AND); within a key any value (OR). An empty list is an error. `StreamGap` is always delivered.",
})
export class EventFilter extends ChatEventFilter {
  @Field(() => [LiveEventKindEnum], { nullable: true, description: "Kinds of events." })
  readonly kinds?: readonly string[] | null;

  @Field(() => [MessageDirectionEnum], {
    nullable: true,
    description: "Directions; with it only message events match.",
  })
  readonly directions?: readonly string[] | null;
}
