import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { type RunningWatch, watchRunning } from "../../../../src/subscriptions/events/gaps/running-watch.ts";
import { startOwnClock } from "../../../kit/own-time.ts";
import { eventually, until } from "../../../kit/until.ts";

function watch(): RunningWatch {
  const watching = watchRunning();
  onTestFinished(watching.close);
  return watching;
}

/** Nothing else of this process runs meanwhile. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

it("a time in which the process did not run is told", async () => {
  const watching = watch();
  const ran = startOwnClock();
  await until(() => ran() >= 100);
  standStill(400);
  await until(() => ran() >= 200);
  expect(watching.longestPauseMs()).toBeGreaterThan(300);
});

it.runIf(process.platform === "linux")(
  "connections that the system turns away while the process stands still are told of, over real sockets",
  async () => {
    // Nobody takes connections off the queue of this server: it is as if its process stood still.
    const server = createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const watching = watch();
    const clients = Array.from({ length: 20 }, () => connect(port, "127.0.0.1"));
    onTestFinished(async () => {
      for (const client of clients) client.destroy();
      await new Promise((closed) => server.close(closed));
    });
    for (const client of clients) client.on("error", () => undefined);
    // They are begun in the next turn; before the one after, in which the server would take them, the queue is full.
    process.nextTick(() => standStill(300));
    await eventually(() => expect(watching.turnedAway()).toBe(true));
  },
);
