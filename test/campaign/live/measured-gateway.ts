import { setImmediate as turn } from "node:timers/promises";
import { queryObjects } from "node:v8";
import { WebSocket } from "ws";
import { gateway } from "../../../src/main.ts";
import { LiveRequest } from "../../../src/subscriptions/live/live-request.ts";

// The gateway as it is, which tells on request what it holds after everything that can be freed was freed.
// Run it with --expose-gc and a channel to the process that starts it.
await gateway;
process.on("message", () => void tell());

async function tell(): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("run with --expose-gc");
  for (let round = 0; round < 2; round += 1) {
    gc();
    await turn();
  }
  process.send?.({
    heapBytes: process.memoryUsage().heapUsed,
    requests: queryObjects(LiveRequest, { format: "count" }),
    sockets: queryObjects(WebSocket, { format: "count" }),
    signals: queryObjects(AbortSignal, { format: "count" }),
    timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length,
  });
}
