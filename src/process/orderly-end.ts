import type { Logger } from "pino";

/** The part of `process` that is needed, so that a test can end something else than itself. */
export interface EndingProcess {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  exit(code: number): void;
}

export interface OrderlyEndOptions {
  readonly process: EndingProcess;
  readonly log: Pick<Logger, "fatal" | "info" | "warn">;
  /** What is being done now, for the log of a fault: names, kinds and ages, nothing of what was asked or answered. */
  readonly underWay: () => unknown;
  /** Answers what is under way, then closes. */
  readonly close: () => Promise<void>;
  /** After this the process ends, whatever has not been closed. */
  readonly limitMs: number;
}

/** Whoever starts the gateway may pass on the signal of a terminal that the gateway gets too: that is one signal. */
const SAME_SIGNAL_MS = 200;

/** `disconnect`: the program that started the gateway is gone, and must not be outlived. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"] as const;
const FAULTS = ["uncaughtException", "unhandledRejection"] as const;

/**
 * One way out of the process. A signal ends it in order, a second one at once; a fault that nobody caught is logged once with what was under
 * way, and ends it in order too, because nobody knows what it left behind.
 */
export function endInOrder({ process, log, underWay, close, limitMs }: OrderlyEndOptions): void {
  let endingSince: number | undefined;

  function end(code: number): void {
    endingSince = performance.now();
    const impatience = setTimeout(() => {
      log.warn({ limitMs }, "What was under way took longer than the gateway may take to end");
      process.exit(code === 0 ? 1 : code);
    }, limitMs);
    impatience.unref();
    close().then(
      () => process.exit(code),
      (error: unknown) => {
        log.fatal({ err: error }, "The gateway could not end in order");
        process.exit(1);
      },
    );
  }

  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (endingSince !== undefined) {
        const isAnother = performance.now() - endingSince > SAME_SIGNAL_MS;
        if (isAnother && signal !== "disconnect") process.exit(1);
        return;
      }
      log.info({ signal }, "Ending: what is under way is answered first; a second signal ends at once");
      end(0);
    });
  }
  for (const fault of FAULTS) {
    process.on(fault, (error) => {
      if (endingSince !== undefined) return;
      log.fatal({ err: error, fault, underWay: underWay() }, "A fault that nothing caught; the gateway ends");
      end(1);
    });
  }
}
