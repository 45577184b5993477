import { openEventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { messageEvent } from "./sample-events.ts";

// Twenty workers append until the process is ended; what is refused is tried again. Each line tells what became of one append:
// "kept <text>", "known <text>" or "refused <name of the error> ready=<isReady>".
// Arguments: data directory, portal, length of the padding of an event, milliseconds between two appends of a worker.
const [directory = "", portal = "", padding = "0", pauseMs = "0"] = process.argv.slice(2);
const storage = await openEventStorage({ kind: "lmdb", directory });
process.on("unhandledRejection", () => process.stdout.write("unhandled rejection\n"));
process.stdout.write("opened\n");

async function append(text: string): Promise<boolean> {
  try {
    const { duplicate } = await storage.log.append(portal, [messageEvent(text + "x".repeat(Number(padding)))], text);
    process.stdout.write(`${duplicate ? "known" : "kept"} ${text}\n`);
    return true;
  } catch (error) {
    process.stdout.write(
      `refused ${error instanceof Error ? error.name : "?"} ready=${storage.problem() === undefined}\n`,
    );
    return false;
  }
}

for (let worker = 0; worker < 20; worker += 1) {
  void (async () => {
    for (let n = 0; ; ) {
      if (await append(`${worker}.${n}.`)) {
        n += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, Number(pauseMs)));
    }
  })();
}
