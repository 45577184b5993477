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
  const inHand = new Map<DeliveryInHand, { hasArrived: boolean }>();
  return {
    begin() {
      const state = { hasArrived: false };
      const delivery: DeliveryInHand = {
        since: readClocks(),
        arrived() {
          state.hasArrived = true;
        },
        end() {
          inHand.delete(delivery);
        },
      };
      inHand.set(delivery, state);
      return delivery;
    },
    oldest(now) {
      let oldest: Moment | undefined;
      for (const [{ since }, { hasArrived }] of inHand) {
        if (!hasArrived && now.up - since.up > ARRIVAL_MS) continue;
        oldest = earlier(since, oldest);
      }
      return oldest;
    },
    count: () => inHand.size,
  };
}
