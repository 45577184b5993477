import { openStorage } from "../../../src/subscriptions/storage/open-storage.ts";
import { messageEvent } from "./sample-events.ts";

// Appends until it is ended. Each line tells what became of one append: "kept <text>" or "refused <name of the error>".
// Arguments: data directory, portal, length of the padding of an event, milliseconds between two rounds.
const [directory = "", portal = "", padding = "0", pauseMs = "0"] = process.argv.slice(2);
const storage = await openStorage({ kind: "lmdb", directory });
process.on("unhandledRejection", () => process.stdout.write("unhandled rejection\n"));
process.stdout.write("opened\n");

for (let round = 0; ; round += 1) {
  await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const text = `${round}.${n}.`;
      try {
        await storage.log.append(portal, [messageEvent(text + "x".repeat(Number(padding)))], text);
        process.stdout.write(`kept ${text}\n`);
      } catch (error) {
        process.stdout.write(`refused ${error instanceof Error ? error.name : "?"} ready=${storage.isReady()}\n`);
      }
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, Number(pauseMs)));
}
