import { Field, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { MutationPayload, type UserError } from "./mutation-payload.ts";
import { Session } from "./session.ts";

@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: "What `sessionRate` answers." })
export class SessionRatePayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => Session, {
    nullable: true,
    description:
      "The session. Any field but `id` reads its whole history again (`imopenlines.session.history.get`), in the same round trip.",
  })
  readonly session?: Session | null;
  readonly sessionId: Id;
  /** Whether the session is being downloaded again: what the payload shows of it is then what that brings. */
  readonly isReadAgain: boolean;

  constructor(userErrors: UserError[], sessionId: Id, isReadAgain = false) {
    this.userErrors = userErrors;
    this.sessionId = sessionId;
    this.isReadAgain = isReadAgain;
  }
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: "What `chatPinAll` answers." })
export class ChatPinAllPayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => [Session], {
    nullable: true,
    description: "The sessions that were pinned by this call; those pinned before are not among them.",
  })
  sessions: Session[] | null;

  constructor(userErrors: UserError[], sessions: Session[] | null) {
    this.userErrors = userErrors;
    this.sessions = sessions;
  }
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: "What `chatUnpinAll` answers." })
export class ChatUnpinAllPayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => [Session], { nullable: true, description: "The sessions that were unpinned by this call." })
  sessions: Session[] | null;

  constructor(userErrors: UserError[], sessions: Session[] | null) {
    this.userErrors = userErrors;
    this.sessions = sessions;
  }
}
