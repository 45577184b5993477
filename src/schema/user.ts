import { Field, ID, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import type { UserKind, UserRecord } from "../datasources/domain/user.ts";
import { createConnectionType } from "./connections.ts";
import { describedEnum } from "./described-enum.ts";
import { RestField } from "./rest-field.ts";
import { AbsoluteUrl, DateTime, JSONObject, JSONValue } from "./scalars.ts";

const UserKindEnum = describedEnum<UserKind>("UserKind", "What sort of participant a user is.", {
  EMPLOYEE: "A member of the company.",
  EXTRANET: "An outside partner with an account on the portal.",
  CUSTOMER: "Somebody who writes through a channel of an Open Line. Has no account to sign in with.",
  BOT: "A chat bot.",
  NETWORK: "A user of Bitrix24.Network from another portal.",
  EMAIL: "Somebody who takes part by e-mail.",
  UNKNOWN: "A kind that the gateway does not know, or that the portal did not tell.",
});

const GenderEnum = describedEnum<"MALE" | "FEMALE" | "UNKNOWN">("Gender", "Gender as entered on the portal.", {
  MALE: "Male.",
  FEMALE: "Female.",
  UNKNOWN: "Neither of the portal's two values.",
});

@ObjectType({ simpleResolvers: true, description: "Telephone numbers of a user as entered, in no particular format." })
export class UserPhones {
  @Field(() => String, { nullable: true, description: "The work number." })
  readonly work!: string | null;

  @Field(() => String, { nullable: true, description: "The mobile number." })
  readonly mobile!: string | null;

  @Field(() => String, { nullable: true, description: "The extension inside the company." })
  readonly inner!: string | null;
}

const UserField = (type: () => object, description: string): PropertyDecorator =>
  RestField("im.user.list.get", type, description);

/** Reference to a user; its fields are answered from `record` where that tells them and loaded otherwise. */
@ObjectType({
  simpleResolvers: true,
  description:
    "An employee, a customer, or a bot. A reference: its id costs nothing; other fields come with what was read before (a history, a recent list) or are read together for all users of the operation in one call (`im.user.list.get`).",
})
export class User {
  @Field(() => ID, { description: "The portal's id of the user." })
  readonly id: Id;

  /** What the source of this reference told about the user. */
  readonly record: UserRecord | undefined;

  constructor(id: Id, record?: UserRecord) {
    this.id = id;
    this.record = record;
  }

  @UserField(() => UserKindEnum, "Employee, customer, bot, …")
  readonly kind?: UserKind | null;

  @UserField(() => String, "Full name as the portal shows it.")
  readonly name?: string | null;

  @UserField(() => String, "First name.")
  readonly firstName?: string | null;

  @UserField(() => String, "Last name.")
  readonly lastName?: string | null;

  @UserField(() => String, "Position in the company.")
  readonly position?: string | null;

  @UserField(
    () => AbsoluteUrl,
    "Picture: an address of the gateway where it lies in the portal, good for an hour or two; null when the user has none, or when only a browser that is logged in to the portal gets it.",
  )
  readonly avatarUrl?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The portal's file id of the picture; told by a session's history only, null otherwise.",
  })
  readonly avatarId?: Id | null;

  @UserField(() => String, "Colour of the user's bubble, such as `#4ba984`.")
  readonly color?: string | null;

  @UserField(() => GenderEnum, "Gender as entered on the portal.")
  readonly gender?: string | null;

  @UserField(() => String, "Birthday as `DD-MM`, without a year.")
  readonly birthday?: string | null;

  @UserField(() => Boolean, "Whether the account is in use; false for dismissed employees.")
  readonly isActive?: boolean | null;

  @UserField(() => Boolean, "Whether this is an outside partner (extranet).")
  readonly isExtranet?: boolean | null;

  @UserField(() => Boolean, "Whether this is a user of Bitrix24.Network.")
  readonly isNetwork?: boolean | null;

  @UserField(() => Boolean, "Whether this is a bot.")
  readonly isBot?: boolean | null;

  @UserField(() => Boolean, "Whether this is a customer who writes through a channel.")
  readonly isConnector?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the user has a telephone device; told by a session's history only, null otherwise.",
  })
  readonly hasPhoneDevice?: boolean | null;

  @UserField(
    () => String,
    "How the account signs in, in the portal's word (`default`, `socservices`, `imconnector`, …).",
  )
  readonly externalAuthId?: string | null;

  @UserField(() => String, "Status the user chose, in the portal's word, such as `online`.")
  readonly status?: string | null;

  @UserField(() => DateTime, "Since when the user is idle; null when not idle.")
  readonly idleSince?: Date | null;

  @UserField(() => DateTime, "Until when the user is away; null when not away.")
  readonly absentUntil?: Date | null;

  @UserField(() => DateTime, "When the user last did something on the portal.")
  readonly lastActivityAt?: Date | null;

  @UserField(() => DateTime, "When the user was last seen in the mobile application.")
  readonly mobileLastSeenAt?: Date | null;

  @UserField(() => DateTime, "When the user was last seen in the desktop application.")
  readonly desktopLastSeenAt?: Date | null;

  @UserField(() => [ID], "Ids of the departments of an employee.")
  readonly departmentIds?: readonly Id[] | null;

  @UserField(() => UserPhones, "Telephone numbers; null when there are none.")
  readonly phones?: UserPhones | null;

  @Field(() => AbsoluteUrl, {
    nullable: true,
    description: "The user's page on the portal; told by a session's history only, null otherwise.",
  })
  readonly profileUrl?: string | null;

  @UserField(() => String, "Website as entered; not checked to be an address.")
  readonly website?: string | null;

  @UserField(() => String, "E-mail address as entered.")
  readonly email?: string | null;

  @UserField(() => String, "The portal's own word for the kind of user (`user`, `bot`).")
  readonly portalType?: string | null;

  @UserField(() => JSONObject, "Settings of a bot as the portal sends them; null for people.")
  readonly botData?: Readonly<Record<string, unknown>> | null;

  @Field(() => JSONValue, {
    nullable: true,
    description:
      "Services attached to the account, as the portal sends them; told by a session's history only, null otherwise.",
  })
  readonly services?: unknown;
}

/** A reference to the user, or null for "nobody" (system messages, unassigned chats). */
export function userRef(id: Id | null | undefined, record?: UserRecord): User | null {
  return id === null || id === undefined ? null : new User(id, record);
}

export const UserConnection = createConnectionType("User", () => User, "People and bots.");
