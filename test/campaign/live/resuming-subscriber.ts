import { connectSocket, type SocketClient, type StreamResult } from "../../kit/socket-client.ts";
import { until } from "../../kit/until.ts";
import type { SentEvent } from "./event-sender.ts";

/** What a subscription asks for, and which of the sender's events that is. */
export interface Interest {
  readonly field: "openLineEvents" | "messageAdded";
  /** GraphQL text of the filter; empty for none. */
  readonly filter: string;
  readonly matches: (event: SentEvent) => boolean;
}

/** A client that goes on after its last cursor whenever its socket ends. */
export interface ResumingSubscriber {
  readonly interest: Interest;
  /** Texts of the events in the order of their arrival. */
  readonly texts: readonly string[];
  /** Gaps that were told, whether as an event or as an error. */
  readonly gaps: readonly { readonly since: string; readonly until: string }[];
  /** Errors other than gaps. */
  readonly problems: readonly unknown[];
  /** How often it has connected. */
  connections(): number;
  /** Stops reading its socket, so that the system's buffers fill and the gateway cannot write any more. */
  stall(): void;
  /** Reads again. */
  goOn(): void;
  close(): Promise<void>;
}

export interface SubscriberOptions {
  readonly interest: Interest;
  readonly key: string;
  /** Where it begins. */
  readonly cursor: string;
  /** Origin to connect to; asked each time. */
  readonly target: () => string;
  /** Asks for each text this many times, so that results are large. */
  readonly copies?: number;
}

/** Interests of many kinds over the given places; each is used by several subscribers. */
export function mixedInterests(
  places: readonly { readonly lineId: number; readonly connectorId: string }[],
): Interest[] {
  const lines = [...new Set(places.map((place) => place.lineId))];
  const connectors = [...new Set(places.map((place) => place.connectorId))];
  const interests: Interest[] = [
    { field: "openLineEvents", filter: "", matches: () => true },
    {
      field: "openLineEvents",
      filter: "kinds: [MESSAGE_ADDED], directions: [OUTGOING]",
      matches: ({ direction }) => direction === "OUTGOING",
    },
    {
      field: "messageAdded",
      filter: "directions: [INCOMING]",
      matches: ({ direction }) => direction === "INCOMING",
    },
  ];
  for (const line of lines) {
    interests.push(
      { field: "openLineEvents", filter: `lineIds: ["${line}"]`, matches: ({ place }) => place.lineId === line },
      {
        field: "messageAdded",
        filter: `lineIds: ["${line}"], directions: [OUTGOING]`,
        matches: ({ place, direction }) => place.lineId === line && direction === "OUTGOING",
      },
    );
  }
  for (const connector of connectors) {
    interests.push({
      field: "messageAdded",
      filter: `connectorIds: ["${connector}"]`,
      matches: ({ place }) => place.connectorId === connector,
    });
  }
  return interests;
}

export function documentOf({ field, filter }: Interest, copies = 1): string {
  const content = ["text", ...Array.from({ length: copies - 1 }, (_, index) => `text${index}: text`)].join(" ");
  const given = filter === "" ? "" : `, filter: { ${filter} }`;
  const selection =
    field === "messageAdded"
      ? `cursor content { ${content} }`
      : `cursor ... on MessageAdded { content { ${content} } } ... on StreamGap { since until }`;
  return `subscription ($after: EventCursor) { event: ${field}(after: $after${given}) { ${selection} } }`;
}

interface Delivered {
  readonly cursor: string;
  readonly content?: { readonly text: string };
  readonly since?: string;
  readonly until?: string;
}

/** Connects at once; resolves when the subscription is open. */
export async function startSubscriber(options: SubscriberOptions): Promise<ResumingSubscriber> {
  const { interest, key, target } = options;
  const query = documentOf(interest, options.copies);
  const texts: string[] = [];
  const gaps: { since: string; until: string }[] = [];
  const problems: unknown[] = [];
  let { cursor } = options;
  let connections = 0;
  let isClosing = false;
  let client: SocketClient | undefined;

  function take({ data, errors }: StreamResult): void {
    for (const error of errors ?? []) {
      const { code, since, until: end, cursor: at } = error.extensions ?? {};
      if (code !== "STREAM_GAP" || typeof at !== "string") problems.push(error);
      else {
        gaps.push({ since: String(since), until: String(end) });
        cursor = at;
      }
    }
    // The document above asked for exactly this.
    const event = data?.event as Delivered | null | undefined;
    if (event === null || event === undefined) return;
    cursor = event.cursor;
    if (event.content !== undefined) texts.push(event.content.text);
    else if (event.since !== undefined) gaps.push({ since: event.since, until: event.until ?? "" });
  }

  async function connect(): Promise<void> {
    client = await connectSocket(target(), { key });
    connections += 1;
    const stream = client.open(query, { variables: { after: cursor }, onResult: take });
    void stream.ended.then(() => {
      const refused = stream.refused();
      if (refused !== undefined) problems.push(...refused);
    });
    void client.closed.then(resume);
    await client.settled();
  }

  async function resume(): Promise<void> {
    await until(async () => {
      if (isClosing) return true;
      try {
        await connect();
        return true;
      } catch {
        return false;
      }
    }, 60_000);
  }

  await connect();
  return {
    interest,
    texts,
    gaps,
    problems,
    connections: () => connections,
    stall: () => client?.socket.pause(),
    goOn: () => client?.socket.resume(),
    async close() {
      isClosing = true;
      await client?.close();
    },
  };
}

/** Every fault of what a subscriber saw, as sentences; an empty list is the promise kept. `placeInLog` tells the order that all share. */
export function faultsOf(
  subscriber: ResumingSubscriber,
  sent: { readonly accepted: readonly SentEvent[]; readonly doubtful: readonly SentEvent[] },
  placeInLog: ReadonlyMap<string, number>,
): string[] {
  const { matches } = subscriber.interest;
  const faults = subscriber.problems.map((problem) => `problem ${JSON.stringify(problem)}`);
  const wanted = new Set(sent.accepted.filter(matches).map(({ text }) => text));
  const possible = new Set(sent.doubtful.filter(matches).map(({ text }) => text));
  const seen = new Set<string>();
  const lastOfLane = new Map<string, number>();
  let lastPlace = -1;
  for (const text of subscriber.texts) {
    if (seen.has(text)) faults.push(`twice: ${text}`);
    seen.add(text);
    if (!wanted.has(text) && !possible.has(text)) faults.push(`not for this filter, or never sent: ${text}`);
    const [lane = "", number = ""] = text.split(".");
    if (Number(number) <= (lastOfLane.get(lane) ?? -1)) faults.push(`out of order in its lane: ${text}`);
    lastOfLane.set(lane, Number(number));
    const place = placeInLog.get(text) ?? -1;
    if (place <= lastPlace) faults.push(`not in the order of the log: ${text}`);
    lastPlace = place;
  }
  for (const text of wanted) if (!seen.has(text)) faults.push(`lost: ${text}`);
  return faults;
}
