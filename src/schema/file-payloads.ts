import { Field, ID, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { ChatOutcome } from "./chat-outcome.ts";
import { ChatPayload, MutationPayload, type UserError } from "./mutation-payload.ts";
import { AbsoluteUrl, DateTime } from "./scalars.ts";

@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: "What `fileUploadStart` answers." })
export class FileUploadStartPayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => ID, { nullable: true, description: "For `chatFileSend`, once the bytes are there; null when refused." })
  readonly uploadId: string | null;

  @Field(() => AbsoluteUrl, {
    nullable: true,
    description:
      "Where the bytes go, in one `PUT` with the announced `Content-Type` and `Content-Length`. It needs no key: whoever has the address may send them, once.",
  })
  readonly uploadUrl: string | null;

  @Field(() => DateTime, { nullable: true, description: "The file must be sent by then; later it is removed." })
  readonly expiresAt: Date | null;

  constructor(
    userErrors: UserError[],
    started: { readonly uploadId: string; readonly url: string; readonly expiresAt: Date } | null,
  ) {
    this.userErrors = userErrors;
    this.uploadId = started?.uploadId ?? null;
    this.uploadUrl = started?.url ?? null;
    this.expiresAt = started?.expiresAt ?? null;
  }
}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatFileSend` answers.",
})
export class ChatFileSendPayload extends ChatOutcome {
  @Field(() => ID, {
    nullable: true,
    description: "The message that carries the file; null when it was not sent, or the portal does not tell it.",
  })
  messageId: Id | null = null;
}
