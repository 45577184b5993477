/** Where cursors, drafts and the like outlive a page. `localStorage` and `sessionStorage` fit as they are. */
export interface TextStorage {
  getItem(name: string): string | null | Promise<string | null>;
  setItem(name: string, text: string): unknown;
  removeItem(name: string): unknown;
}

export interface KeptCursor {
  read(): Promise<string | undefined>;
  /** The newest wins; a storage that fails costs no event. */
  keep(cursor: string): void;
  forget(): void;
}

/** A subscription's place under a name of the application's choice. */
export function keptCursor(storage: TextStorage | undefined, name: string | undefined): KeptCursor {
  if (storage === undefined || name === undefined) {
    return { read: async () => undefined, keep: () => undefined, forget: () => undefined };
  }
  const key = `open-lines cursor ${name}`;
  let writing: Promise<unknown> = Promise.resolve();
  let waiting: string | null | undefined;

  function write(cursor: string | null): void {
    const isIdle = waiting === undefined;
    waiting = cursor;
    if (!isIdle) return;
    writing = writing
      .then(() => {
        const newest = waiting;
        waiting = undefined;
        return typeof newest === "string" ? storage?.setItem(key, newest) : storage?.removeItem(key);
      })
      .catch(() => undefined);
  }
  return {
    async read() {
      try {
        return (await storage.getItem(key)) ?? undefined;
      } catch {
        return undefined;
      }
    },
    keep: write,
    forget: () => write(null),
  };
}
