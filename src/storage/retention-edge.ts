import type { Position, Retention } from "./log.ts";

export interface KeptRange {
  /** Position before the oldest kept event. */
  readonly oldest: Position;
  readonly head: Position;
}

/**
 * Up to which position a log is to be dropped: what is beyond the count, and what is older than the age, found by halving because events
 * are kept in the order of their arrival. Answers `range.oldest` when nothing is to be dropped.
 *
 * @param receivedAt milliseconds of the event at a position, or null when there is none (it was dropped meanwhile)
 */
export async function retentionEdge(
  range: KeptRange,
  retention: Retention,
  nowMs: number,
  receivedAt: (position: Position) => Promise<number | null>,
): Promise<Position> {
  const cutoff = nowMs - retention.maxAgeMs;
  let low = Math.max(range.oldest, range.head - retention.maxEvents);
  let high = range.head;
  while (low < high) {
    const middle = Math.floor((low + high) / 2) + 1;
    const at = await receivedAt(middle);
    if (at === null || at < cutoff) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
