import { type OddValue, oddly } from "./odd-answers.ts";

/** What a fault does to the requests or commands it matches. */
export type FaultKind =
  /** Delays the request before it is handled, or each matching command while it runs (counted as its handler time). */
  | { kind: "latency"; perRequestMs?: number; perCommandMs?: number }
  /** Answers with this status instead of executing; an object body is sent as JSON, a string as HTML. */
  | { kind: "http"; status: number; body: unknown }
  | { kind: "resetBefore" }
  /** Executes, then resets the connection without an answer. */
  | { kind: "resetAfter" }
  /** Executes, sends half of the body under the full length and ends the connection. */
  | { kind: "cutBody" }
  /** Executes nothing and never answers. */
  | { kind: "hang" }
  | { kind: "limit"; code: "QUERY_LIMIT_EXCEEDED" | "OPERATION_TIME_LIMIT" | "OVERLOAD_LIMIT" }
  /** Executes nothing and answers this result. */
  | { kind: "result"; result: unknown }
  /** Executes nothing and answers this error; the empty code is the vendor's blank error. */
  | { kind: "error"; error: string; description?: string; status?: number }
  /** Executes, then changes the answer at a place; inside a batch the command's own answer. */
  | ({ kind: "odd" } & OddValue)
  /** Executes, then leaves these command keys (default: the first) out of every map of a batch answer. */
  | { kind: "missingBatchKeys"; keys?: string[] }
  /** Executes, then adds these results to the batch answer. */
  | { kind: "extraBatchKeys"; results: Record<string, unknown> }
  /** Sends the caller to the same path of another base address, as a renamed portal does. */
  | { kind: "redirect"; to: string; status?: number };

/**
 * A fault to play: `method` names the calls it matches, plain or as a command of a batch ("batch" matches the batch
 * itself, "*" or absent everything); `times` ends it after so many uses.
 */
export type Fault = { method?: string; times?: number } & FaultKind;

type Kind = FaultKind["kind"];
type FaultOf<K extends Kind> = Extract<Fault, { kind: K }>;

/** Kinds that concern the whole HTTP request, whichever of its commands matched. */
const requestKinds: readonly Kind[] = ["http", "resetBefore", "resetAfter", "cutBody", "hang", "redirect"];
const batchKinds: readonly Kind[] = ["missingBatchKeys", "extraBatchKeys"];

export interface FaultPlan {
  set(faults: readonly Fault[]): void;
  list(): Fault[];
  /** The fault for the request as a whole, if any; uses it up once. @param methods lower case: the call's own, then its commands' */
  forRequest(methods: readonly string[]): Fault | undefined;
  /** Milliseconds to wait before the request is handled. */
  requestDelay(methods: readonly string[]): number;
  commandDelay(method: string): number;
  /** What a single command answers instead of running. */
  forCommand(method: string): FaultOf<"limit"> | FaultOf<"result"> | FaultOf<"error"> | undefined;
  /** The answer of a call or command, with `result`, `total`, `next` and `time`, as the odd faults make it. */
  changeAnswer<T extends Record<string, unknown>>(method: string, answer: T): T;
  forBatchAnswer(methods: readonly string[]): (FaultOf<"missingBatchKeys"> | FaultOf<"extraBatchKeys">)[];
}

function matches(fault: Fault, method: string): boolean {
  const wanted = fault.method?.toLowerCase() ?? "*";
  return wanted === "*" || wanted === method;
}

export function createFaultPlan(): FaultPlan {
  let active: { fault: Fault; left: number }[] = [];

  function take<F extends Fault>(isWanted: (fault: Fault) => fault is F, methods: readonly string[]): F | undefined {
    for (const entry of active) {
      const { fault } = entry;
      if (entry.left <= 0 || !isWanted(fault) || !methods.some((method) => matches(fault, method))) continue;
      entry.left -= 1;
      return fault;
    }
    return undefined;
  }

  const isRequestFault = (fault: Fault): fault is Fault =>
    requestKinds.includes(fault.kind) || (fault.kind === "limit" && fault.code !== "OPERATION_TIME_LIMIT");
  const isCommandFault = (fault: Fault): fault is FaultOf<"limit"> | FaultOf<"result"> | FaultOf<"error"> =>
    fault.kind === "result" ||
    fault.kind === "error" ||
    (fault.kind === "limit" && fault.code === "OPERATION_TIME_LIMIT");
  const isBatchFault = (fault: Fault): fault is FaultOf<"missingBatchKeys"> | FaultOf<"extraBatchKeys"> =>
    batchKinds.includes(fault.kind);
  const slowsRequest = (fault: Fault): fault is FaultOf<"latency"> =>
    fault.kind === "latency" && (fault.perRequestMs ?? 0) > 0;
  const slowsCommand = (fault: Fault): fault is FaultOf<"latency"> =>
    fault.kind === "latency" && (fault.perCommandMs ?? 0) > 0;

  return {
    set(faults) {
      active = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
    },
    list: () => active.filter((entry) => entry.left > 0).map((entry) => entry.fault),
    forRequest: (methods) => take(isRequestFault, methods),
    requestDelay: (methods) => take(slowsRequest, methods)?.perRequestMs ?? 0,
    commandDelay: (method) => take(slowsCommand, [method])?.perCommandMs ?? 0,
    forCommand: (method) => take(isCommandFault, [method]),
    changeAnswer(method, answer) {
      let current = answer;
      for (const entry of active) {
        const { fault } = entry;
        if (entry.left <= 0 || fault.kind !== "odd" || !matches(fault, method)) continue;
        // A fault for every method means the commands of a batch, not what holds them.
        if (method === "batch" && fault.method?.toLowerCase() !== "batch") continue;
        const changed = oddly(current, fault);
        if (!changed) continue;
        entry.left -= 1;
        current = changed;
      }
      return current;
    },
    forBatchAnswer(methods) {
      const found = [];
      for (const entry of active) {
        const { fault } = entry;
        if (entry.left <= 0 || !isBatchFault(fault) || !methods.some((method) => matches(fault, method))) continue;
        entry.left -= 1;
        found.push(fault);
      }
      return found;
    },
  };
}
