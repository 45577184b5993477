import type { DocumentNode } from "graphql";
import type { OperationContext } from "../../resolvers/engine/context.ts";
import type { LiveEvents } from "../../subscriptions/live/live-events.ts";
import type { EventInHand } from "../../subscriptions/live/live-request.ts";
import { LiveResult } from "../../subscriptions/live/live-result.ts";
import type { LiveStream } from "../../subscriptions/live/live-stream.ts";
import type { LiveViewer } from "../../subscriptions/live/live-viewer.ts";
import type { Identity } from "../identity/identity.ts";
import type { Pipeline } from "./pipeline.ts";
import { subscribe } from "./subscription-pipeline.ts";

/** An operation of a valid document as a transport without Apollo brings it. */
export interface TransportRequest {
  readonly source: string;
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
}

/** One operation of a socket or an event stream. */
export interface TransportOperation {
  /** Runs a query or a mutation. Never rejects. */
  execute(): Promise<LiveResult>;
  /** Opens a subscription; a single result when it cannot begin. Never rejects. */
  subscribe(): Promise<LiveStream | LiveResult>;
  /** The client has gone, or the operation is over. */
  end(): void;
}

export interface StartedOperation {
  readonly context: OperationContext;
  abort(): void;
  close(): void;
}

export interface OperationRunnerOptions {
  readonly pipeline: Pipeline;
  readonly live: LiveEvents;
  /** The live side of an identity: whose log it reads with which rights, or why there is none. */
  readonly viewerOf: (identity: Identity) => Promise<LiveViewer | { readonly refusal: string }>;
  readonly startOperation: (identity: Identity) => StartedOperation;
  /** A context for the execution of one event: nothing in it was read before the event. */
  readonly startEvent: (identity: Identity, inHand: EventInHand | undefined) => Promise<StartedOperation>;
}

/** Runs operations for WebSocket and server-sent events the way HTTP runs them. */
export interface OperationRunner {
  readonly pipeline: Pipeline;
  begin(identity: Identity, request: TransportRequest): TransportOperation;
}

export function createOperationRunner(options: OperationRunnerOptions): OperationRunner {
  const { pipeline, live } = options;
  return {
    pipeline,
    begin(identity, request) {
      const { source, document, operationName, variables } = request;
      const running = options.startOperation(identity);
      const { context } = running;
      return {
        async execute() {
          try {
            return new LiveResult(await pipeline.execute({ document, operationName, variables, context }));
          } finally {
            running.close();
          }
        },
        async subscribe() {
          // The operation's deadline is for opening the stream; each event has its own.
          const stream = await subscribe(pipeline, live, {
            source,
            document,
            operationName,
            variables,
            context,
            viewerOf: () => options.viewerOf(identity),
            startEvent: (inHand) => options.startEvent(identity, inHand),
          });
          running.close();
          return stream;
        },
        end() {
          running.abort();
          running.close();
        },
      };
    },
  };
}
