import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import {
  createOpenLinesClient,
  type Gap,
  type Handlers,
  type Loss,
  type OpenLinesClient,
  type OpenLinesClientOptions,
  type SubscriptionEnded,
} from "../../client/src/main.ts";
import { messageForm, postForm } from "../campaign/live/event-sender.ts";
import type { ChatPlace } from "../campaign/live/installed-portal.ts";
import { eventually } from "../kit/until.ts";
import type { Sender } from "../subscriptions/deliveries.ts";

export const EVENTS = `subscription Events($after: EventCursor) {
  openLineEvents(after: $after, checkpoints: true) {
    __typename
    cursor
    ... on MessageAdded { content { text } }
    ... on StreamGap { since until refetchAfterMs }
  }
}`;

/** A client in this process that ends with the test, with short times so that a dead connection is noticed soon. */
export function openClient(options: OpenLinesClientOptions): OpenLinesClient {
  const client = createOpenLinesClient({ webSocketImpl: WebSocket, pingEveryMs: 400, pongWithinMs: 1_500, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** What a subscriber was told. */
export interface Listener {
  readonly texts: string[];
  readonly gaps: Gap[];
  readonly losses: Loss[];
  readonly ends: SubscriptionEnded[];
  readonly stop: () => void;
}

interface ListenOptions extends Pick<Handlers<Record<string, unknown>>, "lost"> {
  readonly name?: string;
  readonly after?: string;
}

export function listen(client: OpenLinesClient, { name, after, lost }: ListenOptions = {}): Listener {
  const texts: string[] = [];
  const gaps: Gap[] = [];
  const losses: Loss[] = [];
  const ends: SubscriptionEnded[] = [];
  const stop = client.subscribe<{ readonly openLineEvents: unknown }>(
    EVENTS,
    { name, variables: { after } },
    {
      next({ openLineEvents }) {
        texts.push(textOf(openLineEvents));
      },
      gap: (gap) => gaps.push(gap),
      lost(loss) {
        losses.push(loss);
        return lost?.(loss);
      },
      error: (end) => ends.push(end),
    },
  );
  return { texts, gaps, losses, ends, stop };
}

function textOf(event: unknown): string {
  return /"text":"([^"]*)"/.exec(JSON.stringify(event))?.[1] ?? JSON.stringify(event);
}

export interface Writer {
  /** Texts of all that the gateway took, in order. */
  readonly taken: string[];
  write(howMany?: number): Promise<void>;
}

/** Posts numbered messages as the portal does, each once. */
export function createWriter(origin: string, place: ChatPlace, sender: Sender): Writer {
  const taken: string[] = [];
  let count = 0;
  return {
    taken,
    async write(howMany = 1) {
      for (let each = 0; each < howMany; each += 1) {
        count += 1;
        const text = `message ${count}`;
        const status = await postForm(origin, messageForm({ text, place, direction: "OUTGOING" }, sender));
        if (status !== 200) throw new Error(`${text} was answered ${status}`);
        taken.push(text);
      }
    },
  };
}

/** Waits until the connection stands and the subscription's place is known. */
export async function heardFirst(client: OpenLinesClient, listener: Listener, writer: Writer): Promise<void> {
  await eventually(() => {
    if (client.connection.state().phase !== "connected") throw new Error("not connected");
  });
  await heardAll(listener, writer);
}

/** Waits until the last of what was taken has come, and a little traffic behind it, so that what comes twice has come. */
export async function heardAll(listener: Listener, writer: Writer): Promise<void> {
  await writer.write(1);
  const last = writer.taken.at(-1);
  await eventually(() => {
    if (last === undefined || !listener.texts.includes(last)) throw new Error(`${last} has not come`);
  });
}
