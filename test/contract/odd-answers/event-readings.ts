import { readEnvelope } from "../../../src/datasources/bitrix24/event-envelope.ts";
import { parseForm } from "../../../src/datasources/bitrix24/form-body.ts";
import { WireError } from "../../../src/datasources/bitrix24/wire.ts";
import { decodeActivityEvent } from "../../../src/subscriptions/intake/decoding/activity-event.ts";
import { decodeEvent } from "../../../src/subscriptions/intake/decoding/events.ts";
import { decodeQueuedEvent } from "../../../src/subscriptions/intake/polling/queued-event.ts";
import documentedEvents from "../../fixtures/events.json" with { type: "json" };
import { portalPayloads } from "../../subscriptions/deliveries.ts";
import { type PhpValue, phpForm } from "../../subscriptions/php-form.ts";
import { type EventReading, place } from "./readings.ts";

/** What an event becomes; `undefined` for one that is set aside whole. */
type Told = unknown;

/** Through the form that it travels in, where everything is text. */
function delivered(event: string, answer: unknown): Told {
  const envelope = readEnvelope(parseForm(phpForm({ event, ts: 1773759161, ...asFields(answer) })));
  if (envelope === undefined) throw new Error("the body names no event");
  const activity = decodeActivityEvent(envelope);
  const decoded = activity.kind === "unknown" ? decodeEvent(envelope) : activity;
  return decoded.kind === "undecodable" ? undefined : decoded;
}

function asFields(value: unknown): { readonly [key: string]: PhpValue } {
  const fields: { [key: string]: PhpValue } = {};
  for (const [key, entry] of Object.entries(Object(value))) fields[key] = entry as PhpValue;
  return fields;
}

function queued(type: string, data: unknown): Told {
  try {
    return decodeQueuedEvent({ eventId: "11", type, date: "2026-06-01T10:00:00+02:00", data });
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** What an event cannot be one without, and what tells which way it went: without the one it is set aside, without the other more is not told. */
const ESSENTIAL =
  "data(\\.(CONNECTOR|DATA|FIELDS))?|data\\.FIELDS\\.ID|data\\.DATA(\\.\\d+)?(\\.(connector|im|message|chat))?|data\\.DATA(\\.\\d+)?\\.(im\\.\\w+|message\\.(id(\\.\\d+)?|chat_id|system|user_id))";

function ofPortal(event: string, name: keyof typeof portalPayloads): EventReading {
  return {
    kind: "event",
    method: `${event} ${name}`,
    answer: { data: portalPayloads[name] },
    essential: place(ESSENTIAL),
    read: (answer) => delivered(event, answer),
  };
}

const documented = documentedEvents
  .filter(({ code }) => /^ON(OPENLINE|SESSION)/.test(code))
  .map(
    ({ code, example }): EventReading => ({
      kind: "event",
      method: `${code} documented`,
      answer: { data: example.documentedJson.data },
      essential: place(ESSENTIAL),
      read: (answer) => delivered(code, answer),
    }),
  );

const queuedData = {
  message: {
    id: 90600,
    chatId: 2051,
    authorId: 31,
    date: "2026-06-01T10:00:00+02:00",
    text: "Good morning",
    isSystem: false,
    params: { CONNECTOR_MID: ["ext-1", "ext-2"], FILE_ID: [5437] },
  },
  chat: {
    id: 2051,
    entityType: "LINES",
    entityId: "telegrambot|6|channel-123|587",
    entityData3: "N",
  },
  user: { id: 31, connector: false },
};

const fromQueue = [
  ["ONIMV2MESSAGEADD", queuedData],
  ["ONIMV2MESSAGEADD of a customer", { ...queuedData, user: { id: 31, connector: true } }],
  ["ONIMV2MESSAGEUPDATE", queuedData],
  ["ONIMV2MESSAGEDELETE", { messageId: 90600, chat: queuedData.chat, user: queuedData.user }],
].map(
  ([type, data]): EventReading => ({
    kind: "event",
    method: String(type),
    answer: { data },
    essential: place("data|data\\.chat(\\.entityType)?|data\\.message|data\\.messageId"),
    read: (answer) => queued(String(type).split(" ")[0] ?? "", Object(answer).data),
  }),
);

/** What portals post, in both shapes of the five events, of activities, and what is polled from a user's queue. */
export const eventReadings: readonly EventReading[] = [
  ofPortal("ONOPENLINEMESSAGEADD", "customerWrites"),
  ofPortal("ONOPENLINEMESSAGEADD", "operatorWrites"),
  ofPortal("ONOPENLINEMESSAGEADD", "systemWrites"),
  ofPortal("ONOPENLINEMESSAGEUPDATE", "customerEdits"),
  ofPortal("ONOPENLINEMESSAGEUPDATE", "operatorEdits"),
  ofPortal("ONOPENLINEMESSAGEDELETE", "customerDeletes"),
  // Of a list with several ids of one message the items make one event.
  {
    ...ofPortal("ONOPENLINEMESSAGEDELETE", "operatorDeletes"),
    answer: { data: { ...portalPayloads.operatorDeletes, DATA: portalPayloads.operatorDeletes.DATA.slice(2) } },
  },
  ofPortal("ONSESSIONSTART", "sessionChanges"),
  ofPortal("ONSESSIONFINISH", "sessionChanges"),
  ...documented,
  {
    kind: "event",
    method: "ONCRMACTIVITYUPDATE",
    answer: { data: { FIELDS: { ID: 9120 } } },
    essential: place(ESSENTIAL),
    read: (answer) => delivered("ONCRMACTIVITYUPDATE", answer),
  },
  ...fromQueue,
];
