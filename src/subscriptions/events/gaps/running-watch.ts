import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** Tells whether this process was running and its listening queue long enough, since it was last asked. */
export interface RunningWatch {
  /** Longest time in milliseconds in which the event loop did not turn. */
  longestPauseMs(): number;
  /** Connections were turned away because a listening queue was full; undefined where the system does not tell. */
  turnedAway(): boolean | undefined;
  close(): void;
}

const RESOLUTION_MS = 20;

export function watchRunning(): RunningWatch {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let before = overflows();
  return {
    longestPauseMs() {
      const longest = delay.max / 1e6;
      delay.reset();
      return longest;
    },
    turnedAway() {
      const now = overflows();
      const more = now === undefined || before === undefined ? undefined : now > before;
      before = now;
      return more;
    },
    close: () => delay.disable(),
  };
}

/** Connections that this network space turned away so far since a listening queue was full (Linux). */
export function overflows(): number | undefined {
  try {
    const [names = "", values = ""] = readFileSync("/proc/net/netstat", "utf8").split("\n");
    const place = names.split(" ").indexOf("ListenOverflows");
    const count = Number(values.split(" ")[place]);
    return place > 0 && Number.isSafeInteger(count) ? count : undefined;
  } catch {
    return undefined;
  }
}
