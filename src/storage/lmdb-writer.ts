import type { RootDatabase } from "lmdb";
import { guard } from "../process/guard.ts";
import { StorageUnavailable } from "./storage-unavailable.ts";

/** A write that must not happen for a reason of its own; the other writes of the same commit are not concerned. */
export class WriteRefused extends Error {
  constructor(readonly reason: Error) {
    super(reason.message, { cause: reason });
    this.name = "WriteRefused";
  }
}

/**
 * Runs writes in groups: those that wait while a commit is under way go together into the next one, so that a sync of the disk is paid
 * once for all of them.
 */
export interface LmdbWriter {
  /**
   * Runs `write` inside a transaction, where reads see the writes before it. Resolves with its result once the transaction is on disk.
   * `write` may throw `WriteRefused` before it has written anything: then only this one rejects, with the reason. Any other failure undoes
   * the whole group, which rejects with `StorageUnavailable`.
   */
  submit<Result>(write: () => Result): Promise<Result>;
  /** For use inside `write`: what to do when its group is undone, so that memory tells what the disk does. Last first. */
  ifUndone(restore: () => void): void;
  /** Throws `StorageUnavailable` once it is closed: reading from a closed environment is not safe. */
  assertOpen(): void;
  /** What the last commit failed with; undefined once one works again. */
  problem(): string | undefined;
  /** Resolves when nothing is waiting; later writes are refused. */
  close(): Promise<void>;
}

interface Job {
  run(): void;
  resolve(): void;
  reject(error: unknown): void;
}

const CLOSED = "The storage is closed.";
const MAX_WAITING = 50_000;
const MAX_GROUP = 2_000;
/**
 * Senders that were just answered send again at once. So a group waits this long (milliseconds) until it is half as large as the one before: else
 * the first of them would be written alone, and all others wait for two syncs. Measured in docs/decisions/log-writer.md.
 */
const GATHER_MS = 2;

/** The one writer of an environment that was opened with `overlappingSync: false`, where a commit resolves after fdatasync. */
export function createLmdbWriter(root: RootDatabase<string, string>, gatherMs = GATHER_MS): LmdbWriter {
  let waiting: Job[] = [];
  let draining: Promise<void> | null = null;
  let problem: string | undefined;
  let closing = false;
  let closed = false;
  let restorers: (() => void)[] = [];
  let last = { size: 0, endedAt: Number.NEGATIVE_INFINITY };
  /** While a group waits for more: how many it waits for, and what ends the waiting. */
  let gathering: { readonly until: number; readonly end: () => void } | undefined;

  async function drain(): Promise<void> {
    // One turn of the event loop lets the requests that arrived together join the first group.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const until = performance.now() - last.endedAt < gatherMs ? last.size / 2 : 0;
      if (waiting.length < until) await gathered(until);
      const group = waiting.length > MAX_GROUP ? waiting.splice(0, MAX_GROUP) : waiting;
      if (group === waiting) {
        waiting = [];
      }
      await commit(group);
    }
    draining = null;
  }

  function gathered(until: number): Promise<void> {
    return new Promise((resolve) => {
      const end = guard("a group of writes", () => {
        clearTimeout(timer);
        gathering = undefined;
        resolve();
      });
      const timer = setTimeout(end, gatherMs);
      gathering = { until, end };
    });
  }

  async function commit(group: readonly Job[]): Promise<void> {
    restorers = [];
    try {
      // A child transaction, because it alone is undone when the callback throws.
      await root.childTransaction(() => {
        for (const job of group) {
          job.run();
        }
      });
    } catch (error) {
      for (const restore of restorers.reverse()) {
        restore();
      }
      problem = `The data directory cannot be written: ${await reasonOf(error)}`;
      const refusal = new StorageUnavailable(problem, { cause: error });
      for (const job of group) {
        job.reject(refusal);
      }
      return;
    }
    problem = undefined;
    last = { size: group.length, endedAt: performance.now() };
    for (const job of group) {
      job.resolve();
    }
  }

  return {
    submit<Result>(write: () => Result): Promise<Result> {
      if (closing) {
        return Promise.reject(new StorageUnavailable(CLOSED));
      }
      if (waiting.length >= MAX_WAITING) {
        return Promise.reject(new StorageUnavailable(`${MAX_WAITING} writes are waiting for the disk already.`));
      }
      return new Promise<Result>((resolve, reject) => {
        let settle = (): void => {};
        waiting.push({
          run() {
            try {
              const result = write();
              settle = () => resolve(result);
            } catch (error) {
              if (!(error instanceof WriteRefused)) {
                throw error;
              }
              settle = () => reject(error.reason);
            }
          },
          resolve: () => settle(),
          reject,
        });
        draining ??= drain();
        if (gathering !== undefined && waiting.length >= gathering.until) gathering.end();
      });
    },
    ifUndone(restore) {
      restorers.push(restore);
    },
    assertOpen() {
      if (closed) {
        throw new StorageUnavailable(CLOSED);
      }
    },
    problem: () => (closing ? CLOSED : problem),
    async close() {
      closing = true;
      gathering?.end();
      await draining;
      closed = true;
    },
  };
}

/** lmdb tells the cause of a failed commit in a second promise beside the error; left alone it becomes an unhandled rejection. */
async function reasonOf(error: unknown): Promise<string> {
  if (error instanceof Error && "commitError" in error) {
    try {
      await error.commitError;
    } catch (cause) {
      return cause instanceof Error ? cause.message : String(cause);
    }
  }
  return error instanceof Error ? error.message : String(error);
}
