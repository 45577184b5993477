import type { EventSource } from "../event-source.ts";
import type { Receiver } from "./receiver.ts";

/** The receiver costs nothing while nothing comes: it takes deliveries as long as the server listens. */
export function createReceiverSource(receiver: () => Receiver | undefined): EventSource {
  return {
    kind: "receiver",
    // Only an installed application is sent events, and only its portal has told who it is.
    sees: ({ memberId }) => (memberId === undefined ? "nothing" : "everything"),
    wanted() {},
    start() {},
    stop: () => Promise.resolve(),
    state: () => receiver()?.stats() ?? {},
  };
}
