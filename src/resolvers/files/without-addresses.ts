/** An address, or a text that holds some: markup, JSON, or a path of the portal. */
const ADDRESS = /:\/\/|^\/|["'=(]\\?\/|:\\\/\\\//;

/** What a portal sends for its own pages, with null in the place of each text that leads somewhere. */
export function withoutAddresses(map: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, withoutAddress(value)]));
}

function withoutAddress(value: unknown): unknown {
  if (typeof value === "string") return ADDRESS.test(value) ? null : value;
  if (Array.isArray(value)) return value.map(withoutAddress);
  return typeof value === "object" && value !== null ? withoutAddresses({ ...value }) : value;
}
