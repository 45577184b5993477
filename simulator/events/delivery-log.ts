import type { PostOutcome } from "./posting.ts";

/** One POST of one event to one handler. */
export interface DeliveryRecord {
  /** Counts up from 1 in the order in which the portal noticed the changes. */
  number: number;
  event: string;
  handler: string;
  /** The portal's chat and message; absent where the event has none. */
  chatId?: number;
  messageId?: number;
  /** Ids of the message in the channel. */
  externalIds: readonly string[];
  outcome: { kind: "pending" } | { kind: "answered"; status: number } | { kind: "failed"; reason: string };
}

export interface DeliveryCounts {
  /** Changes that caused an event: in Open Channels whether or not a handler was bound, in the CRM only if one was. */
  events: number;
  /** POSTs to handlers; each is made once. */
  posts: number;
  pending: number;
  /** POSTs answered with a status from 200 to 299. */
  accepted: number;
  /** POSTs answered with another status. */
  refused: number;
  /** POSTs without an answer. */
  failed: number;
  /** POSTs by event code. */
  byEvent: Record<string, number>;
  /** Answers by status. */
  byStatus: Record<string, number>;
}

export interface DeliveryReport extends DeliveryCounts {
  /** The newest 200,000 deliveries, oldest first. */
  records: readonly DeliveryRecord[];
}

export type DeliverySubject = Omit<DeliveryRecord, "number" | "outcome">;

export interface DeliveryLog {
  noticed(): void;
  begin(subject: DeliverySubject): DeliveryRecord;
  end(record: DeliveryRecord, outcome: PostOutcome): void;
  counts(): DeliveryCounts;
  report(): DeliveryReport;
  reset(): void;
}

const keptRecords = 200_000;

const noCounts = (): DeliveryCounts => ({
  events: 0,
  posts: 0,
  pending: 0,
  accepted: 0,
  refused: 0,
  failed: 0,
  byEvent: {},
  byStatus: {},
});

function addOne(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** What the portal sent and what it was answered, so that it can be compared with what subscribers received. */
export function createDeliveryLog(): DeliveryLog {
  let current = noCounts();
  let records: DeliveryRecord[] = [];
  const pending = new Set<DeliveryRecord>();
  let last = 0;
  const counts = (): DeliveryCounts => ({
    ...current,
    pending: pending.size,
    byEvent: { ...current.byEvent },
    byStatus: { ...current.byStatus },
  });
  return {
    noticed() {
      current.events += 1;
    },
    begin(subject) {
      last += 1;
      const record: DeliveryRecord = { number: last, ...subject, outcome: { kind: "pending" } };
      records.push(record);
      // Cut in large steps: removing from the front costs as much as the whole list.
      if (records.length > keptRecords * 1.25) records = records.slice(-keptRecords);
      pending.add(record);
      current.posts += 1;
      addOne(current.byEvent, record.event);
      return record;
    },
    end(record, outcome) {
      if (!pending.delete(record)) return;
      switch (outcome.kind) {
        case "answered":
          record.outcome = { kind: "answered", status: outcome.status };
          addOne(current.byStatus, String(outcome.status));
          if (outcome.status >= 200 && outcome.status < 300) current.accepted += 1;
          else current.refused += 1;
          return;
        case "failed":
          record.outcome = { kind: "failed", reason: outcome.reason };
          current.failed += 1;
      }
    },
    counts,
    report: () => ({ ...counts(), records: records.slice(-keptRecords) }),
    reset() {
      current = noCounts();
      records = [];
      pending.clear();
    },
  };
}
