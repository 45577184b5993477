import { setTimeout as pause } from "node:timers/promises";
import type { Call } from "../datasources/bitrix24/calls.ts";
import type { Credential } from "../datasources/bitrix24/credentials.ts";
import { PortalRateLimited, PortalRefusal, PortalTimeout, PortalUnavailable } from "../datasources/bitrix24/errors.ts";
import type { Portals } from "../datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../datasources/bitrix24/usage.ts";

/** Reads side by side what nobody waits for. Each answer stands where its call stood; a refusal of one call takes the place of its answer. */
export type BackgroundReader = <T>(calls: readonly Call<T>[]) => Promise<(T | PortalRefusal)[]>;

export interface BackgroundReaderOptions {
  readonly portals: Pick<Portals, "session">;
  readonly credential: Credential;
  /** Ends the reading: what waits is given up. */
  readonly signal: AbortSignal;
}

/** As long as one round may wait for everybody else. */
const ROUND_MS = 10 * 60_000;
const MAX_FAILURES = 6;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Of the budget `background`. A portal that is busy is waited for as long as it says, one that fails is tried again a few times; then the
 * failure is thrown. Also throws when the signal fires.
 */
export function createBackgroundReader({ portals, credential, signal }: BackgroundReaderOptions): BackgroundReader {
  return async <T>(calls: readonly Call<T>[]): Promise<(T | PortalRefusal)[]> => {
    const answers: (T | PortalRefusal | undefined)[] = calls.map(() => undefined);
    let left = calls.map((_call, index) => index);
    for (let failures = 0; left.length > 0; ) {
      signal.throwIfAborted();
      const portal = portals.session(credential, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(ROUND_MS)]),
        deadlineAt: performance.now() + ROUND_MS,
        usage: new UpstreamUsage(),
        identity: "export",
        budget: "background",
      });
      const outcomes = await Promise.allSettled(left.map((index) => readOne(portal.read, calls[index])));
      const failed: number[] = [];
      let failure: unknown;
      outcomes.forEach((outcome, position) => {
        const index = left[position];
        if (index === undefined) return;
        if (outcome.status === "fulfilled") answers[index] = outcome.value;
        else {
          failed.push(index);
          failure ??= outcome.reason;
        }
      });
      if (failed.length > 0) {
        // What came of the others is progress.
        failures = failed.length < left.length ? 0 : failures + 1;
        await pauseAfter(failure, failures, signal);
      }
      left = failed;
    }
    return answers.flatMap((answer) => (answer === undefined ? [] : [answer]));
  };
}

async function readOne<T>(
  read: (call: Call<T>) => Promise<T>,
  call: Call<T> | undefined,
): Promise<T | PortalRefusal | undefined> {
  if (call === undefined) return undefined;
  try {
    return await read(call);
  } catch (error) {
    if (error instanceof PortalRefusal) return error;
    throw error;
  }
}

async function pauseAfter(failure: unknown, failures: number, signal: AbortSignal): Promise<void> {
  const isBusy = failure instanceof PortalRateLimited;
  const isPassing = isBusy || failure instanceof PortalUnavailable || failure instanceof PortalTimeout;
  if (signal.aborted || !isPassing || (!isBusy && failures > MAX_FAILURES)) throw failure;
  const ms = isBusy ? failure.retryAfterMs : FIRST_PAUSE_MS * 2 ** failures;
  await pause(Math.min(ms, LONGEST_PAUSE_MS), undefined, { signal });
}
