import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from "graphql";
import type { WebSocket } from "ws";
import type { Limits } from "../../config/limits.ts";
import { LiveResult } from "../../subscriptions/live/live-result.ts";
import { oversizedAnswer } from "../operations/answer-limits.ts";
import type { Accepted } from "../operations/door.ts";

/** An operation of a socket. */
export interface StartedOperation {
  readonly accepted: Accepted;
  readonly socket: WebSocket;
  /** The client's name of it. */
  readonly id: string;
  readonly limits: Pick<Limits, "answerBytes">;
  readonly shapeError: (error: GraphQLError) => GraphQLFormattedError;
}

const AS_TEXT = { binary: false } as const;
const TAIL = Buffer.from("}");
const END = { done: true, value: undefined } as const;

/** Bytes that may wait in a socket's buffer before the next message waits for the client to read. */
const MAX_UNREAD_BYTES = 32 * 1024;

/** One message; resolves when it was handed to the system. */
export function send(socket: WebSocket, message: string | Buffer): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  return new Promise((resolve, reject) => {
    socket.send(message, AS_TEXT, (error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}

/** The answer to a ping of the WebSocket protocol; resolves when it was handed to the system or can no longer be. */
export function pong(socket: WebSocket, data: Buffer): Promise<void> {
  return new Promise((resolve) => socket.pong(data, false, () => resolve()));
}

/**
 * For answers to what a client sent: reads nothing more from it while those that it does not read wait. It could else be owed without
 * bound by asking, pings before it has said who it is included.
 */
export function readingWhileRead(socket: WebSocket): (answer: Promise<void>) => Promise<void> {
  let unread = 0;
  return async (answer) => {
    if (socket.bufferedAmount < MAX_UNREAD_BYTES) return await answer;
    unread += 1;
    socket.pause();
    try {
      await answer;
    } finally {
      unread -= 1;
      if (unread === 0) socket.resume();
    }
  };
}

/**
 * One message. While the client keeps up it is handed over at once; for one that does not read, resolves when the system has taken it, so
 * that no more than the limit and a message of each operation wait in memory.
 */
function sendSoon(socket: WebSocket, message: Buffer): Promise<void> | undefined {
  if (socket.bufferedAmount >= MAX_UNREAD_BYTES) return send(socket, message);
  if (socket.readyState === socket.OPEN) socket.send(message, AS_TEXT);
  return undefined;
}

/**
 * Sends the results with the text that all their subscribers share; graphql-ws sees no result, only the end. It would make each message's
 * text anew, which for a thousand subscribers costs more than sending. Returning it closes the stream at once, even while that waits.
 */
export function deliver({
  accepted,
  socket,
  id,
  limits,
  shapeError,
}: StartedOperation): AsyncGenerator<ExecutionResult, void, void> {
  const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  const sink = (result: LiveResult): Promise<void> | undefined => {
    const oversized = oversizedAnswer(result.bytes.length, accepted.kind, limits);
    const sent = oversized === undefined ? result : new LiveResult({ data: null, errors: [shapeError(oversized)] });
    return sendSoon(socket, Buffer.concat([head, sent.bytes, TAIL]));
  };
  return {
    async next() {
      await accepted.run(sink);
      return END;
    },
    async return() {
      accepted.end();
      return END;
    },
    async throw() {
      accepted.end();
      return END;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
