/**
 * What a decoded value says, as plain objects: records decode a member when it is read, so that they have getters in place of properties. Members that an
 * answer does not tell are left out.
 */
export function plain<T>(value: T): T;
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => plain(each));
  if (value instanceof Map) return new Map([...value].map(([key, each]: [unknown, unknown]) => [key, plain(each)]));
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Set) return value;
  const told: Record<string, unknown> = {};
  for (const name of membersOf(value)) {
    const member: unknown = Reflect.get(value, name);
    if (member !== undefined) told[name] = plain(member);
  }
  return told;
}

function membersOf(value: object): string[] {
  const names = new Set(Object.keys(value));
  let kind: unknown = Object.getPrototypeOf(value);
  while (typeof kind === "object" && kind !== null && kind !== Object.prototype) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(kind)))
      if (get !== undefined) names.add(name);
    kind = Object.getPrototypeOf(kind);
  }
  return [...names];
}
