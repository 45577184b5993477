import { randomBytes } from "node:crypto";
import type { World } from "../world/world.ts";

/** A webhook by which the portal posts chosen events to an address; its form shows the token. */
export interface OutgoingWebhook {
  id: number;
  handlerUrl: string;
  /** Event codes in upper case. */
  events: readonly string[];
  /** The secret of its deliveries; every webhook has its own. */
  applicationToken: string;
}

/** What its form offers: the events of activities, and on some portals those of Open Channels. */
const offered: readonly string[] = [
  "ONCRMACTIVITYADD",
  "ONCRMACTIVITYUPDATE",
  "ONCRMACTIVITYDELETE",
  "ONOPENLINEMESSAGEADD",
  "ONOPENLINEMESSAGEUPDATE",
  "ONOPENLINEMESSAGEDELETE",
  "ONSESSIONSTART",
  "ONSESSIONFINISH",
];

export interface OutgoingWebhooks {
  /** @param events codes in any case; default all that are offered */
  create(handlerUrl: string, events?: readonly string[]): OutgoingWebhook;
  remove(id: number): void;
  list(): readonly OutgoingWebhook[];
  /** Those that want the event. */
  receivers(code: string): OutgoingWebhook[];
}

/** The portal's outgoing webhooks; all are gone when it ends. */
export function createOutgoingWebhooks(world: World): OutgoingWebhooks {
  const webhooks = new Map<number, OutgoingWebhook>();
  return {
    create(handlerUrl, events = offered) {
      const codes = events.map((event) => event.toUpperCase());
      const unknown = codes.find((code) => !offered.includes(code));
      if (unknown !== undefined) throw new Error(`${unknown} cannot be chosen for an outgoing webhook`);
      const id = world.next.handler;
      world.next.handler += 2;
      const webhook = { id, handlerUrl, events: codes, applicationToken: randomBytes(16).toString("hex") };
      webhooks.set(id, webhook);
      return webhook;
    },
    remove(id) {
      if (!webhooks.delete(id)) throw new Error(`No outgoing webhook ${id} in the simulated portal`);
    },
    list: () => [...webhooks.values()],
    receivers: (code) => [...webhooks.values()].filter(({ events }) => events.includes(code)),
  };
}
