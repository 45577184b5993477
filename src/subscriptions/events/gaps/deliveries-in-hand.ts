import { earlier, type Moment } from "./moment.ts";

/** One delivery that was begun and not answered yet. */
export interface DeliveryInHand {
  /** When its first bytes were read. */
  readonly since: Moment;
  /** It is here as a whole and being kept. */
  arrived(): void;
  /** It was answered, or its sender has gone. */
  end(): void;
}

/** What would be lost if this process ended now. */
export interface DeliveriesInHand {
  begin(): DeliveryInHand;
  oldest(now: Moment): Moment | undefined;
  count(): number;
}

/** Whoever sends the rest of a delivery later than this is no portal; he must not keep the heartbeat back. */
const ARRIVAL_MS = 10_000;

export function createDeliveriesInHand(readClocks: () => Moment): DeliveriesInHand {
  /** In the order of their beginning. */
  const inHand = new Set<InHand>();
  return {
    begin: () => new InHand(readClocks(), inHand),
    oldest(now) {
      let oldest: Moment | undefined;
      for (const { since, hasArrived } of inHand) {
        if (!hasArrived && now.up - since.up > ARRIVAL_MS) continue;
        oldest = earlier(since, oldest);
      }
      return oldest;
    },
    count: () => inHand.size,
  };
}

/** A class, because there is one for each delivery. */
class InHand implements DeliveryInHand {
  readonly since: Moment;
  readonly #all: Set<InHand>;
  hasArrived = false;

  constructor(since: Moment, all: Set<InHand>) {
    this.since = since;
    this.#all = all;
    all.add(this);
  }

  arrived(): void {
    this.hasArrived = true;
  }

  end(): void {
    this.#all.delete(this);
  }
}
