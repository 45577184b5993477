import { readEnvelope } from "../../../../src/datasources/bitrix24/event-envelope.ts";
import { parseForm } from "../../../../src/datasources/bitrix24/form-body.ts";
import type { StoredEvent } from "../../../../src/subscriptions/events/stored-event.ts";
import { type DecodedEvent, decodeEvent } from "../../../../src/subscriptions/intake/decoding/events.ts";
import { delivery } from "../../deliveries.ts";
import { type PhpValue, phpForm } from "../../php-form.ts";

export type Fields = { readonly [key: string]: PhpValue };

const sender = { memberId: "a223c6b3710f85df22e9377d6c4f7553", applicationToken: "51856fefc120afa4b628cc82d3935cce" };
/** The `ts` of `delivery`, as it is stored. */
export const dispatchedAt = "2026-03-17T14:52:41.000Z";

/** Through the real encoding and parsing, as a delivery travels. */
export function decode(body: string): DecodedEvent {
  const envelope = readEnvelope(parseForm(body));
  if (envelope === undefined) throw new Error("the body names no event");
  return decodeEvent(envelope);
}

export function decodeData(event: string, data: Fields): DecodedEvent {
  return decode(phpForm(delivery(event, data, sender)));
}

export function eventsOf(decoded: DecodedEvent): readonly StoredEvent[] {
  if (decoded.kind !== "decoded") throw new Error(`not decoded: ${JSON.stringify(decoded)}`);
  return decoded.events;
}
