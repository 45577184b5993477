const TICK_MS = 20;

/**
 * Starts a clock that counts what the timers of this process come to, in milliseconds. While a busy machine does not let the process run it
 * stands still, so that it measures what the process waited for and not what others did.
 */
export function startOwnClock(): () => number {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, TICK_MS);
  timer.unref();
  return () => ticks * TICK_MS;
}

/** Starts to count the milliseconds that this process computes, on all its threads. */
export function startComputing(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}
