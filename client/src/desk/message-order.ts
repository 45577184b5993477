interface Stored {
  /** A whole number of any length, larger for what is newer. */
  readonly id: string;
}

/** Messages, oldest first. */
export interface MessageOrder<Message extends Stored> {
  /** The same array until something changes. */
  all(): readonly Message[];
  has(id: string): boolean;
  /** Adds them, or puts them in the place of those with the same ids. */
  put(found: readonly Message[]): void;
  delete(id: string): void;
  clear(): void;
}

/** Of a long conversation only what changes costs time: a page or an event mostly stands before or behind all that is there. */
export function createMessageOrder<Message extends Stored>(): MessageOrder<Message> {
  const byId = new Map<string, Message>();
  let all: readonly Message[] = [];

  function put(found: readonly Message[]): void {
    if (found.length === 0) return;
    const isNew = found.every(({ id }) => !byId.has(id));
    for (const message of found) byId.set(message.id, message);
    const sorted = isNew ? found.toSorted(byAge) : [];
    if (isBefore(sorted.at(-1), all[0])) all = [...sorted, ...all];
    else if (isBefore(all.at(-1), sorted[0])) all = [...all, ...sorted];
    else all = [...byId.values()].sort(byAge);
  }

  return {
    all: () => all,
    has: (id) => byId.has(id),
    put,
    delete(id) {
      if (byId.delete(id)) all = all.filter((message) => message.id !== id);
    },
    clear() {
      byId.clear();
      all = [];
    },
  };
}

export function compareIds(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : Number(one > other));
}

function byAge(one: Stored, other: Stored): number {
  return compareIds(one.id, other.id);
}

function isBefore(one: Stored | undefined, other: Stored | undefined): boolean {
  return one !== undefined && other !== undefined && byAge(one, other) < 0;
}
