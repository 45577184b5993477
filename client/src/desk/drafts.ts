import type { TextStorage } from "../cursors.ts";
import { parsed } from "../result.ts";
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
  let writing: Promise<unknown> = Promise.resolve();

  async function read(): Promise<ReadonlyMap<string, string>> {
    return new Map(readDrafts((await storage?.getItem(name)) ?? "[]"));
  }
  void read()
    .then((kept) => {
      // What was written meanwhile is newer.
      const unwritten = [...kept].filter(([chatId]) => !store.get().has(chatId));
      if (unwritten.length > 0) store.set(new Map([...unwritten, ...store.get()]));
    })
    .catch(() => undefined);

  return {
    ...store,
    read: (chatId) => store.get().get(chatId) ?? "",
    write(chatId, text) {
      store.set(withDraft(store.get(), chatId, text));
      // Put to what is kept now: other tabs write theirs. Full or forbidden: what was written is still in memory.
      writing = writing
        .then(async () => storage?.setItem(name, JSON.stringify([...withDraft(await read(), chatId, text)])))
        .catch(() => undefined);
    },
  };
}

function withDraft(drafts: ReadonlyMap<string, string>, chatId: string, text: string): ReadonlyMap<string, string> {
  const changed = new Map(drafts);
  changed.delete(chatId);
  if (text !== "") changed.set(chatId, text);
  for (const oldest of [...changed.keys()].slice(0, Math.max(0, changed.size - MOST))) changed.delete(oldest);
  return changed;
}

/** Chats with their drafts, in the order in which they were written to; none of what somebody else left under this name. */
function readDrafts(text: string): [string, string][] {
  const kept = parsed(text);
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((each): [string, string][] => {
    const [chatId, draft]: readonly unknown[] = Array.isArray(each) ? each : [];
    return typeof chatId === "string" && typeof draft === "string" ? [[chatId, draft]] : [];
  });
}
