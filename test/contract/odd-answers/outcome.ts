import type { ExecutionResult } from "graphql";
import { shapeError } from "../../../src/server/operations/error-shaping.ts";

/** What an operation answered: each value by the place it stands at, elements of lists by what they are rather than by where they stand. */
export interface Outcome {
  readonly values: ReadonlyMap<string, unknown>;
  readonly errors: readonly { readonly code: string; readonly path: string; readonly message: string }[];
}

export function outcomeOf({ data, errors = [] }: ExecutionResult): Outcome {
  const values = new Map<string, unknown>();
  // Through JSON, as a client gets it.
  flatten(JSON.parse(JSON.stringify(data ?? null)), "", values);
  let ownFault = "";
  const log = {
    error({ err }: Readonly<Record<string, unknown>>) {
      ownFault = ` ${String(err)}`;
    },
  };
  return {
    values,
    errors: errors.map((error) => {
      ownFault = "";
      const { message, extensions } = shapeError(error, { log, maxLength: 1_000, requestId: "" });
      // A fault of our own looks like the portal's to the client, and stands in the log.
      const code = ownFault === "" ? String(extensions?.code) : "INTERNAL_SERVER_ERROR";
      return { code, path: (error.path ?? []).join("."), message: `${message}${ownFault}` };
    }),
  };
}

/** What messages carry beside their text has no ids, or such that are not its own. */
const WITHOUT_IDENTITY = /\.(attachments|params)(\.|\[|$)/;

function flatten(value: unknown, path: string, into: Map<string, unknown>): void {
  if (Array.isArray(value)) {
    if (value.length === 0) into.set(path, "[]");
    const seen = new Map<string, number>();
    for (const [index, entry] of value.entries()) {
      const name =
        (WITHOUT_IDENTITY.test(path) ? undefined : identityOf(entry)) ??
        `#${(path.endsWith(".blocks") ? sortOf(entry) : undefined) ?? index}`;
      const times = seen.get(name) ?? 0;
      seen.set(name, times + 1);
      flatten(entry, `${path}[${name}${times === 0 ? "" : `~${times}`}]`, into);
    }
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) into.set(path, "{}");
    for (const [key, entry] of entries) if (key !== "__typename") flatten(entry, `${path}.${key}`, into);
  } else {
    into.set(path, value);
  }
}

/** A block of an attachment is told from the others by what it is. */
function sortOf(entry: unknown): string | undefined {
  const name: unknown = typeof entry === "object" && entry !== null ? Reflect.get(entry, "__typename") : undefined;
  return typeof name === "string" ? name : undefined;
}

function identityOf(entry: unknown): string | undefined {
  if (typeof entry === "string") return entry;
  if (typeof entry !== "object" || entry === null) return undefined;
  for (const key of ["id", "node", "user", "chat", "entityId", "session", "operator", "at", "eventId", "sourceCode"]) {
    const value: unknown = Reflect.get(entry, key);
    if (typeof value === "string") return value;
    if (typeof value === "object" && value !== null) return identityOf(value);
  }
  return undefined;
}

/** The places at which two outcomes tell different things; null in place of an object tells as little as the nulls in it. */
export function differences(before: Outcome, after: Outcome): string[] {
  const paths = new Set([...before.values.keys(), ...after.values.keys()]);
  return [...paths].filter((path) => told(before, path) !== told(after, path));
}

function told({ values }: Outcome, path: string): unknown {
  const value = values.get(path) ?? null;
  return value === "{}" || value === "[]" ? null : value;
}

/** Of the differences those that tell more than before. */
export function additions(before: Outcome, after: Outcome): string[] {
  const isNothing = (value: unknown) => value === undefined || value === "[]" || !value;
  return differences(before, after).filter((path) => isNothing(before.values.get(path)));
}

/** Whether a difference lies within what a place of the answer is read for: objects that it names are that too. */
export function isCovered(path: string, region: ReadonlySet<string>, before: Outcome, after: Outcome): boolean {
  for (let at = path; at !== ""; at = outer(at)) {
    if (region.has(at)) return true;
    const isGone = after.values.get(at) === null && !before.values.has(at);
    if (isGone && (region.has(`${at}.id`) || region.has(`${at}.entityId`))) return true;
  }
  if (isPartOfChangedHolder(path, region, before)) return true;
  const below = [...before.values].flatMap(([known, value]) => (value !== null && isBelow(known, path) ? [known] : []));
  return below.length > 0 && below.every((known) => region.has(known));
}

function isBelow(path: string, above: string): boolean {
  return (
    path.length > above.length && path.startsWith(above) && (path[above.length] === "." || path[above.length] === "[")
  );
}

/** What was not there before belongs to the list or map that it is in now; elements without an identity move with those before them. */
function isPartOfChangedHolder(path: string, region: ReadonlySet<string>, before: Outcome): boolean {
  const unnamed = /^(.*\[#)[^\]]*\]/.exec(path)?.[1];
  if (unnamed !== undefined && [...region].some((read) => read.startsWith(unnamed))) return true;
  if (before.values.has(path)) return false;
  let holder = outer(path);
  const known = [...before.values.keys()];
  while (holder !== "" && !known.some((each) => each === holder || isBelow(each, holder))) holder = outer(holder);
  return [...region].some((read) => isBelow(read, holder));
}

function outer(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("."), path.lastIndexOf("["), 0));
}
