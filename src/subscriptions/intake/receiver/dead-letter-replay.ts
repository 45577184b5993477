import { parseDelivery } from "../../../datasources/bitrix24/delivery-body.ts";
import { readEnvelope } from "../../../datasources/bitrix24/event-envelope.ts";
import { UnreadableForm } from "../../../datasources/bitrix24/form-body.ts";
import type { DeadLetterLog } from "../../../storage/dead-letter-log.ts";
import type { EventLog } from "../../events/event-log.ts";
import type { StoredEvent } from "../../events/stored-event.ts";
import { decodeEvent } from "../decoding/events.ts";
import { deliveryKey } from "./delivery.ts";

export interface ReplayReport {
  /** Letters whose events are now in the log. */
  readonly replayed: number;
  /** Letters that are still not understood. */
  readonly remaining: number;
}

const PAGE = 100;

/**
 * Decodes dead letters again: a later version may understand what an earlier one put aside. What is understood is appended (its time of
 * dispatch stays, its place in the log is the end) and then removed; a crash in between repeats it under the same delivery key.
 * Rejects with `StorageUnavailable`.
 */
export async function replayDeadLetters(deadLetters: DeadLetterLog, log: EventLog): Promise<ReplayReport> {
  let replayed = 0;
  let remaining = 0;
  for (const portal of await deadLetters.portals()) {
    let after: string | undefined;
    for (;;) {
      const letters = await deadLetters.list(portal, after === undefined ? { limit: PAGE } : { after, limit: PAGE });
      for (const letter of letters) {
        after = letter.id;
        const found = decodeAgain(portal, letter.body);
        if (found === undefined) {
          remaining += 1;
          continue;
        }
        await log.append(portal, found.events, found.key);
        await deadLetters.remove(portal, letter.id);
        replayed += 1;
      }
      if (letters.length < PAGE) break;
    }
  }
  return { replayed, remaining };
}

function decodeAgain(portal: string, body: string): { events: readonly StoredEvent[]; key: string } | undefined {
  try {
    const envelope = readEnvelope(parseDelivery(body));
    if (envelope === undefined) return undefined;
    const decoded = decodeEvent(envelope);
    return decoded.kind === "decoded"
      ? { events: decoded.events, key: deliveryKey(portal, envelope, decoded.events) }
      : undefined;
  } catch (error) {
    if (error instanceof UnreadableForm) return undefined;
    throw error;
  }
}
