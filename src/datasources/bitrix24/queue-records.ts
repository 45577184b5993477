import type { LightAbort } from "../../process/light-signal.ts";
import type { Call } from "./calls.ts";
import type { Authorization } from "./connection.ts";
import type { Endpoint } from "./credentials.ts";
import type { UpstreamError } from "./errors.ts";
import type { OperatingTimes } from "./operating-time.ts";
import type { Seat } from "./turns.ts";
import type { UpstreamUsage } from "./usage.ts";

/** Which part of a portal's allowance pays for a call; see `budgets.ts`. */
export type BudgetName = "ordinary" | "unproven" | "live" | "background";

/** Who asks, as an operation tells it: parties take turns, whatever credentials they act with. */
export interface Caller {
  /** Equal for calls of the same party. */
  readonly key: string;
  readonly budget: BudgetName;
  /** Goes only when nobody else of its budget waits. */
  readonly last: boolean;
}

/** What one caller waits for. */
export interface Party extends Seat, Caller {
  /** By credential, each in order of arrival. */
  readonly reads: Map<Lane, Set<ReadUnit>>;
  /** In order of arrival. */
  readonly writes: WriteJob[];
}

/** The calls of one credential: its reads may share requests with each other, never with another lane's. */
export interface Lane {
  readonly endpoint: Endpoint;
  readonly authorization: Authorization;
  readonly operating: OperatingTimes;
  /** By who asked, each in order of arrival. */
  readonly queued: Map<Party, Set<ReadUnit>>;
  queuedCommands: number;
  /** Reads that a further, identical one may join: queued ones (those that wait for a repetition too) and those under way. */
  readonly waiting: Map<string, ReadUnit>;
  readonly underWay: Map<string, ReadUnit>;
  requestsInFlight: number;
  /** Requests over which what is queued shall be split and which the allowance has granted already. */
  granted: number;
}

/** Commands that must travel in one request, in this order; the later ones refer to the answers of the earlier ones. */
export interface ReadUnit {
  readonly commands: readonly [ReadCommand, ...ReadCommand[]];
  readonly lane: Lane;
  /** Who asked first. */
  readonly party: Party;
  /** Equal keys mean the same method with the same parameters. Undefined: depends on another command, never shared. */
  readonly key: string | undefined;
  readonly enqueuedAt: number;
  /** Must not ride in a batch: its values look like references, or the portal refused it there. */
  alone: boolean;
  attempts: number;
  /** Where it is now; neither while it waits for its repetition. */
  queued: boolean;
  request: ReadRequest | undefined;
}

/** A read that is queued or under way, and the operations that share it. */
export interface ReadCommand {
  readonly call: Call<unknown>;
  readonly waiters: Set<Waiter>;
  /** The portal's write epoch when it was sent; undefined while it is queued. */
  sentEpoch: number | undefined;
  /** The usages that the request under way was counted for. */
  countedFor: Set<UpstreamUsage> | undefined;
  lastError: UpstreamError | undefined;
}

/** One operation that waits for a command. */
export interface Waiter {
  readonly usage: UpstreamUsage;
  /** Milliseconds of the monotonic clock. */
  readonly deadlineAt: number;
  settle(outcome: Outcome): void;
}

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: UpstreamError };

/** A request with reads that is under way. */
export interface ReadRequest {
  /** When it is given up, in milliseconds of the monotonic clock. */
  readonly deadlineAt: number;
  readonly units: readonly ReadUnit[];
  readonly cancellation: LightAbort;
}

/** A write that waits for its turn. */
export interface WriteJob {
  readonly lane: Lane;
  readonly party: Party;
  readonly method: string;
  readonly usage: UpstreamUsage;
  readonly deadlineAt: number;
  readonly enqueuedAt: number;
  /** Gives up the request that is under way. */
  readonly cancellation: LightAbort;
  sent: boolean;
  /** Its client left before it was sent: it must never be. */
  withdrawn: boolean;
  attempts: number;
  /** Why it was not carried out last time. */
  lastError: UpstreamError | undefined;
  /** Sends it once. Resolves to the milliseconds after which it may be sent again, or undefined when it is settled. */
  readonly attempt: (job: WriteJob) => Promise<number | undefined>;
  readonly reject: (error: UpstreamError) => void;
}
