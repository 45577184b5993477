import { guard, inBackground } from "../process/guard.ts";
import { createListeners } from "./listeners.ts";
import { connectRedis } from "./redis-connection.ts";

/** Tells this process of changes made by any process. */
export interface ChangeFeed {
  follow(portal: string, changed: () => void): () => void;
  isReady(): boolean;
  close(): void;
}

/**
 * One connection of this process that listens on the channels of the portals somebody here follows. Channels carry hints only; the events
 * are read from the streams. So nothing depends on a hint that was missed: after every (re)connection all followers are called.
 * Blocking reads of the streams themselves would have to be broken off and sent again, with all portals, at every change.
 */
export function openChangeFeed(url: string, channelOf: (portal: string) => string): ChangeFeed {
  const portalsByChannel = new Map<string, string>();

  async function subscribe(portals: readonly string[]): Promise<void> {
    const channels = portals.map((portal) => {
      const channel = channelOf(portal);
      portalsByChannel.set(channel, portal);
      return channel;
    });
    if (channels.length === 0 || !connection.isReady()) {
      return;
    }
    try {
      await connection.client.subscribe(...channels);
    } catch {
      // Without its channels the connection is of no use; a new one subscribes to all again.
      if (connection.isReady()) {
        connection.client.disconnect(true);
      }
      return;
    }
    // What was appended before the subscription stood was not announced.
    for (const portal of portals) {
      listeners.notify(portal);
    }
  }

  const listeners = createListeners({
    first: (portal) => inBackground("following a portal's events", () => subscribe([portal])),
    last: (portal) => {
      const channel = channelOf(portal);
      portalsByChannel.delete(channel);
      if (connection.isReady()) {
        connection.client.unsubscribe(channel).catch(() => {
          // Away meanwhile: the next connection does not subscribe to it.
        });
      }
    },
  });
  const connection = connectRedis(url, "b24oc-changes", () => subscribe(listeners.portals()));
  connection.client.on(
    "message",
    guard("a message of Redis", (channel: string) => {
      const portal = portalsByChannel.get(channel);
      if (portal !== undefined) {
        listeners.notify(portal);
      }
    }),
  );

  return {
    follow: (portal, changed) => listeners.add(portal, changed),
    isReady: () => connection.isReady(),
    close: () => connection.close(),
  };
}
