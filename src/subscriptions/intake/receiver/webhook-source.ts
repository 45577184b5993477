import type { EventSource } from "../event-source.ts";

/** Outgoing webhooks of portals in which no application is installed; like the receiver, it costs nothing while nothing comes. */
export function createWebhookSource(hosts: ReadonlySet<string>, state: () => object): EventSource {
  return {
    kind: "webhook",
    sees: ({ host, memberId }) => (memberId === undefined && hosts.has(host) ? "sessions" : "nothing"),
    wanted() {},
    start() {},
    stop: () => Promise.resolve(),
    state,
  };
}
