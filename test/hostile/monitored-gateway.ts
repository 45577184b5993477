import { gateway } from "../../src/main.ts";

// The gateway as it is, which tells on request how long its event loop stood still at the most since it was asked last.
// A machine that is busy with others stops a process too, so that only what the process itself computed counts.

const TICK_MS = 10;

let longest = 0;
let last = { at: performance.now(), cpu: process.cpuUsage() };

setInterval(() => {
  const now = { at: performance.now(), cpu: process.cpuUsage() };
  const computed = (now.cpu.user + now.cpu.system - last.cpu.user - last.cpu.system) / 1_000;
  longest = Math.max(longest, Math.min(now.at - last.at, computed));
  last = now;
}, TICK_MS);

await gateway;
process.on("message", () => {
  process.send?.({ longestBlockMs: longest });
  longest = 0;
});
