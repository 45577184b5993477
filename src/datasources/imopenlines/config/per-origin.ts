const MAX_ORIGINS = 1000;

/**
 * Keeps one decoder per portal origin: equal queued reads share their decoded value only if their decoder is the same function.
 * Beyond a thousand origins the oldest is forgotten, which costs sharing and nothing else.
 */
export function perOrigin<T>(create: (origin: string) => T): (origin: string) => T {
  const known = new Map<string, T>();
  return (origin) => {
    const found = known.get(origin);
    if (found !== undefined) return found;
    const oldest = known.size >= MAX_ORIGINS ? known.keys().next() : undefined;
    if (oldest?.done === false) known.delete(oldest.value);
    const created = create(origin);
    known.set(origin, created);
    return created;
  };
}
