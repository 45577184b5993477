import { Field, Int, ObjectType } from "type-graphql";
import { describedEnum } from "./described-enum.ts";

export type ViewerKind = "API_KEY" | "USER_TOKEN" | "OPEN";

export const ViewerKindEnum = describedEnum<ViewerKind>("ViewerKind", "How the request said who it is.", {
  API_KEY: "By a key of the gateway, which stands for a configured credential of the portal.",
  USER_TOKEN: "By a portal user's own access token.",
  OPEN: "Not at all: the gateway has no keys and listens to this machine only.",
});

@ObjectType({ simpleResolvers: true, description: "What the viewer has not read yet." })
export class UnreadCounters {
  @Field(() => Int, { nullable: true, description: "All unread messages and notifications." })
  readonly total!: number | null;

  @Field(() => Int, { nullable: true, description: "Unread messages in open-line chats." })
  readonly openLines!: number | null;

  @Field(() => Int, { nullable: true, description: "Unread messages in group chats." })
  readonly groupChats!: number | null;

  @Field(() => Int, { nullable: true, description: "Unread messages in private conversations." })
  readonly privateChats!: number | null;

  @Field(() => Int, { nullable: true, description: "Unread notifications." })
  readonly notifications!: number | null;
}

/** The source tells the identity; everything that the portal knows is answered by field resolvers. */
@ObjectType({
  simpleResolvers: true,
  description:
    "Whom this request acts as. Every action and every list is on behalf of this user of the portal and with their rights.",
})
export class Viewer {
  @Field(() => ViewerKindEnum, { description: "How the request said who it is." })
  readonly kind: ViewerKind;

  @Field(() => String, { description: "Name of the key, or the portal of the token; never a secret." })
  readonly label: string;

  @Field(() => String, { description: "Host of the portal that the request works on." })
  readonly portalHost: string;

  constructor(kind: ViewerKind, label: string, portalHost: string) {
    this.kind = kind;
    this.label = label;
    this.portalHost = portalHost;
  }
}
