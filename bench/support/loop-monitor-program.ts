import { renameSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

// Loaded into a measured program before its own code: on SIGUSR2 it writes to the file that LOOP_MONITOR_FILE names for how many milliseconds its event
// loop was kept from going on at the most since the last time, by Node's monitor, and by its own CPU time, which a busy machine does not lengthen.

const RESOLUTION_MS = 1;

/** The longest time between two looks in which the process worked. */
function watchOwnTime(): () => number {
  let longest = 0;
  let at = performance.now();
  let cpu = process.cpuUsage();
  setInterval(() => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    // Of its other threads too, so that it may be more than has passed.
    longest = Math.max(longest, Math.min(now - at, (user + system) / 1000));
    at = now;
    cpu = process.cpuUsage();
  }, RESOLUTION_MS).unref();
  return () => {
    const taken = longest;
    longest = 0;
    return taken;
  };
}

const file = process.env.LOOP_MONITOR_FILE;
if (file !== undefined) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const takeOwn = watchOwnTime();
  process.on("SIGUSR2", () => {
    const longestMs = delays.count === 0 ? 0 : delays.max / 1e6 - RESOLUTION_MS;
    delays.reset();
    writeFileSync(`${file}.new`, JSON.stringify({ longestMs, ownMs: takeOwn() }));
    renameSync(`${file}.new`, file);
  });
}
