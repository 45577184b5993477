import { Directive, Field, ID, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { ChatOutcome } from "./chat-outcome.ts";
import { Message } from "./message.ts";
import { ChatPayload, MutationPayload, type UserError } from "./mutation-payload.ts";

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatMessageSend` answers.",
})
export class ChatMessageSendPayload extends ChatOutcome {
  @Field(() => ID, { nullable: true, description: "The message that was created; null when it was not." })
  messageId: Id | null = null;

  @Directive('@rest(method: "im.dialog.messages.get")')
  @Field(() => Message, {
    nullable: true,
    description:
      "The message as stored. Costs a request of its own for the chat's latest messages; null when too many others were written in the same moment (`im.dialog.messages.get`).",
  })
  readonly message?: Message | null;
}

@ObjectType({
  implements: MutationPayload,
  simpleResolvers: true,
  description: "What `messageEdit` answers. No method reads a message by its id alone: read it through its chat.",
})
export class MessageEditPayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => ID, { nullable: true, description: "The message that was changed; null when it was not." })
  messageId: Id | null;

  constructor(userErrors: UserError[], messageId: Id | null) {
    this.userErrors = userErrors;
    this.messageId = messageId;
  }
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: "What `messageDelete` answers." })
export class MessageDeletePayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => ID, { nullable: true, description: "The message that was deleted; null when it was not." })
  deletedMessageId: Id | null;

  constructor(userErrors: UserError[], deletedMessageId: Id | null) {
    this.userErrors = userErrors;
    this.deletedMessageId = deletedMessageId;
  }
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: "What `messageReact` answers." })
export class MessageReactPayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => ID, { nullable: true, description: "The message; null when nothing was set." })
  messageId: Id | null;

  constructor(userErrors: UserError[], messageId: Id | null) {
    this.userErrors = userErrors;
    this.messageId = messageId;
  }
}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `inboxPin` answers.",
})
export class InboxPinPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatMarkAsUnread` answers.",
})
export class ChatMarkAsUnreadPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatMarkAsRead` answers.",
})
export class ChatMarkAsReadPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatTyping` answers.",
})
export class ChatTypingPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatLeave` answers. Who left may no longer see the chat; `chat` is then null with an error.",
})
export class ChatLeavePayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatMute` answers.",
})
export class ChatMutePayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `quickReplySave` answers. The portal does not tell the id of the canned response.",
})
export class QuickReplySavePayload extends ChatOutcome {}
