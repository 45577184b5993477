import { z } from "zod";
import { endOfDay } from "./expiry.ts";
import { lineIds, rightList, rightsProblem, type WrittenRights, writtenScope } from "./rights.ts";

/** A key as the environment gives it, in clear. */
export interface ConfiguredKey extends WrittenRights {
  readonly name: string;
  readonly key: string;
  readonly credential: string | undefined;
  /** Milliseconds of `Date.now()`. */
  readonly expiresAt?: number | undefined;
}

export const MINIMUM_KEY_LENGTH = 16;
export const KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const plusList = z.string().transform((value) => value.split("+"));
const options = z.strictObject(
  {
    rights: plusList.pipe(rightList).optional(),
    lines: plusList.pipe(lineIds).optional(),
    expires: endOfDay.optional(),
  },
  { error: "knows only rights=, lines= and expires= after the credential and the events of a key" },
);

/** `name:key`, then the credential and the scope of events, then options in any order, each part separated by a colon. */
export const keyEntry = z.string().transform((entry, issues): ConfiguredKey => {
  const refuse = (message: string): void => {
    issues.addIssue({ code: "custom", message });
  };
  const [name = "", key = "", ...rest] = entry.split(":");
  const named = rest.filter((part) => part.includes("="));
  const [credential, scope, ...surplus] = rest.filter((part) => !part.includes("="));
  if (surplus.length > 0 || credential === "") {
    refuse("must be name:key, name:key:credential or name:key:credential:all, with options such as :rights=query+act");
  }
  if (!KEY_NAME.test(name)) refuse("must give each key a name of letters, digits, dots, dashes and underscores");
  if (key.length < MINIMUM_KEY_LENGTH) refuse(`must give each key ${MINIMUM_KEY_LENGTH} characters or more`);
  const events = writtenScope.optional().safeParse(scope);
  if (!events.success) refuse("takes own, all or none as the fourth part of a key");
  const given = options.safeParse(Object.fromEntries(named.map(splitOption)));
  if (!given.success) refuse(given.error.issues[0]?.message ?? "has a wrong option");
  const { rights, lines, expires } = given.data ?? {};
  const problem = rightsProblem({ rights, events: events.data, lines });
  if (problem !== undefined) refuse(problem);
  return { name, key, credential, events: events.data, rights, lines, expiresAt: expires };
});

function splitOption(part: string): [string, string] {
  const equals = part.indexOf("=");
  return [part.slice(0, equals), part.slice(equals + 1)];
}
