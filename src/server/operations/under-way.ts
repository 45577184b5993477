/** An operation that has begun: what may stand in a log. */
export interface UnderWay {
  readonly transport: "http" | "websocket" | "event-stream";
  readonly kind: "query" | "mutation" | "subscription";
  /** As the client named it; null when it did not. */
  readonly operation: string | null;
  /** Name of the identity. */
  readonly identity: string;
  readonly requestId: string;
}

/** The operations that have begun and are not over. A subscription counts while it is being opened only. */
export interface OperationsUnderWay {
  /** Ends with the function that is returned. */
  begin(operation: UnderWay): () => void;
  /** With the milliseconds since each began, oldest first, no more than the bound. */
  list(bound?: number): readonly (UnderWay & { readonly forMs: number })[];
  count(): number;
  /** Resolves when those that have begun by now are over. */
  settled(): Promise<void>;
}

const LISTED = 20;

export function createOperationsUnderWay(): OperationsUnderWay {
  const running = new Map<{ readonly operation: UnderWay; readonly since: number }, (() => void)[]>();

  return {
    begin(operation) {
      const entry = { operation, since: performance.now() };
      running.set(entry, []);
      return () => {
        const waiting = running.get(entry);
        running.delete(entry);
        for (const over of waiting ?? []) over();
      };
    },
    list(bound = LISTED) {
      const now = performance.now();
      return [...running.keys()]
        .slice(0, bound)
        .map(({ operation, since }) => ({ ...operation, forMs: Math.round(now - since) }));
    },
    count: () => running.size,
    async settled() {
      await Promise.all([...running.values()].map((waiting) => new Promise<void>((over) => waiting.push(over))));
    },
  };
}
