// Loaded before a gateway (`node --import`): its wall clock differs from the machine's by the milliseconds in the file that SHIFTED_CLOCK_FILE
// names, as if somebody had set it. Timers and `performance.now()` are left alone, as they are by a system whose clock is set.

import { readFileSync } from "node:fs";

const file = process.env.SHIFTED_CLOCK_FILE;
const RealDate = Date;
const realNow = RealDate.now.bind(RealDate);
let shift = 0;
let readAt = Number.NEGATIVE_INFINITY;

function now() {
  const at = performance.now();
  if (at - readAt > 10) {
    readAt = at;
    // Empty for a moment while it is written.
    const written = Number.parseInt(readFileSync(file, "utf8"), 10);
    if (Number.isFinite(written)) shift = written;
  }
  return realNow() + shift;
}

globalThis.Date = new Proxy(RealDate, {
  get: (target, name, receiver) => (name === "now" ? now : Reflect.get(target, name, receiver)),
  construct: (target, values, newTarget) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
  apply: () => new RealDate(now()).toString(),
});
