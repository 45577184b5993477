/** What a load made of the operations it sent. */
export interface LoadResult {
  readonly operations: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Milliseconds of each operation. */
  readonly latencies: readonly number[];
}

/** So many clients, each sending its next operation as soon as the last one is answered. A failing operation fails the load. */
export async function closedLoad(
  clients: number,
  seconds: number,
  operation: (index: number) => Promise<unknown>,
): Promise<LoadResult> {
  const latencies: number[] = [];
  const begun = performance.now();
  const until = begun + seconds * 1000;
  let next = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const sentAt = performance.now();
      await operation(next++);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return finish(latencies, begun);
}

/**
 * Operations at a steady rate, whatever became of the earlier ones. Latency counts from the moment at which an operation was due, so that a stall is
 * felt by all that were due meanwhile.
 */
export async function steadyLoad(
  perSecond: number,
  seconds: number,
  operation: (index: number) => Promise<unknown>,
): Promise<LoadResult> {
  const latencies: number[] = [];
  const begun = performance.now();
  const total = Math.floor(perSecond * seconds);
  const pending: Promise<void>[] = [];
  const one = async (index: number): Promise<void> => {
    const dueAt = begun + (index * 1000) / perSecond;
    await operation(index);
    latencies.push(performance.now() - dueAt);
  };
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - begun) * perSecond) / 1000) + 1);
      while (pending.length < due) pending.push(one(pending.length));
      if (pending.length < total) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  await Promise.all(pending);
  return finish(latencies, begun);
}

function finish(latencies: number[], begun: number): LoadResult {
  const seconds = (performance.now() - begun) / 1000;
  return { operations: latencies.length, seconds, perSecond: latencies.length / seconds, latencies };
}
