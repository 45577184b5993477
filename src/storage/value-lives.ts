/** How long a value lives, as it is kept beside it. */
export interface Life {
  /** By the clock of the machine, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** Milliseconds from its writing; null in what earlier versions wrote. */
  readonly ttlMs: number | null;
}

/**
 * Ends values after their time, also where the clock of the machine is set meanwhile: what this process wrote by a clock that nobody sets,
 * what one before it wrote by the machine's, but never later than its whole time after this one has begun. A clock that was set back must
 * not keep a lock whose holder is gone, and one that was set on must not take it from who holds it.
 */
export interface ValueLives {
  begin(name: string, ttlMs: number): Life;
  isOver(name: string, life: Life): boolean;
  /** The value is gone. Returns what to do when that is undone. */
  forget(name: string): () => void;
}

export function createValueLives(): ValueLives {
  const begunAt = performance.now();
  /** Of what this process wrote. */
  const deadlines = new Map<string, number>();
  return {
    begin(name, ttlMs) {
      deadlines.set(name, performance.now() + ttlMs);
      return { expiresAt: Date.now() + ttlMs, ttlMs };
    },
    isOver(name, { expiresAt, ttlMs }) {
      const now = performance.now();
      const deadline = deadlines.get(name);
      if (deadline !== undefined) return now >= deadline;
      return Date.now() >= expiresAt || (ttlMs !== null && now >= begunAt + ttlMs);
    },
    forget(name) {
      const deadline = deadlines.get(name);
      deadlines.delete(name);
      return () => {
        if (deadline === undefined) deadlines.delete(name);
        else deadlines.set(name, deadline);
      };
    },
  };
}
