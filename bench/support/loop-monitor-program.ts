import { renameSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

// Loaded into a measured program before its own code: on SIGUSR2 it writes how long its event loop was kept from going on since the last time, in
// milliseconds, to the file that LOOP_MONITOR_FILE names.

const RESOLUTION_MS = 1;
const file = process.env.LOOP_MONITOR_FILE;
if (file !== undefined) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  process.on("SIGUSR2", () => {
    const longestMs = delays.count === 0 ? 0 : delays.max / 1e6 - RESOLUTION_MS;
    delays.reset();
    writeFileSync(`${file}.new`, JSON.stringify({ longestMs }));
    renameSync(`${file}.new`, file);
  });
}
