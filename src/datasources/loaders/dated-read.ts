import type { Call, PortalSession, ReadOptions } from "../bitrix24/calls.ts";

/** A read, and since when its answer may be out of date: what happens after that may be missing in it. */
export interface DatedRead<T> {
  readonly answer: Promise<T>;
  /** In milliseconds of the monotonic clock. */
  readonly askedAt: number;
}

/** Reads, and dates the answer by the read that gives it: an equal one of another operation may have begun long before. */
export function readDated<T>(portal: PortalSession, call: Call<T>, options?: ReadOptions): DatedRead<T> {
  let askedAt = performance.now();
  const answer = portal.read(call, {
    ...options,
    begun: (at) => {
      askedAt = at;
    },
  });
  return { answer, askedAt };
}
