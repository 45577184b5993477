import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { Directive, Field, ID, Int, InterfaceType, ObjectType } from "type-graphql";
import type { ChatAspect } from "../datasources/domain/chat-aspect.ts";
import type { ChatChange } from "../datasources/domain/chat-change.ts";
import type { Id } from "../datasources/domain/ids.ts";
import { Chat } from "./chat.ts";
import { Connector } from "./connector.ts";
import { describedEnum } from "./described-enum.ts";
import { Message } from "./message.ts";
import { OpenLine } from "./open-line.ts";
import { AbsoluteUrl, DateTime, SafeInt } from "./scalars.ts";
import { Session } from "./session.ts";
import { User } from "./user.ts";

/** Opaque here: what it means is checked where it is used, with sentences of its own. */
export const EventCursor = new GraphQLScalarType<string, string>({
  name: "EventCursor",
  description:
    "A place in the portal's log of live events. Opaque; valid for every subscription field and filter of the same portal. Keep the newest one you handled and pass it as `after` to go on where you stopped.",
  serialize: readCursorText,
  parseValue: readCursorText,
  parseLiteral(node) {
    if (node.kind === Kind.STRING) return node.value;
    throw new GraphQLError("EventCursor must be a string that an event or `eventCursor` gave.", { nodes: node });
  },
});

function readCursorText(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new GraphQLError("EventCursor must be a string that an event or `eventCursor` gave.");
}

export const MessageDirectionEnum = describedEnum<"INCOMING" | "OUTGOING" | "UNKNOWN">(
  "MessageDirection",
  "Which way a message went.",
  {
    INCOMING: "From the customer.",
    OUTGOING: "To the customer: from an operator, a bot or the portal.",
    UNKNOWN: "The event does not tell.",
  },
);

/** A stored event of another version may name an action that this one does not know. */
export type ChangeSource = ChatChange | "PORTAL" | "OTHER";

const CHANGE_SOURCES: Readonly<Record<ChangeSource, string>> = {
  ANSWER: "An operator took the chat.",
  SKIP: "An operator passed it on.",
  FINISH: "It was finished, or its finishing began.",
  SPAM: "It was marked as spam.",
  TRANSFER: "It was transferred.",
  INTERCEPT: "An operator took it from another.",
  JOIN: "Somebody joined.",
  LEAVE: "Somebody left.",
  PIN: "It was pinned or unpinned.",
  SILENT_MODE: "Silent mode was switched.",
  SESSION: "A session was started.",
  CRM: "Its CRM links or CRM participants changed.",
  BOT: "A bot action.",
  PORTAL: "It was found changed: somebody did it in Bitrix24 itself, or Bitrix24 by itself.",
  OTHER: "Another action.",
};

const ChangeSourceEnum = describedEnum<ChangeSource>(
  "ChangeSource",
  "The action of this gateway that changed a chat, or that it was found changed.",
  CHANGE_SOURCES,
);

function isChangeSource(word: string): word is ChangeSource {
  return Object.hasOwn(CHANGE_SOURCES, word);
}

/** The action of a stored event. */
export function changeSourceOf(word: string): ChangeSource {
  return isChangeSource(word) ? word : "OTHER";
}

@InterfaceType({
  description:
    "Something in the portal's log of live events. Select `cursor` always: it is what a client keeps to go on after a reconnect. Kinds may be added; treat an unknown one as a hint to read again.",
})
export abstract class LiveEvent {
  @Field(() => EventCursor, { description: "The event's place in the log." })
  readonly cursor!: string;

  @Field(() => DateTime, { description: "When the gateway received it." })
  readonly receivedAt!: Date;
}

@InterfaceType({
  implements: [LiveEvent],
  description: "An event that concerns a chat. Its text and author cost no upstream call; `chat` beyond its id does.",
})
export abstract class ChatEvent extends LiveEvent {
  @Field(() => DateTime, { nullable: true, description: "When the portal queued it." })
  readonly dispatchedAt!: Date | null;

  @Field(() => Connector, { nullable: true, description: "The channel; null when the event does not tell." })
  readonly connector!: Connector | null;

  @Field(() => OpenLine, {
    nullable: true,
    description: "The event's line: the session's for session events, the channel's for messages.",
  })
  readonly line!: OpenLine | null;

  @Directive('@rest(method: "imopenlines.dialog.get")')
  @Field(() => Chat, {
    nullable: true,
    description:
      "The portal's chat, read after the event. Incoming messages name only the chat in the channel; null where the portal's could not be found (`imopenlines.dialog.get`).",
  })
  readonly chat?: Chat | null;
}

@ObjectType({ simpleResolvers: true, description: "A file as it was handed to the channel or came from it." })
export class DeliveredFile {
  @Field(() => String, { nullable: true, description: "File name." })
  readonly name!: string | null;

  @Field(() => String, { nullable: true, description: "The portal's word for the kind, such as `image` or `file`." })
  readonly kind!: string | null;

  @Field(() => String, { nullable: true, description: "MIME type." })
  readonly mimeType!: string | null;

  @Field(() => SafeInt, { nullable: true, description: "Bytes." })
  readonly size!: number | null;

  @Field(() => AbsoluteUrl, {
    nullable: true,
    description:
      "Address for showing it: the gateway's where it lies on the portal, null where only the portal's own session opens it.",
  })
  readonly url!: string | null;

  @Field(() => AbsoluteUrl, { nullable: true, description: "Address for keeping it, as `url`." })
  readonly downloadUrl!: string | null;

  @Field(() => Int, { nullable: true, description: "Width of a picture in pixels." })
  readonly width!: number | null;

  @Field(() => Int, { nullable: true, description: "Height of a picture in pixels." })
  readonly height!: number | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "A message as the event delivered it: the text and the ids of the channel. The stored record is `message`.",
})
export class DeliveredMessage {
  @Field(() => ID, { nullable: true, description: "The portal's message id; incoming messages come without one." })
  readonly messageId!: Id | null;

  @Field(() => [String], { description: "Ids of the message in the channel." })
  readonly externalIds!: readonly string[];

  @Field(() => String, { nullable: true, description: "The text; null when there is only a file, or none was told." })
  readonly text!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The name that the portal put before the text for the customer to see; null where it put none. Not part of `text`.",
  })
  readonly signature!: string | null;

  @Field(() => User, { nullable: true, description: "Who wrote it; its id costs nothing." })
  readonly author!: User | null;

  @Field(() => Boolean, { description: "Whether the portal wrote it." })
  readonly isSystem!: boolean;

  @Field(() => [DeliveredFile], { description: "Its files." })
  readonly files!: readonly DeliveredFile[];

  @Field(() => DateTime, { nullable: true, description: "When it was sent, where the event tells." })
  readonly sentAt!: Date | null;
}

@ObjectType({
  implements: [ChatEvent, LiveEvent],
  simpleResolvers: true,
  description: "A message was added to a chat.",
})
export class MessageAdded extends ChatEvent {
  @Field(() => MessageDirectionEnum, { description: "Which way it went." })
  readonly direction!: string;

  @Field(() => DeliveredMessage, { description: "What the event delivered." })
  readonly content!: DeliveredMessage;

  @Directive('@rest(method: "imopenlines.session.history.get")')
  @Field(() => Message, {
    nullable: true,
    description:
      "The stored record, where it can be found in the chat's latest session. Downloads that session's history (`imopenlines.session.history.get`).",
  })
  readonly message?: Message | null;
}

@ObjectType({ implements: [ChatEvent, LiveEvent], simpleResolvers: true, description: "A message was edited." })
export class MessageUpdated extends ChatEvent {
  @Field(() => MessageDirectionEnum, { description: "Which way the message went." })
  readonly direction!: string;

  @Field(() => DeliveredMessage, { description: "What the event delivered." })
  readonly content!: DeliveredMessage;

  @Directive('@rest(method: "imopenlines.session.history.get")')
  @Field(() => Message, {
    nullable: true,
    description:
      "The stored record, where it can be found in the chat's latest session. Downloads that session's history (`imopenlines.session.history.get`).",
  })
  readonly message?: Message | null;
}

@ObjectType({ implements: [ChatEvent, LiveEvent], simpleResolvers: true, description: "A message was deleted." })
export class MessageDeleted extends ChatEvent {
  @Field(() => MessageDirectionEnum, { description: "Which way the message had gone." })
  readonly direction!: string;

  @Field(() => ID, { nullable: true, description: "The portal's id of the deleted message, where the event tells." })
  readonly deletedMessageId!: Id | null;

  @Field(() => [String], { description: "Its ids in the channel." })
  readonly externalIds!: readonly string[];
}

@ObjectType({
  implements: [ChatEvent, LiveEvent],
  simpleResolvers: true,
  description: "A session was opened in a chat.",
})
export class SessionStarted extends ChatEvent {
  /** As the event names it; null where it names none. */
  readonly sessionId!: Id | null;

  @Directive('@rest(method: "imopenlines.session.history.get")')
  @Field(() => Session, {
    nullable: true,
    description:
      "The session that the event names; where the portal names none the chat's latest, so that a busy chat may already have a later one. Null when it cannot be told (`imopenlines.session.history.get`).",
  })
  readonly session?: Session | null;
}

@ObjectType({
  implements: [ChatEvent, LiveEvent],
  simpleResolvers: true,
  description: "A session was closed for good (also as spam or by itself).",
})
export class SessionFinished extends ChatEvent {
  /** As the event names it; null where it names none. */
  readonly sessionId!: Id | null;

  @Directive('@rest(method: "imopenlines.session.history.get")')
  @Field(() => Session, {
    nullable: true,
    description:
      "The session that the event names; where the portal names none the chat's latest. Null when it cannot be told (`imopenlines.session.history.get`).",
  })
  readonly session?: Session | null;
}

const CHAT_ASPECTS: Readonly<Record<ChatAspect, string>> = {
  OPERATOR: "Who is responsible for it.",
  LINE: "The line that serves it.",
  STATE: "Whether a session is open, or closing.",
  PIN: "Whether it is pinned.",
  SILENT_MODE: "Whether its silent mode is on.",
};

const ChatAspectEnum = describedEnum<ChatAspect>("ChatAspect", "What of a chat changed.", CHAT_ASPECTS);

function isChatAspect(word: string): word is ChatAspect {
  return Object.hasOwn(CHAT_ASPECTS, word);
}

/** The aspects of a stored event; those of another version that this one does not know are left out. */
export function chatAspectsOf(words: readonly string[]): ChatAspect[] {
  return words.filter(isChatAspect);
}

@ObjectType({
  implements: [ChatEvent, LiveEvent],
  simpleResolvers: true,
  description:
    "A chat was changed in a way that the portal sends no event for: through this gateway, told at once, or in Bitrix24 itself, found when the dialogs of those who listen are looked at (`viewer { liveEvents { checkedEverySeconds } }`). A hint to read the chat again, never a copy of a message.",
})
export class ChatChanged extends ChatEvent {
  @Field(() => ChangeSourceEnum, { description: "The action, or `PORTAL`." })
  readonly source!: string;

  @Field(() => [ChatAspectEnum], { description: "What was found changed; empty for an action, which tells by itself." })
  readonly changed!: readonly ChatAspect[];
}

@ObjectType({
  implements: [LiveEvent],
  simpleResolvers: true,
  description:
    "For a time nobody received the portal's events, and Bitrix24 does not repeat them. Read again what matters, after `refetchAfterMs`.",
})
export class StreamGap extends LiveEvent {
  @Field(() => DateTime, { description: "Beginning of that time." })
  readonly since!: Date;

  @Field(() => DateTime, { description: "End of that time." })
  readonly until!: Date;

  @Field(() => Int, {
    description:
      "Milliseconds to wait before reading again; differs between clients so that they do not all come at once.",
  })
  readonly refetchAfterMs!: number;
}

@ObjectType({
  implements: [LiveEvent],
  simpleResolvers: true,
  description:
    "Nothing happened that the filter lets through, but the log went on: a younger cursor to keep. Only with `checkpoints: true`.",
})
export class StreamCheckpoint extends LiveEvent {}
