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
  /** Where drafts outlive the page, such as `localStorage`. */
  readonly storage?: TextStorage | undefined;
}

export function createDesk(client: OpenLinesClient, { storage }: DeskOptions = {}): Desk {
  const outbox = createOutbox(client);
  return {
    client,
    outbox,
    drafts: createDrafts(storage),
    close() {
      outbox.close();
      client.close();
    },
  };
}
