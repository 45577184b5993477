import { Directive, Field, Int, ObjectType } from "type-graphql";
import { Capabilities } from "./capabilities.ts";
import { Chat } from "./chat.ts";
import { describedEnum } from "./described-enum.ts";
import { User } from "./user.ts";

export type ViewerKind = "API_KEY" | "USER_TOKEN" | "OPEN";

const ViewerKindEnum = describedEnum<ViewerKind>("ViewerKind", "How the request said who it is.", {
  API_KEY: "By a key of the gateway, which stands for a configured credential of the portal.",
  USER_TOKEN: "By a portal user's own access token.",
  OPEN: "Not at all: the gateway has no keys and listens to this machine only.",
});

export type LiveEventsSource = "RECEIVER" | "OUTGOING_WEBHOOK" | "POLLING" | "NONE";

const LiveEventsSourceEnum = describedEnum<LiveEventsSource>("LiveEventsSource", "What fills the portal's live log.", {
  RECEIVER: "The application is installed in the portal, which posts its events to the gateway.",
  OUTGOING_WEBHOOK:
    "An outgoing webhook of the portal posts what happens to the entries of sessions in the CRM: sessions that the CRM knows are seen as they start, are answered, handed over and closed. Where the portal offers it, messages too.",
  POLLING: "The gateway polls the dialogs of a webhook's owner; chats the owner takes no part in are not seen.",
  NONE: "Nothing: subscriptions are refused. See the guide on live events.",
});

const LiveEventsScopeEnum = describedEnum<"OWN" | "ALL">("LiveEventsScope", "Which live events a request may see.", {
  OWN: "Those of chats that its user may see, and of lines granted by configuration.",
  ALL: "All of the portal.",
});

@ObjectType({ simpleResolvers: true, description: "What a request can subscribe to." })
export class LiveEventsStatus {
  @Field(() => LiveEventsSourceEnum, {
    description: "What fills the live log; where several do, the one that brings messages.",
  })
  readonly source!: LiveEventsSource;

  @Field(() => [LiveEventsSourceEnum], { description: "All that fill the live log; empty where nothing does." })
  readonly sources!: readonly LiveEventsSource[];

  @Field(() => LiveEventsScopeEnum, { description: "Which events this request may see." })
  readonly scope!: "OWN" | "ALL";

  @Field(() => Boolean, {
    description:
      "Whether the portal no longer renews the application's tokens: events still arrive, but reading their chats fails until the application is installed again.",
  })
  readonly needsReinstall!: boolean;

  @Field(() => Int, {
    nullable: true,
    description:
      "Seconds within which a change that the portal sends no event for is found while the viewer subscribes: 60 as long as the live side's share of the allowance reaches, 600 at most. Null for viewers of all events, whose dialogs are not looked at.",
  })
  readonly checkedEverySeconds!: number | null;
}

@ObjectType({ simpleResolvers: true, description: "An open-line chat in which the viewer has not read everything." })
export class UnreadChat {
  @Field(() => Chat, { description: "The chat." })
  readonly chat!: Chat;

  @Field(() => Int, { description: "How many of its messages the viewer has not read." })
  readonly count!: number;
}

@ObjectType({ simpleResolvers: true, description: "What the viewer has not read in open lines." })
export class UnreadCounters {
  @Field(() => Int, { nullable: true, description: "Unread messages in all open-line chats together." })
  readonly total!: number | null;

  @Field(() => [UnreadChat], { description: "The chats with unread messages; the others are left out." })
  readonly chats!: readonly UnreadChat[];
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

  @Directive('@rest(method: "profile")')
  @Field(() => User, { nullable: true, description: "The user of the portal behind the credential (`profile`)." })
  readonly user?: User | null;

  @Directive('@rest(method: "profile")')
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether that user is an administrator of the portal (`profile`).",
  })
  readonly isAdmin?: boolean | null;

  @Directive('@rest(method: "profile")')
  @Field(() => String, {
    nullable: true,
    description: "The user's time zone by its IANA name; null when the user follows the portal (`profile`).",
  })
  readonly timeZone?: string | null;

  @Directive('@rest(method: "scope")')
  @Field(() => [String], {
    nullable: true,
    description:
      "Scopes that the credential was granted. Open lines need `imopenlines`; messages, users and the inbox need `im`, bot actions `imbot`, the search for operators `user` (`scope`).",
  })
  readonly scopes?: string[] | null;

  @Directive('@rest(method: "im.counters.get")')
  @Field(() => UnreadCounters, {
    nullable: true,
    description: "What the user has not read in open lines. Needs the scope `im` (`im.counters.get`).",
  })
  readonly unread?: UnreadCounters | null;

  @Field(() => Capabilities, {
    description:
      "What the portal has for this caller and what it lacks. By itself it calls nothing; each field asks for a row once and is kept: a day when it is there, ten minutes when it is missing, an hour when the plan is why.",
  })
  readonly capabilities!: Capabilities;

  @Field(() => LiveEventsStatus, {
    description: "Where live events come from and which of them this request may subscribe to. Calls nothing.",
  })
  readonly liveEvents!: LiveEventsStatus;
}
