import type { GraphQLError, GraphQLFormattedError, GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { Limits } from "../../config/limits.ts";
import { guard } from "../../process/guard.ts";
import type { LightSignal } from "../../process/light-signal.ts";
import type { OperationContext } from "../../resolvers/engine/context.ts";
import { LiveResult } from "../../subscriptions/live/live-result.ts";
import type { LiveSink, LiveStream } from "../../subscriptions/live/live-stream.ts";
import type { Identity } from "../identity/identity.ts";
import { missingRight } from "../identity/rights.ts";
import { createAdmission, type Entry } from "./admission.ts";
import { type ComparedQueries, createComparedQueries } from "./compiled/compared-queries.ts";
import { createCompiledQueries } from "./compiled/compiled-queries.ts";
import { asGraphQLError, shapeError } from "./error-shaping.ts";
import { type Executing, run } from "./execution.ts";
import { countFailedFields } from "./failed-fields.ts";
import type { IdentityHolder } from "./identity-holder.ts";
import { createLoopTurns, type LoopTurns } from "./loop-turns.ts";
import { createObserver } from "./observe.ts";
import type { RunningOperation } from "./operation-context.ts";
import type { Preparation, PreparedOperation } from "./prepare.ts";
import { forbidden, GONE, type Refused, refusalOf, tooBusy } from "./refusal.ts";
import { type LiveSources, subscribe } from "./subscription.ts";
import { createOperationsUnderWay, type OperationsUnderWay, type UnderWay } from "./under-way.ts";
import { oversizedVariables, type Variables } from "./variable-limits.ts";
import { variableErrors } from "./variable-values.ts";
import { createScales, tooHeavy } from "./weigh.ts";

/** An operation as a transport brings it. */
export interface Arrival {
  readonly transport: UnderWay["transport"];
  /** Stands in the log and in the answer. */
  readonly requestId: string;
  readonly from: IdentityHolder;
  /** The gateway's address as the client used it; undefined where he names none. */
  readonly reachedAt: string | undefined;
  readonly source: string;
  readonly operationName: string | null | undefined;
  readonly variables: Variables | null | undefined;
  /** Fires when the client has gone, or no longer wants it. */
  readonly gone: LightSignal;
  /** Why this transport does not carry operations of that kind; undefined when it does. */
  readonly declines?: (kind: PreparedOperation["kind"]) => GraphQLError | undefined;
}

/** To be run, or ended. */
export interface Accepted {
  readonly kind: PreparedOperation["kind"];
  /**
   * Hands its results to the sink, at its pace; resolves when there are no more. Rejects with what the sink rejects with.
   * @param opened called once a subscription is open: what happens after is delivered
   */
  run(sink: LiveSink, opened?: () => void): Promise<void>;
  /** Gives up what it still waits for. */
  end(): void;
}

/** The one way of an operation, whatever transport brought it. */
export interface Door {
  /** Never rejects. */
  accept(arrival: Arrival): Promise<Accepted | Refused>;
  shapeError(error: GraphQLError, requestId: string): GraphQLFormattedError;
  readonly underWay: OperationsUnderWay;
  /** Of all that identities bring: an operation takes its own, and who brings one in a turn already waits for no other. */
  readonly turns: LoopTurns;
  /** How many queries were run by both executors, and of how many the answers differed; undefined: none are. */
  readonly comparedQueries: (() => ReturnType<ComparedQueries["counts"]>) | undefined;
}

export interface DoorOptions extends LiveSources {
  readonly schema: GraphQLSchema;
  readonly preparation: Preparation;
  readonly limits: Limits;
  /** Whether queries are run by plans that are kept, or by graphql-js. */
  readonly compiledQueries: "on" | "off";
  /** One in so many is run by both; 0: none. */
  readonly comparedQueries: number;
  /** Milliseconds that an operation may take, and may wait for others before it. */
  readonly timeoutMs: number;
  readonly startOperation: (
    identity: Identity,
    kind: PreparedOperation["kind"],
    requestId: string,
    reachedAt: string | undefined,
  ) => RunningOperation;
  readonly log: Logger;
}

const NEEDS_NO_PLACE: Entry = { kind: "entered", leave: () => {} };
/** Characters of an operation's name that go into the log: it may be as long as a document. */
const LONGEST_NAME = 100;

/** An operation that has passed all that is looked at before it may begin. */
interface Passed {
  readonly arrival: Arrival;
  readonly operation: PreparedOperation;
  readonly cost: number;
}

export function createDoor(options: DoorOptions): Door {
  const { schema, preparation, limits, log } = options;
  const { hideSuggestions } = preparation;
  const failedFields = countFailedFields(schema);
  const compiled = options.compiledQueries === "off" ? undefined : createCompiledQueries(schema);
  const every = compiled === undefined ? 0 : options.comparedQueries;
  const compared = every === 0 ? undefined : createComparedQueries({ schema, every, log });
  const executing: Executing = { schema, hideSuggestions, limits, failedFields, compiled, compared };
  const weigh = createScales(schema);
  const observe = createObserver(log);
  const underWay = createOperationsUnderWay();
  const turns = createLoopTurns();
  const admission = createAdmission({
    places: limits.operations,
    waiting: limits.waitingOperations,
    patienceMs: options.timeoutMs,
  });
  const shapeFor = (requestId: string) => {
    const shaping = { log, maxLength: limits.errorLength, requestId };
    return (error: GraphQLError): GraphQLFormattedError => shapeError(error, shaping);
  };

  function refuse(arrival: Arrival, errors: readonly GraphQLError[], cost?: number): Refused {
    return refusalOf(errors.slice(0, limits.requestErrors), shapeFor(arrival.requestId), cost);
  }

  /** What is looked at before anything is spent: nothing here waits. */
  function inspect(arrival: Arrival): Passed | Refused {
    const { source, operationName, variables, from, declines } = arrival;
    const oversized = oversizedVariables(variables, limits);
    if (oversized !== undefined) return refuse(arrival, [oversized]);
    const prepared = preparation.prepare(source, operationName);
    if (prepared.kind === "refused") return refuse(arrival, prepared.errors);
    const { operation } = prepared;
    const declined = declines?.(operation.kind) ?? withoutRight(from.identity, operation);
    if (declined !== undefined) return refuse(arrival, [declined]);
    const wrong = variableErrors(operation.node, variables, {
      schema,
      maxErrors: limits.requestErrors,
      hideSuggestions,
    });
    if (wrong.length > 0) return refuse(arrival, wrong);
    const weight = weigh(operation, variables);
    const heavy = tooHeavy(weight, limits);
    return heavy === undefined ? { arrival, operation, cost: weight.cost } : refuse(arrival, [heavy], weight.cost);
  }

  function begin(
    { arrival, operation, cost }: Passed,
    entry: Entry & { kind: "entered" },
    arrivedAt: number,
  ): Accepted {
    const { from, gone, requestId, variables, reachedAt } = arrival;
    // The text of whoever sent it first, in place of one for each subscription.
    const source = operation.document.loc?.source.body ?? arrival.source;
    const entered = performance.now();
    const shape = shapeFor(requestId);
    /** Until it is over, or a subscription is open: what it reads with would else be kept for as long as somebody listens. */
    let running: RunningOperation | undefined = options.startOperation(
      from.identity,
      operation.kind,
      requestId,
      reachedAt,
    );
    const told: UnderWay = {
      transport: arrival.transport,
      kind: operation.kind,
      operation: operation.name?.slice(0, LONGEST_NAME) ?? null,
      identity: from.identity.name,
      requestId,
    };
    const over = underWay.begin(told);
    const abort = guard("an operation whose client has gone", () => running?.abort());
    gone.addEventListener("abort", abort);

    function close(errors: number): void {
      if (running === undefined) return;
      const { usage } = running.context;
      gone.removeEventListener("abort", abort);
      running.close();
      running = undefined;
      entry.leave();
      over();
      const now = performance.now();
      observe({
        operation: told,
        usage,
        cost,
        queuedMs: entered - arrivedAt,
        tookMs: now - arrivedAt,
        errors,
      });
    }

    async function runOnce(sink: LiveSink): Promise<void> {
      if (running === undefined) return;
      const { context, abort: giveUp } = running;
      const result = await run(executing, { operation, variables, context, giveUp, cost, shape });
      close(result.errors?.length ?? 0);
      if (!gone.aborted) await sink(new LiveResult(result));
    }

    /** Opens the subscription, anew with the rights of now from where it stopped. */
    const open = (within: OperationContext, after?: string): Promise<LiveStream | LiveResult> =>
      subscribe(
        executing,
        options,
        { source, operation, variables, cost, shape, from, requestId, reachedAt },
        within,
        after,
      );

    async function openAgain(place: string): Promise<LiveStream | LiveResult> {
      const again = options.startOperation(from.identity, operation.kind, requestId, reachedAt);
      const stream = await open(again.context, place);
      again.close();
      return stream;
    }

    async function runLive(sink: LiveSink, opened?: () => void): Promise<void> {
      if (running === undefined) return;
      let stream = await open(running.context);
      // The operation's deadline is for opening the stream; each event has its own.
      close(stream instanceof LiveResult ? 1 : 0);
      let as = from.identity;
      let isChanged = false;
      const stop = guard("a subscription whose client has gone", () => {
        if (!(stream instanceof LiveResult)) stream.close();
      });
      const stopListening = from.onChange(() => {
        if (seesTheSame(as, from.identity)) return;
        isChanged = true;
        stop();
      });
      gone.addEventListener("abort", stop);
      try {
        while (!(stream instanceof LiveResult)) {
          if (gone.aborted) return;
          opened?.();
          await stream.run(sink);
          if (!isChanged || gone.aborted) return;
          isChanged = false;
          as = from.identity;
          stream = await openAgain(stream.place());
        }
        if (!gone.aborted) await sink(stream);
      } finally {
        gone.removeEventListener("abort", stop);
        stopListening();
        stop();
      }
    }

    return {
      kind: operation.kind,
      run: operation.kind === "subscription" ? runLive : runOnce,
      end() {
        running?.abort();
        close(0);
      },
    };
  }

  /** Looks at what came in its identity's turn: parsing and validating one document may take as long as hundreds of small operations. */
  async function inspectInTurn(arrival: Arrival, arrivedAt: number): Promise<Passed | Refused> {
    const { from, gone } = arrival;
    const { name } = from.identity;
    let passed: Passed | Refused | undefined;
    const work = (): void => {
      try {
        if (gone.aborted) passed = refuse(arrival, [GONE]);
        else if (performance.now() - arrivedAt > options.timeoutMs) passed = refuse(arrival, [tooBusy(limits)]);
        else passed = inspect(arrival);
      } catch (error) {
        passed = refuse(arrival, [asGraphQLError(error)]);
      }
    };
    const turn = turns.take(name, work, limits.waitingOperations);
    if (turn === "full") return refuse(arrival, [tooBusy(limits)]);
    if (turn !== undefined) await turn;
    return passed ?? refuse(arrival, [GONE]);
  }

  async function accept(arrival: Arrival): Promise<Accepted | Refused> {
    const arrivedAt = performance.now();
    const passed = await inspectInTurn(arrival, arrivedAt);
    if ("kind" in passed) return passed;
    // Subscriptions are bounded by their sockets: once open they wait for events and need nothing.
    const { name } = arrival.from.identity;
    const entry: Entry =
      passed.operation.kind === "subscription" ? NEEDS_NO_PLACE : await admission.enter(name, arrival.gone);
    switch (entry.kind) {
      case "entered":
        return begin(passed, entry, arrivedAt);
      case "full":
        return refuse(arrival, [tooBusy(limits)], passed.cost);
      case "gone":
        return refuse(arrival, [GONE]);
      default:
        return entry satisfies never;
    }
  }

  return {
    underWay,
    turns,
    comparedQueries: compared?.counts,
    shapeError: (error, requestId) => shapeFor(requestId)(error),
    async accept(arrival) {
      try {
        return await accept(arrival);
      } catch (error) {
        return refuse(arrival, [asGraphQLError(error)]);
      }
    },
  };
}

/** Events are seen with these rights and read with this credential. */
function seesTheSame(before: Identity, now: Identity): boolean {
  return (
    before.credential === now.credential && JSON.stringify(before.rights.events) === JSON.stringify(now.rights.events)
  );
}

function withoutRight({ rights }: Identity, { kind }: PreparedOperation): GraphQLError | undefined {
  const missing = missingRight(rights, kind);
  return missing === undefined ? undefined : forbidden(missing);
}
