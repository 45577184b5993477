import { Field, ID, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { ChatOutcome } from "./chat-outcome.ts";
import { ChatPayload, MutationPayload } from "./mutation-payload.ts";

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `crmChatParticipantAdd` answers.",
})
export class CrmChatParticipantAddPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `crmChatParticipantRemove` answers.",
})
export class CrmChatParticipantRemovePayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `crmLeadCreate` answers. The portal does not tell the lead's id: `chat.crm` does, read again.",
})
export class CrmLeadCreatePayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `crmMessageSend` answers.",
})
export class CrmMessageSendPayload extends ChatOutcome {
  @Field(() => ID, { nullable: true, description: "The message that was created; null when it was not." })
  messageId: Id | null = null;
}
