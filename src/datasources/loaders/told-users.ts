import { methodOf } from "../bitrix24/decoded-record.ts";
import type { Id } from "../domain/ids.ts";
import type { UserRecord } from "../domain/user.ts";

/** Every member but the id. */
const MEMBERS = [
  "kind",
  "name",
  "firstName",
  "lastName",
  "position",
  "avatarUrl",
  "avatarId",
  "color",
  "gender",
  "birthday",
  "isActive",
  "isExtranet",
  "isNetwork",
  "isBot",
  "isConnector",
  "hasPhoneDevice",
  "externalAuthId",
  "status",
  "idleSince",
  "absentUntil",
  "lastActivityAt",
  "mobileLastSeenAt",
  "desktopLastSeenAt",
  "departmentIds",
  "phones",
  "profileUrl",
  "website",
  "email",
  "portalType",
  "botData",
  "services",
] as const satisfies readonly (keyof UserRecord)[];

// A member that is not listed would be lost where two answers tell of a user.
type Unlisted = Exclude<keyof UserRecord, "id" | (typeof MEMBERS)[number]>;
true satisfies [Unlisted] extends [never] ? true : never;

/** What several answers tell of one user: each member as the newest that tells it does. Nothing is copied, and so nothing decoded, before it is read. */
class ToldUser {
  readonly id: Id;
  /** The newest first, one of each method. */
  readonly #records: readonly UserRecord[];

  constructor(id: Id, records: readonly UserRecord[]) {
    this.id = id;
    this.#records = records;
  }

  static recordsOf(user: UserRecord): readonly UserRecord[] {
    return #records in user ? user.#records : [user];
  }

  static read(user: ToldUser, member: (typeof MEMBERS)[number]): unknown {
    let told: unknown;
    for (const record of user.#records) {
      const value = record[member];
      if (value === undefined) continue;
      // An answer that cannot tell the kind must not hide what another one told.
      if (member !== "kind" || value !== "UNKNOWN") return value;
      told = value;
    }
    return told;
  }
}

for (const member of MEMBERS) {
  Object.defineProperty(ToldUser.prototype, member, {
    get(this: ToldUser) {
      return ToldUser.read(this, member);
    },
  });
}

/** A user of whom another answer tells, which counts where it tells more than those before. Answers of one method tell the same members. */
export function withBoth(before: UserRecord, user: UserRecord): UserRecord {
  const method = methodOf(user);
  const others = ToldUser.recordsOf(before).filter(
    (each) => each !== user && (method === undefined || methodOf(each) !== method),
  );
  return others.length === 0 ? user : (new ToldUser(user.id, [user, ...others]) as UserRecord);
}
