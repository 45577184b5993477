import type { TextStorage } from "../cursors.ts";
import { isRecord } from "../result.ts";
import { createStore, type Watched } from "./store.ts";

/** What was begun to be written, by chat. Nothing of the connection touches it. */
export interface Drafts extends Watched<ReadonlyMap<string, string>> {
  read(chatId: string): string;
  /** An empty text removes it. */
  write(chatId: string, text: string): void;
}

/** So many chats; the ones that were written to longest ago go first. */
const MOST = 200;
const NAME = "open-lines drafts";

/** With a storage drafts outlive the page too; those of each `person` apart. */
export function createDrafts(storage?: TextStorage, person?: string): Drafts {
  const name = person === undefined ? NAME : `${NAME} of ${person}`;
  const store = createStore<ReadonlyMap<string, string>>(new Map());

  function keep(drafts: ReadonlyMap<string, string>): void {
    store.set(drafts);
    // Full or forbidden: what was written is still in memory.
    void Promise.resolve()
      .then(() => storage?.setItem(name, JSON.stringify(Object.fromEntries(drafts))))
      .catch(() => undefined);
  }
  void Promise.resolve()
    .then(() => storage?.getItem(name))
    .then((text) => {
      // What was written meanwhile is newer.
      const kept = readDrafts(text ?? null).filter(([chatId]) => !store.get().has(chatId));
      if (kept.length > 0) store.set(new Map([...kept, ...store.get()]));
    })
    .catch(() => undefined);

  return {
    ...store,
    read: (chatId) => store.get().get(chatId) ?? "",
    write(chatId, text) {
      const drafts = new Map(store.get());
      drafts.delete(chatId);
      if (text !== "") drafts.set(chatId, text);
      for (const oldest of [...drafts.keys()].slice(0, Math.max(0, drafts.size - MOST))) drafts.delete(oldest);
      keep(drafts);
    },
  };
}

function readDrafts(text: string | null): [string, string][] {
  const kept: unknown = text === null ? {} : JSON.parse(text);
  if (!isRecord(kept)) return [];
  return Object.entries(kept).flatMap(([chatId, draft]): [string, string][] =>
    typeof draft === "string" ? [[chatId, draft]] : [],
  );
}
