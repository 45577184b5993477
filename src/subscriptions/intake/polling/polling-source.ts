import type { PortalRef } from "../../../datasources/bitrix24/portal-ref.ts";
import { guard } from "../../../process/guard.ts";
import type { EventSource } from "../event-source.ts";
import type { EventPolling } from "./event-polling.ts";

export interface PollingSourceOptions {
  readonly polling: EventPolling;
  /** The portal of the webhook whose owner's dialogs are polled. */
  readonly portal: PortalRef;
  readonly isListenedTo: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** Polling goes on this long after the last stream, for clients that come back. */
const REST_MS = 10 * 60_000;
const LOOK_MS = 60_000;

/** Polls only while somebody listens: the portal keeps the events of a day, and each look costs of its allowance. */
export function createPollingSource({ polling, portal, isListenedTo, onError }: PollingSourceOptions): EventSource {
  let wantedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  function rest(): void {
    if (isListenedTo()) wantedAt = performance.now();
    else if (performance.now() - wantedAt > REST_MS) polling.stop().catch(onError);
  }

  return {
    kind: "polling",
    sees: ({ host, memberId }) => (memberId === undefined && host === portal.host ? "owner" : "nothing"),
    wanted() {
      wantedAt = performance.now();
      polling.start();
    },
    start() {
      timer = setInterval(guard("the rest of the polling", rest), LOOK_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await polling.stop();
    },
    state: () => polling.state(),
  };
}
