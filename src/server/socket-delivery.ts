import type { ExecutionResult } from "graphql";
import type { WebSocket } from "ws";
import { LiveResult } from "../subscriptions/live-result.ts";
import type { TransportOperation } from "./operation-runner.ts";
import type { SubscriptionStream } from "./subscription-pipeline.ts";

/** An operation of a socket. */
export interface StartedOperation {
  readonly operation: TransportOperation;
  readonly socket: WebSocket;
  /** The client's name of it. */
  readonly id: string;
}

const END = { done: true, value: undefined } as const;

/** One message; resolves when it was handed to the system, so that a client that does not read is not written to. */
export function send(socket: WebSocket, message: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  return new Promise((resolve, reject) => {
    socket.send(message, (error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}

/**
 * Sends the results with the text that all their subscribers share; graphql-ws sees no result, only the end. It would make each message's
 * text anew, which for a thousand subscribers costs more than sending. Returning it returns the stream at once, even while that waits.
 */
export function deliver(
  { socket, id }: StartedOperation,
  results: SubscriptionStream | LiveResult,
): AsyncGenerator<ExecutionResult, void, void> {
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const stream = results instanceof LiveResult ? only(results) : results;
  return {
    async next() {
      for (;;) {
        const step = await stream.next();
        if (step.done === true) return END;
        await send(socket, `${head}${step.value.text}}`);
      }
    },
    async return() {
      await stream.return();
      return END;
    },
    async throw(error: unknown) {
      await stream.throw(error);
      return END;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* only(result: LiveResult): SubscriptionStream {
  yield result;
}
