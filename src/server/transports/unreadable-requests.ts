import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Limits } from "../../config/limits.ts";
import { type HttpProblem, problemBody } from "./http-errors.ts";
import { DATA_HEADERS, SECURITY_HEADERS } from "./security-headers.ts";

/** Bytes of a request's headers together; what Node has without an option of its own. */
export const MAX_HEADER_BYTES = 16 * 1024;

const HEADERS_TOO_LARGE: HttpProblem = {
  status: 431,
  code: "LIMIT_EXCEEDED",
  limit: "headerBytes",
  maximum: MAX_HEADER_BYTES,
  message: `The request's headers are larger than the limit of ${MAX_HEADER_BYTES} bytes.`,
};
const NO_HTTP: HttpProblem = { status: 400, code: "BAD_REQUEST", message: "This is no HTTP request." };

/** What arrives and never becomes a request is answered in the shape of everything else, and its connection closed. */
export function answerUnreadable({ headersMs }: Pick<Limits, "headersMs">) {
  return (error: NodeJS.ErrnoException, socket: Duplex): void => {
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
    else answerAndClose(socket, unreadable(error.code, headersMs));
  };
}

function unreadable(code: string | undefined, headersMs: number): HttpProblem {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return late("headersMs", headersMs);
    case "HPE_HEADER_OVERFLOW":
      return HEADERS_TOO_LARGE;
    default:
      return NO_HTTP;
  }
}

/** A body that does not come is answered the same way, whatever its route has begun. */
export function answerLateBody(socket: Duplex, { bodyMs }: Pick<Limits, "bodyMs">): void {
  if (socket.writable) answerAndClose(socket, late("bodyMs", bodyMs));
  else socket.destroy();
}

function late(limit: "headersMs" | "bodyMs", maximum: number): HttpProblem {
  const what = limit === "headersMs" ? "headers" : "body";
  return {
    status: 408,
    code: "LIMIT_EXCEEDED",
    limit,
    maximum,
    message: `The request's ${what} took longer than ${maximum} ms to arrive.`,
  };
}

/** Writes an answer where there is nothing to write it with, and ends the connection. */
export function answerAndClose(
  socket: Duplex,
  problem: HttpProblem,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = problemBody(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries({ ...SECURITY_HEADERS, ...DATA_HEADERS, ...headers }).map(([name, value]) => `${name}: ${value}`),
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
