import type { UserRecord } from "../../datasources/domain/user.ts";
import { User } from "../../schema/user.ts";
import type { OperationContext } from "../engine/context.ts";
import { defineFields } from "../engine/field-table.ts";

type Told<Key extends keyof UserRecord> = NonNullable<UserRecord[Key]> | null;

/**
 * One field of a user's record: from the reference, else from what the operation knows, else read together with all other users of this turn.
 * Null where the portal does not tell it or does not know the user.
 */
function tell<Key extends keyof UserRecord>(
  user: User,
  context: OperationContext,
  key: Key,
): Told<Key> | Promise<Told<Key>> {
  const known = whatIsKnown(user, context, key);
  if (known !== undefined) return known ?? null;
  return context.loaders.fullUser(user.id).then((record) => record?.[key] ?? null);
}

/** A field that only a session's history tells: never a reason to read. */
function tellIfKnown<Key extends keyof UserRecord>(user: User, context: OperationContext, key: Key): Told<Key> {
  return whatIsKnown(user, context, key) ?? null;
}

function whatIsKnown<Key extends keyof UserRecord>(
  user: User,
  context: OperationContext,
  key: Key,
): UserRecord[Key] | undefined {
  const own = user.record?.[key];
  return own === undefined ? context.loaders.knownUser(user.id)?.[key] : own;
}

/** Some sources cannot tell the kind; that is no answer while another one may. */
function kindOf(user: User, context: OperationContext): Told<"kind"> | Promise<Told<"kind">> {
  const kinds = [user.record?.kind, context.loaders.knownUser(user.id)?.kind];
  const known = kinds.find((kind) => kind !== undefined && kind !== "UNKNOWN");
  return known ?? context.loaders.fullUser(user.id).then((record) => record?.kind ?? null);
}

/** Fields of a user; `id` alone never asks the portal. */
export const UserFields = defineFields<User>(User, {
  kind: kindOf,
  name: (user, context) => tell(user, context, "name"),
  firstName: (user, context) => tell(user, context, "firstName"),
  lastName: (user, context) => tell(user, context, "lastName"),
  position: (user, context) => tell(user, context, "position"),
  avatarUrl: (user, context) => tell(user, context, "avatarUrl"),
  color: (user, context) => tell(user, context, "color"),
  gender: (user, context) => tell(user, context, "gender"),
  birthday: (user, context) => tell(user, context, "birthday"),
  isActive: (user, context) => tell(user, context, "isActive"),
  isExtranet: (user, context) => tell(user, context, "isExtranet"),
  isNetwork: (user, context) => tell(user, context, "isNetwork"),
  isBot: (user, context) => tell(user, context, "isBot"),
  isConnector: (user, context) => tell(user, context, "isConnector"),
  hasPhoneDevice: (user, context) => tellIfKnown(user, context, "hasPhoneDevice"),
  externalAuthId: (user, context) => tell(user, context, "externalAuthId"),
  status: (user, context) => tell(user, context, "status"),
  idleSince: (user, context) => tell(user, context, "idleSince"),
  absentUntil: (user, context) => tell(user, context, "absentUntil"),
  lastActivityAt: (user, context) => tell(user, context, "lastActivityAt"),
  mobileLastSeenAt: (user, context) => tell(user, context, "mobileLastSeenAt"),
  desktopLastSeenAt: (user, context) => tell(user, context, "desktopLastSeenAt"),
  departmentIds: (user, context) => tell(user, context, "departmentIds"),
  phones: (user, context) => tell(user, context, "phones"),
  website: (user, context) => tell(user, context, "website"),
  email: (user, context) => tell(user, context, "email"),
  portalType: (user, context) => tell(user, context, "portalType"),
  botData: (user, context) => tell(user, context, "botData"),
  services: (user, context) => tellIfKnown(user, context, "services"),
  avatarId: (user, context) => tellIfKnown(user, context, "avatarId"),
  profileUrl: (user, context) => tellIfKnown(user, context, "profileUrl"),
});
