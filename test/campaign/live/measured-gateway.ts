import { setImmediate as turn } from "node:timers/promises";
import { queryObjects } from "node:v8";
import { WebSocket } from "ws";
import { gateway } from "../../../src/main.ts";
import { LiveRequest } from "../../../src/subscriptions/live/live-request.ts";

// The gateway as it is, which tells on request what it holds after everything that can be freed was freed.
// Run it with --expose-gc and a channel to the process that starts it.
await gateway;
process.on("message", (question) => void (question === "measure" ? measure() : tellConnections()));

/** Little to find out, so that it can be asked again and again. */
function tellConnections(): void {
  process.send?.({ connections: process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length });
}

/** Stops the gateway for as long as it takes to go over the whole heap several times. */
async function measure(): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("run with --expose-gc");
  const counted = {
    requests: queryObjects(LiveRequest, { format: "count" }),
    sockets: queryObjects(WebSocket, { format: "count" }),
    signals: queryObjects(AbortSignal, { format: "count" }),
  };
  await turn();
  gc();
  process.send?.({
    ...counted,
    heapBytes: process.memoryUsage().heapUsed,
    timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length,
  });
}
