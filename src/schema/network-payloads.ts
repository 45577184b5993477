import { Field, ID, InputType, ObjectType } from "type-graphql";
import { MutationPayload, type UserError } from "./mutation-payload.ts";
import { JSONObject } from "./scalars.ts";
import { User } from "./user.ts";

@InputType({ description: "A message of a network line to a user of this portal." })
export class NetworkMessageSendInput {
  @Field(() => String, { description: "The line's code: exactly 32 characters." })
  code!: string;

  @Field(() => ID, { description: "The user who gets the message." })
  recipientId!: string;

  @Field(() => String, { description: "The text, with BBCode; not empty." })
  text!: string;

  @Field(() => JSONObject, {
    nullable: true,
    description:
      "An attachment as the portal defines it: `ID`, `COLOR_TOKEN` and `BLOCKS`, a list of blocks such as `MESSAGE`, `LINK`, `IMAGE`, `FILE`, `GRID`. At most 30 KB as JSON.",
  })
  attachments?: Record<string, unknown> | null;

  @Field(() => JSONObject, {
    nullable: true,
    description:
      "A keyboard as the portal defines it: `BUTTONS`, a list with `TEXT`, `LINK`, `DISPLAY`, `BG_COLOR_TOKEN`. Only buttons that link to external sites are allowed. At most 30 KB as JSON.",
  })
  keyboard?: Record<string, unknown> | null;

  @Field(() => Boolean, { defaultValue: true, description: "Whether links in the text show a preview." })
  urlPreview!: boolean;
}

@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: "What `networkLineJoin` answers." })
export class NetworkLineJoinPayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => User, {
    nullable: true,
    description: "The bot that stands for the line on this portal; the same one when the line was joined before.",
  })
  bot: User | null;

  constructor(userErrors: UserError[], bot: User | null) {
    this.userErrors = userErrors;
    this.bot = bot;
  }
}

@ObjectType({
  implements: MutationPayload,
  simpleResolvers: true,
  description: "What `networkMessageSend` answers. The portal tells no message id.",
})
export class NetworkMessageSendPayload implements MutationPayload {
  userErrors: UserError[];

  @Field(() => User, { nullable: true, description: "Who got the message; null when it was not sent." })
  recipient: User | null;

  constructor(userErrors: UserError[], recipient: User | null) {
    this.userErrors = userErrors;
    this.recipient = recipient;
  }
}
