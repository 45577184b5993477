import { Transform } from "node:stream";
import { guard } from "../../../process/guard.ts";

export interface Watching {
  /** Milliseconds without a byte, whoever is to blame: the portal that sends none, or the client that takes none. */
  readonly idleMs: number;
  readonly maxBytes: number;
  /** Bytes that were announced, below which it is not at its end. */
  readonly leastBytes: number;
  /** Whether it may go on; asked every two seconds. */
  readonly isAllowed: () => Promise<boolean>;
}

/** Why nothing more is let through. */
export class BrokenOff extends Error {
  readonly reason: "idle" | "too-large" | "too-short" | "not-allowed";
  constructor(reason: BrokenOff["reason"]) {
    super(`the transfer of a file was broken off: ${reason}`);
    this.name = "BrokenOff";
    this.reason = reason;
  }
}

const LOOK_AGAIN_MS = 2_000;

/** Lets bytes through at the pace of whoever takes them, and breaks off with `BrokenOff` when a bound is reached. */
export function watchedStream({ idleMs, maxBytes, leastBytes, isAllowed }: Watching): Transform {
  let passed = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      idle.refresh();
      if (passed > maxBytes) done(new BrokenOff("too-large"));
      else done(null, chunk);
    },
    flush(done) {
      // Whoever was promised more would wait for it.
      done(passed < leastBytes ? new BrokenOff("too-short") : null);
    },
    destroy(error, done) {
      clearTimeout(idle);
      clearInterval(looking);
      done(error);
    },
  });
  const end = (reason: BrokenOff["reason"]): void => {
    stream.destroy(new BrokenOff(reason));
  };
  const idle = setTimeout(
    guard("a file that has stopped moving", () => end("idle")),
    idleMs,
  );
  const looking = setInterval(
    guard(
      "whether a link is still good",
      async () => {
        if (!(await isAllowed())) end("not-allowed");
      },
      () => end("not-allowed"),
    ),
    LOOK_AGAIN_MS,
  );
  for (const timer of [idle, looking]) timer.unref();
  return stream;
}
