/** The allowance as the gateway models it, in requests. `capacity` null: the portal has none (on-premise). */
export interface BucketState {
  /** 0 = unused; at `capacity` the portal refuses. */
  readonly level: number;
  readonly capacity: number | null;
  readonly drainPerSecond: number | null;
}

/** What one operation cost of a portal's allowance; `extensions.upstream`. A request shared with other operations counts for each of them. */
export class UpstreamUsage {
  /** HTTP requests to the portal in which commands of this operation travelled. */
  requests = 0;
  /** Commands of this operation that were sent, repetitions after a failure included. */
  commands = 0;
  /** Records that were read for the credential before and answered this operation too. */
  kept = 0;
  /** Milliseconds that the operation's commands waited for the allowance, the longest wait of each request added up. */
  waitedMs = 0;
  /** Id of the client's request, where a client asked. */
  readonly requestId: string | undefined;
  #bucket: (() => BucketState) | undefined;

  constructor(requestId?: string) {
    this.requestId = requestId;
  }

  /** Where the level after the operation is read from. */
  observe(bucket: () => BucketState): void {
    this.#bucket = bucket;
  }

  toJSON(): { requests: number; commands: number; waitedMs: number; kept?: number; bucket: BucketState | null } {
    return {
      requests: this.requests,
      commands: this.commands,
      waitedMs: Math.round(this.waitedMs),
      ...(this.kept === 0 ? {} : { kept: this.kept }),
      bucket: this.#bucket?.() ?? null,
    };
  }
}

export interface BlockedMethod {
  readonly method: string;
  readonly until: Date;
}

/** A portal's allowance and health as the gateway sees it. */
export interface AllowanceStatus extends BucketState {
  readonly plan: Plan;
  readonly queuedCommands: number;
  readonly inFlightRequests: number;
  readonly blockedMethods: readonly BlockedMethod[];
  readonly circuit: "closed" | "open" | "half-open";
}

export type Plan = "standard" | "enterprise" | "on-premise";
