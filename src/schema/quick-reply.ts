import { Field, ID, Int, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { createConnectionType } from "./connections.ts";

/** Source: a `QuickReplyRecord`. */
@ObjectType({ simpleResolvers: true, description: "A canned response of a line." })
export class QuickReply {
  @Field(() => ID, { description: "The portal's id." })
  readonly id!: Id;

  @Field(() => String, { nullable: true, description: "Its title." })
  readonly name!: string | null;

  @Field(() => String, { description: "The text to send, in the portal's BBCode." })
  readonly text!: string;

  @Field(() => String, { nullable: true, description: "Name of the section that it stands in; null for none." })
  readonly sectionName!: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the caller may change it in Bitrix24." })
  readonly canEdit!: boolean | null;

  @Field(() => Int, { nullable: true, description: "How often it was chosen." })
  readonly rating!: number | null;
}

export const QuickReplyConnection = createConnectionType(
  "QuickReply",
  () => QuickReply,
  "Canned responses, the most chosen first.",
);
