import type { Id } from "../../datasources/domain/ids.ts";
import type { ChatStoredEvent, EventCriteria } from "../events/event-filter.ts";

/**
 * What a subscription field asked for. The field's `subscribe` returns it in place of a stream: the pipeline opens a reader for it and executes
 * equal subscriptions together. It is an async iterable only because graphql-js insists on one.
 */
export class LiveRequest implements AsyncIterable<never> {
  readonly criteria: EventCriteria;
  /** Cursor to go on after; undefined: from now on. */
  readonly after: string | undefined;
  readonly checkpoints: boolean;
  /** How a gap is told: as an event of the field, or as an error with a code. */
  readonly gaps: "event" | "error";

  constructor(
    criteria: EventCriteria,
    options: { after: string | undefined; checkpoints: boolean; gaps: "event" | "error" },
  ) {
    this.criteria = criteria;
    this.after = options.after;
    this.checkpoints = options.checkpoints;
    this.gaps = options.gaps;
  }

  // biome-ignore lint/correctness/useYield: never iterated
  async *[Symbol.asyncIterator](): AsyncGenerator<never> {
    throw new Error("a live request is opened by the operation pipeline");
  }
}

/** An event that is being delivered. */
export interface EventInHand {
  readonly event: ChatStoredEvent;
  /** Its chat, looked for where something needs it; null when it cannot be told. Rejects with `EventWithheld` when it is not told in time. */
  chat(): Id | null | Promise<Id | null>;
  /** When this process first had it; milliseconds of the monotonic clock. */
  readonly seenAt: number;
}

/** Root value of one execution for an event. */
export interface LiveDelivery {
  readonly cursor: string;
  readonly receivedAt: Date;
  readonly content:
    | {
        readonly kind: "event";
        readonly event: ChatStoredEvent;
      }
    | { readonly kind: "gap"; readonly since: Date; readonly until: Date; readonly refetchAfterMs: number }
    | { readonly kind: "checkpoint" };
}
