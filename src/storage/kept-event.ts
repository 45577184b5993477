import { CorruptEvent, type EventCodec, type Kept, type Logged, type Position } from "./log.ts";
import { decodeLogRecord } from "./log-record.ts";

/** A class, because there is one for each event that a reader which is behind is handed. */
export class KeptEvent<Event> implements Kept<Event> {
  readonly position: Position;
  readonly text: string;
  readonly #portal: string;
  readonly #codec: EventCodec<Event>;

  constructor(portal: string, position: Position, text: string, codec: EventCodec<Event>) {
    this.position = position;
    this.text = text;
    this.#portal = portal;
    this.#codec = codec;
  }

  decode(): Logged<Event> | null {
    const { position } = this;
    try {
      const { event, receivedAt } = decodeLogRecord(this.text, this.#codec);
      return event === null ? null : { position, receivedAt, event };
    } catch (error) {
      throw new CorruptEvent(this.#portal, position, { cause: error });
    }
  }
}

/** Adds what a page holds to what was found before. False: one cannot be decoded, and those before it are to be answered first. */
export function decodeInto<Event>(found: Logged<Event>[], page: readonly Kept<Event>[]): boolean {
  for (const kept of page) {
    try {
      const logged = kept.decode();
      if (logged !== null) found.push(logged);
    } catch (error) {
      if (found.length > 0) return false;
      throw error;
    }
  }
  return true;
}
