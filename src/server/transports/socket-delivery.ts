import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from "graphql";
import type { WebSocket } from "ws";
import type { Limits } from "../../config/limits.ts";
import { LiveResult } from "../../subscriptions/live/live-result.ts";
import type { LiveSink } from "../../subscriptions/live/live-stream.ts";
import { oversizedAnswer } from "../operations/answer-limits.ts";
import type { Accepted } from "../operations/door.ts";
import { type GatheredWrites, MAX_UNREAD_BYTES } from "./gathered-writes.ts";

/** An operation of a socket. */
export interface StartedOperation {
  readonly accepted: Accepted;
  readonly writes: GatheredWrites<Buffer>;
  /** The client's name of it. */
  readonly id: string;
  readonly limits: Pick<Limits, "answerBytes">;
  readonly shapeError: (error: GraphQLError) => GraphQLFormattedError;
}

const AS_TEXT = { binary: false } as const;
const END = { done: true, value: undefined } as const;

/** One message; resolves when it was handed to the system. */
export function send(socket: WebSocket, message: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  return new Promise((resolve, reject) => {
    socket.send(message, AS_TEXT, (error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}

/** The answer to a ping of the WebSocket protocol; resolves when it was handed to the system or can no longer be. */
export function pong(socket: WebSocket, data: Buffer): Promise<void> {
  return new Promise((resolve) => socket.pong(data, false, () => resolve()));
}

/** Reads nothing from a socket while anybody holds it; each hold is given back with the function that is returned. */
export function createHold(socket: WebSocket): () => () => void {
  let holds = 0;
  return () => {
    holds += 1;
    socket.pause();
    return () => {
      holds -= 1;
      if (holds === 0) socket.resume();
    };
  };
}

/**
 * For answers to what a client sent: reads nothing more from it while those that it does not read wait. It could else be owed without
 * bound by asking, pings before it has said who it is included.
 */
export function readingWhileRead(socket: WebSocket, hold: () => () => void): (answer: Promise<void>) => Promise<void> {
  return async (answer) => {
    if (socket.bufferedAmount < MAX_UNREAD_BYTES) return await answer;
    const goOn = hold();
    try {
      await answer;
    } finally {
      goOn();
    }
  };
}

/**
 * Sends the results as frames that all their subscribers share; graphql-ws sees no result, only the end. It would make each message's
 * text anew, which for a thousand subscribers costs more than sending. Returning it closes the stream at once, even while that waits.
 */
export function deliver({
  accepted,
  writes,
  id,
  limits,
  shapeError,
}: StartedOperation): AsyncGenerator<ExecutionResult, void, void> {
  const idInJson = ownBytes(JSON.stringify(id));
  return new Delivery(accepted, (result) => {
    const oversized = oversizedAnswer(result.bytes.length, accepted.kind, limits);
    const sent = oversized === undefined ? result : new LiveResult({ data: null, errors: [shapeError(oversized)] });
    return writes.add(sent, idInJson);
  });
}

/** A class, because there is one for each operation that is open: methods are shared, closures are not. */
class Delivery implements AsyncGenerator<ExecutionResult, void, void> {
  readonly #accepted: Accepted;
  readonly #sink: LiveSink;

  constructor(accepted: Accepted, sink: LiveSink) {
    this.#accepted = accepted;
    this.#sink = sink;
  }

  next(): Promise<IteratorReturnResult<void>> {
    return this.#accepted.run(this.#sink).then(ended);
  }

  return(): Promise<IteratorReturnResult<void>> {
    this.#accepted.end();
    return Promise.resolve(END);
  }

  throw(): Promise<IteratorReturnResult<void>> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function ended(): typeof END {
  return END;
}

/** In memory of their own: a few bytes of the shared pool would keep eight kilobytes of it for as long as the operation is open. */
function ownBytes(text: string): Buffer {
  const bytes = Buffer.alloc(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}
