import type { UserRecord } from "../../datasources/domain/user.ts";
import { User } from "../../schema/user.ts";
import type { OperationContext } from "../engine/context.ts";
import { sharedPerson } from "../engine/event-eyes.ts";
import { defineFields } from "../engine/field-table.ts";
import { linkedPicture } from "../engine/file-links.ts";
import { toldFields } from "../engine/told-fields.ts";

/**
 * What a user's record answers: from the reference, else from what the operation knows, else read together with all other users of this turn.
 * Null where the portal does not tell it or does not know the user.
 */
const userRecord = toldFields<User, UserRecord>({
  atHand: [(user) => user.record, (user, { loaders }) => loaders.users.known(user.id)],
  isWhole: () => false,
  read: (user, { loaders }) => loaders.users.full(user.id),
  readForAll: (user, context, keys) => sharedPerson(context, user.id, keys),
});

const { told, toldIfKnown } = userRecord;
const { avatarUrl } = told(["avatarUrl"]);

/** Some sources cannot tell the kind; that is no answer while another one may. */
function kindOf(user: User, context: OperationContext): UserRecord["kind"] | null | Promise<User["kind"] | null> {
  const kinds = [user.record?.kind, context.loaders.users.known(user.id)?.kind];
  const known = kinds.find((kind) => kind !== undefined && kind !== "UNKNOWN");
  return known ?? readKind(user, context);
}

async function readKind({ id }: User, context: OperationContext): Promise<User["kind"] | null> {
  const record = (await sharedPerson(context, id, ["kind"])) ?? (await context.loaders.users.full(id));
  return record?.kind ?? null;
}

/** Fields of a user; `id` alone never asks the portal. What only a session's history tells is never a reason to read. */
export const userFields = defineFields<User>(User, {
  kind: kindOf,
  ...told(["name", "firstName", "lastName", "position", "color", "gender", "birthday"]),
  avatarUrl: (user, context) => linkedPicture(context, avatarUrl(user, context)),
  ...told(["isActive", "isExtranet", "isNetwork", "isBot", "isConnector", "externalAuthId", "status"]),
  ...told(["idleSince", "absentUntil", "lastActivityAt", "mobileLastSeenAt", "desktopLastSeenAt"]),
  ...told(["departmentIds", "phones", "website", "email", "portalType", "botData"]),
  ...toldIfKnown(["hasPhoneDevice", "services", "avatarId", "profileUrl"]),
});
