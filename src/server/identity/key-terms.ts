import type { z } from "zod";
import { expiryAfter } from "../../config/expiry.ts";
import { lineIds, rightList, rightsProblem, writtenScope } from "../../config/rights.ts";
import type { KeyTerms } from "./keys-file.ts";

/** The options of `npm run keys -- add`, as they are typed. */
export interface KeyOptions {
  /** `query,act,events` */
  readonly rights?: string | undefined;
  /** `own`, `all` or `none` */
  readonly events?: string | undefined;
  /** `1,2` */
  readonly lines?: string | undefined;
  /** `90d`, `12h`, `4w` or `2027-01-31` */
  readonly expires?: string | undefined;
}

/** An option cannot be used; the message names it and what would be right. */
export class KeyOptionError extends Error {
  constructor(option: string, reason: string) {
    super(`${option} ${reason}`);
    this.name = "KeyOptionError";
  }
}

/** Reads what a new key may do and how long, as of `now` (milliseconds of `Date.now()`). Throws `KeyOptionError`. */
export function readKeyTerms({ rights, events, lines, expires }: KeyOptions, now: number): KeyTerms {
  const written = {
    ...(rights === undefined ? {} : { rights: decode("--rights", rightList, rights.split(",")) }),
    ...(events === undefined ? {} : { events: decode("--events", writtenScope, events) }),
    ...(lines === undefined ? {} : { lines: decode("--lines", lineIds, lines.split(",")) }),
  };
  const problem = rightsProblem(written);
  if (problem !== undefined) throw new KeyOptionError("--rights", problem);
  if (expires === undefined) return written;
  const expiresAt = expiryAfter(expires, now);
  if (expiresAt === undefined) {
    throw new KeyOptionError("--expires", "takes a time such as 12h, 90d or 4w, or a day to come such as 2027-01-31");
  }
  return { ...written, expiresAt: expiresAt.toISOString() };
}

function decode<T>(option: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new KeyOptionError(option, parsed.error.issues[0]?.message ?? "is wrong");
}
