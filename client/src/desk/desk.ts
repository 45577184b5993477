import type { OpenLinesClient } from "../client.ts";
import type { TextStorage } from "../cursors.ts";
import { createDrafts, type Drafts } from "./drafts.ts";
import { createOutbox, type Outbox } from "./outbox.ts";

/** What one person works with: it outlives the views on it. */
export interface Desk {
  readonly client: OpenLinesClient;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  /** Ends the client too. */
  close(): void;
}

export interface DeskOptions {
  /** Where drafts outlive the page, such as `localStorage`; with a `person` also messages that are not settled. */
  readonly storage?: TextStorage | undefined;
  /** Whose desk it is, such as a user's id: what one person began in this browser is never sent as another. */
  readonly person?: string | undefined;
}

export function createDesk(client: OpenLinesClient, { storage, person }: DeskOptions = {}): Desk {
  const outbox = createOutbox(client, person === undefined ? {} : { storage, name: `open-lines outbox of ${person}` });
  return {
    client,
    outbox,
    drafts: createDrafts(storage, person),
    close() {
      outbox.close();
      client.close();
    },
  };
}
