import { LRUCache } from "lru-cache";
import type { Id } from "../../datasources/domain/ids.ts";
import type { ListedLine } from "../../datasources/domain/line.ts";
import type { UserRecord } from "../../datasources/domain/user.ts";
import { atMost } from "../../process/growing-cache.ts";
import { nameAndPicture } from "../engine/event-eyes.ts";

/** Names of lines and people that a subscription has read, so that each further result of it need not. */
export interface NameMemory {
  lines(): Iterable<ListedLine>;
  noteLines(lines: Iterable<ListedLine>): void;
  /** Names and pictures alone. */
  users(): Iterable<UserRecord>;
  noteUsers(users: Iterable<UserRecord>): void;
}

/** Names change rarely. */
const KEPT_MS = 10 * 60_000;
/** More than a window of 100 rows names, with those that came and went. */
const MAX_KEPT = 500;

export function createNameMemory(keptMs = KEPT_MS): NameMemory {
  const lines = new LRUCache<Id, ListedLine>({ ...atMost(MAX_KEPT), ttl: keptMs });
  const users = new LRUCache<Id, UserRecord>({ ...atMost(MAX_KEPT), ttl: keptMs });
  return {
    lines: () => lines.values(),
    noteLines(read) {
      for (const line of read) if (line.name !== undefined && !lines.has(line.id)) lines.set(line.id, line);
    },
    users: () => users.values(),
    noteUsers(read) {
      for (const user of read) if (!users.has(user.id)) users.set(user.id, nameAndPicture(user));
    },
  };
}
