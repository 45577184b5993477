import { createBackoff } from "./backoff.ts";
import { batchParams, readBatchResult } from "./batch.ts";
import type { Allowance } from "./bucket.ts";
import type { Call, WriteOutcome, WriteResult } from "./calls.ts";
import type { Connection } from "./connection.ts";
import type { AnswerSource } from "./decoding.ts";
import { OutcomeUnknown, PortalProtocolError, PortalRefusal, UpstreamError } from "./errors.ts";
import { decodeResult, type Failure, readFailure } from "./failures.ts";
import type { WriteJob } from "./queue-records.ts";
import { blocked, REQUEST_TIMEOUT_MS } from "./read-sender.ts";

const MAX_ATTEMPTS = 4;
const backoff = createBackoff({ firstMs: 200, longestMs: 1_600 });

export interface WriteSenderOptions {
  readonly connection: Connection;
  readonly allowance: Allowance;
  /** A write was sent, or answered. */
  readonly changed: () => void;
}

/**
 * Builds a write's only attempt. It is repeated by the scheduler solely when `attempt` says so: nothing was sent, or the portal refused
 * before running it. Everything else that is not an answer ends in `OutcomeUnknown`.
 */
export function createWriteAttempt<T, R>(
  options: WriteSenderOptions,
  call: Call<T>,
  reread: Call<R> | undefined,
  resolve: (outcome: WriteOutcome<T, R>) => void,
  reject: (error: UpstreamError) => void,
): WriteJob["attempt"] {
  const { connection, allowance } = options;

  function repeatAfter(job: WriteJob, failure: Failure): number | undefined {
    job.attempts += 1;
    job.lastError = failure.error;
    if (failure.rateExceeded) {
      allowance.exhausted();
      return 0;
    }
    const pause = backoff(job.attempts);
    if (job.attempts < MAX_ATTEMPTS && performance.now() + pause < job.deadlineAt) return pause;
    reject(failure.error);
    return undefined;
  }

  function afterFailure(job: WriteJob, error: unknown): number | undefined {
    const failure = readFailure(call.method, error);
    if (failure.mayHaveRun) {
      reject(new OutcomeUnknown(call.method, { cause: error }));
      return undefined;
    }
    if (failure.transient) return repeatAfter(job, failure);
    if (!(failure.error instanceof PortalRefusal)) {
      reject(failure.error);
    } else if (failure.error.code === "OPERATION_TIME_LIMIT") {
      reject(blocked(job.lane, call.method));
    } else {
      resolve({ result: { kind: "refused", refusal: failure.error }, reread: undefined });
    }
    return undefined;
  }

  function done(result: unknown, source: AnswerSource): WriteResult<T> | undefined {
    try {
      return { kind: "done", value: decodeResult(call, result, source) };
    } catch (error) {
      reject(new OutcomeUnknown(call.method, { cause: error }));
      return undefined;
    }
  }

  const limitsOf = (job: WriteJob) => ({
    timeoutMs: REQUEST_TIMEOUT_MS,
    signal: job.cancellation.signal,
    content: () => ({
      methods: reread === undefined ? [call.method] : [call.method, reread.method],
      requestIds: job.usage.requestId === undefined ? [] : [job.usage.requestId],
    }),
  });

  async function alone(job: WriteJob): Promise<number | undefined> {
    const { endpoint, authorization } = job.lane;
    const envelope = await connection.post(endpoint, authorization, call.method, call.params, limitsOf(job));
    if (envelope.operating !== undefined) job.lane.operating.observe(call.method, envelope.operating);
    const result = done(envelope.result, endpoint);
    if (result !== undefined) resolve({ result, reread: undefined });
    return undefined;
  }

  async function withReread(job: WriteJob, second: Call<R>): Promise<number | undefined> {
    const { endpoint, authorization } = job.lane;
    const params = batchParams([[call], [second]]);
    const envelope = await connection.post(endpoint, authorization, "batch", params, limitsOf(job));
    const [written, read] = readBatchResult([call, second], envelope.result);
    if (written === undefined || written.kind === "missing") {
      reject(new OutcomeUnknown(call.method));
      return undefined;
    }
    if (written.kind === "refused") {
      const failure = readFailure(call.method, written.refusal);
      const refused = failure.error instanceof PortalRefusal && failure.error.code !== "OPERATION_TIME_LIMIT";
      if (!refused || failure.mayHaveRun) return afterFailure(job, written.refusal);
    } else if (written.operating !== undefined) {
      job.lane.operating.observe(call.method, written.operating);
    }
    const result: WriteResult<T> | undefined =
      written.kind === "refused" ? { kind: "refused", refusal: written.refusal } : done(written.result, endpoint);
    if (result === undefined) return undefined;
    const again = new Promise<R>((fulfil, fail) => {
      if (read?.kind === "result") fulfil(decodeResult(second, read.result, endpoint));
      else if (read?.kind === "refused") fail(readFailure(second.method, read.refusal).error);
      else fail(new PortalProtocolError(`The portal's batch left out the answer to ${second.method}.`, second.method));
    });
    // The caller may have no use for it when the write was refused.
    again.catch(() => {});
    resolve({ result, reread: again });
    return undefined;
  }

  return async (job) => {
    job.sent = true;
    const waited = performance.now() - job.enqueuedAt;
    job.usage.requests += 1;
    job.usage.commands += reread === undefined ? 1 : 2;
    if (waited > 5) job.usage.waitedMs += waited;
    options.changed();
    const sending = reread === undefined ? alone(job) : withReread(job, reread);
    const again = await sending.catch((error: unknown) => afterFailure(job, error));
    job.sent = again === undefined;
    options.changed();
    return again;
  };
}
