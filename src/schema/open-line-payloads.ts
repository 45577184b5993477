import { Field, ID, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { MutationPayload, type UserError } from "./mutation-payload.ts";
import { OpenLine } from "./open-line.ts";

@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: "What `openLineCreate` answers." })
export class OpenLineCreatePayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => OpenLine, {
    nullable: true,
    description:
      "The new line; null when it was not created. Fields other than its id are read in a request of their own (`imopenlines.config.get`).",
  })
  openLine: OpenLine | null;

  constructor(userErrors: UserError[], openLine: OpenLine | null) {
    this.userErrors = userErrors;
    this.openLine = openLine;
  }
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: "What `openLineUpdate` answers." })
export class OpenLineUpdatePayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => OpenLine, {
    nullable: true,
    description:
      "The line as it is now, also after a refusal; null when there is no such line. Fields other than its id are read in a request of their own, because the portal would answer them stale in the same one (`imopenlines.config.get`).",
  })
  openLine: OpenLine | null;

  constructor(userErrors: UserError[], openLine: OpenLine | null) {
    this.userErrors = userErrors;
    this.openLine = openLine;
  }
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: "What `openLineDelete` answers." })
export class OpenLineDeletePayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => ID, { nullable: true, description: "The line that is gone; null when nothing was deleted." })
  deletedOpenLineId: Id | null;

  constructor(userErrors: UserError[], deletedOpenLineId: Id | null) {
    this.userErrors = userErrors;
    this.deletedOpenLineId = deletedOpenLineId;
  }
}
