import DataLoader from "dataloader";
import type { PortalSession } from "../bitrix24/calls.ts";
import type { Id } from "../domain/ids.ts";
import type { UserRecord } from "../domain/user.ts";
import { userListGet } from "../im/users.ts";
import type { KeptViews } from "./kept-views.ts";
import { asError } from "./one-by-one.ts";
import { withBoth } from "./told-users.ts";

/** Users and what answers told of them. */
export interface UserLoader {
  /** The best record known so far, or the portal's (`im.user.list.get`, all users of a turn in one call); null for an unknown id. */
  load(id: Id): Promise<UserRecord | null>;
  /** The portal's own record even when a poorer one is known: for the fields that the known one leaves `undefined`. */
  full(id: Id): Promise<UserRecord | null>;
  known(id: Id): UserRecord | undefined;
  prime(users: Iterable<UserRecord>): void;
  /** The portal's own records (`im.user.list.get`), asked for at this time of the monotonic clock. */
  take(users: Iterable<UserRecord>, askedAt: number): void;
}

/** No limit is documented for `im.user.list.get`; this many ids keep a command short enough for a batch. */
const MAX_USERS_PER_CALL = 200;

export function createUserLoader(portal: PortalSession, views: KeptViews): UserLoader {
  const known = new Map<Id, UserRecord>();

  const full = new DataLoader<Id, UserRecord | null>(
    async (ids) => {
      try {
        const askedAt = performance.now();
        const byId = new Map((await portal.read(userListGet(ids))).map((user) => [user.id, user]));
        take(byId.values(), askedAt);
        return ids.map((id) => byId.get(id) ?? null);
      } catch (error) {
        return ids.map(() => asError(error));
      }
    },
    { maxBatchSize: MAX_USERS_PER_CALL },
  );

  function prime(users: Iterable<UserRecord>): void {
    for (const user of users) {
      const before = known.get(user.id);
      known.set(user.id, before === undefined ? user : withBoth(before, user));
    }
  }

  function take(users: Iterable<UserRecord>, askedAt: number): void {
    const taken = [...users];
    prime(taken);
    for (const user of taken) views.keepUser(user, askedAt);
  }

  function find(id: Id): UserRecord | undefined {
    const record = known.get(id) ?? views.user(id);
    if (record !== undefined && !known.has(id)) known.set(id, record);
    return record;
  }

  return {
    load(id) {
      const record = find(id);
      return record === undefined ? full.load(id) : Promise.resolve(record);
    },
    async full(id) {
      const record = await full.load(id);
      return record === null ? null : (known.get(id) ?? record);
    },
    known: find,
    prime,
    take,
  };
}
