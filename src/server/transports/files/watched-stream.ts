import { Transform } from "node:stream";
import { guard } from "../../../process/guard.ts";

export interface Watching {
  /** Milliseconds without a byte, whoever is to blame: the portal that sends none, or the client that takes none. */
  readonly idleMs: number;
  readonly maxBytes: number;
  /** Whether it may go on; asked every two seconds. */
  readonly isAllowed: () => Promise<boolean>;
}

const LOOK_AGAIN_MS = 2_000;

/** Lets bytes through at the pace of whoever takes them, and breaks off when a bound is reached. */
export function watchedStream({ idleMs, maxBytes, isAllowed }: Watching): Transform {
  let passed = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      idle.refresh();
      if (passed > maxBytes) done(new Error("the contents are larger than the limit"));
      else done(null, chunk);
    },
    destroy(error, done) {
      clearTimeout(idle);
      clearInterval(looking);
      done(error);
    },
  });
  const end = (reason: string): void => {
    stream.destroy(new Error(reason));
  };
  const idle = setTimeout(
    guard("a file that has stopped moving", () => end("nothing has moved")),
    idleMs,
  );
  const looking = setInterval(
    guard(
      "whether a link is still good",
      async () => {
        if (!(await isAllowed())) end("the link is no longer good");
      },
      () => end("it cannot be told whether the link is still good"),
    ),
    LOOK_AGAIN_MS,
  );
  for (const timer of [idle, looking]) timer.unref();
  return stream;
}
