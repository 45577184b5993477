/** Where a value stands in an answer: the keys and indices that lead to it. */
export type Place = readonly string[];

export function nameOf(place: Place): string {
  return place.length === 0 ? "the whole answer" : place.join(".");
}

/** Every place of an answer, the outer ones first; the empty place is the answer itself. */
export function placesOf(value: unknown, within: Place = []): Place[] {
  return [within, ...entriesOf(value).flatMap(([key, entry]) => placesOf(entry, [...within, key]))];
}

/** Whether nothing further stands in it. */
export function isLeaf(value: unknown): boolean {
  return entriesOf(value).length === 0;
}

export function valueAt(value: unknown, place: Place): unknown {
  return place.reduce<unknown>((at, key) => (isHolder(at) ? Reflect.get(at, key) : undefined), value);
}

/** The answer with another value at a place. */
export function replaced(value: unknown, place: Place, by: unknown): unknown {
  return place.length === 0 ? by : changed(value, place, (holder, key) => Reflect.set(holder, key, by));
}

/** The answer with the entry of a map by id under another id; undefined for any other place. */
export function renamed(value: unknown, place: Place): unknown {
  const key = place.at(-1) ?? "";
  if (!isKeyOfMap(value, place)) return undefined;
  const entry = valueAt(value, place);
  return changed(value, place, (holder) => {
    Reflect.deleteProperty(holder, key);
    Reflect.set(holder, `${Number(key) + 1_000}`, entry);
  });
}

/** The answer without a place; undefined for what cannot be taken away: the whole answer, and elements of a list. */
export function without(value: unknown, place: Place): unknown {
  if (place.length === 0 || Array.isArray(valueAt(value, place.slice(0, -1)))) return undefined;
  return changed(value, place, (holder, key) => Reflect.deleteProperty(holder, key));
}

function changed(value: unknown, place: Place, change: (holder: object, key: string) => void): unknown {
  // Through JSON, as it travels: what the fixture uses twice stands there twice.
  const copy: unknown = JSON.parse(JSON.stringify(value));
  const holder = valueAt(copy, place.slice(0, -1));
  if (isHolder(holder)) change(holder, place.at(-1) ?? "");
  return copy;
}

function isKeyOfMap(value: unknown, place: Place): boolean {
  return /^[0-9]+$/.test(place.at(-1) ?? "") && !Array.isArray(valueAt(value, place.slice(0, -1)));
}

/** The innermost record that a place belongs to: an element of a list, or of a map by id; else the answer. */
export function recordOf(place: Place): Place {
  for (let length = place.length - 1; length > 0; length--) {
    if (/^[0-9]+$/.test(place[length - 1] ?? "")) return place.slice(0, length);
  }
  return [];
}

function entriesOf(value: unknown): [string, unknown][] {
  return isHolder(value) ? Object.entries(value) : [];
}

function isHolder(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
