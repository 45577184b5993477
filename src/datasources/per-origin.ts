const MAX_ORIGINS = 500;

/**
 * One value per portal origin, made when first asked for. Decoders that make addresses absolute depend on the origin and yet must be the same
 * function for equal calls, because the scheduler shares the decoded value among them.
 */
export function perOrigin<T>(make: (origin: string) => T): (origin: string) => T {
  const made = new Map<string, T>();
  return (origin) => {
    const known = made.get(origin);
    if (known !== undefined) return known;
    const value = make(origin);
    if (made.size >= MAX_ORIGINS) made.clear();
    made.set(origin, value);
    return value;
  };
}
