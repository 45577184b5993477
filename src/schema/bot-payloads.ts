import { ObjectType } from "type-graphql";
import { ChatOutcome } from "./chat-outcome.ts";
import { describedEnum } from "./described-enum.ts";
import { ChatPayload, MutationPayload } from "./mutation-payload.ts";

export type BotMessageKind = "WELCOME" | "DEFAULT";

export const BotMessageKindEnum = describedEnum<BotMessageKind>("BotMessageKind", "What an automatic message says.", {
  WELCOME: "The greeting that is configured on the line; a given text is ignored.",
  DEFAULT: "The given text.",
});

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `botSessionFinish` answers.",
})
export class BotSessionFinishPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `botChatTransfer` answers.",
})
export class BotChatTransferPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `botMessageSend` answers. The portal tells no message id.",
})
export class BotMessageSendPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `botChatRouteToOperator` answers.",
})
export class BotChatRouteToOperatorPayload extends ChatOutcome {}
