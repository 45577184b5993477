import { isAscii } from "node:buffer";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from "node:zlib";
import { Agent, type Dispatcher, errors, ProxyAgent } from "undici";
import { guard } from "../../process/guard.ts";
import type { LightSignal } from "../../process/light-signal.ts";

/** An HTTP answer of a portal, read to its end. */
export interface TransportAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly location: string | undefined;
  readonly body: string;
}

/** No answer. `sent` false: the request surely never reached the portal's program, so that even a write may be repeated. */
export class TransportFailure extends Error {
  readonly sent: boolean;
  readonly timedOut: boolean;
  constructor(message: string, sent: boolean, timedOut: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = "TransportFailure";
    this.sent = sent;
    this.timedOut = timedOut;
  }
}

export interface TransportOptions {
  /** PEM text of a private certificate authority, used in place of the built-in ones. */
  readonly certificateAuthority?: string | undefined;
  /** HTTP(S) proxy for all portals. */
  readonly proxyUrl?: string | undefined;
}

export interface Transport {
  /**
   * Posts JSON (or, without a body, gets) and reads the answer. Rejects with `TransportFailure`. `timeoutMs` bounds the whole exchange; the
   * signal gives it up earlier, which ends like a timeout.
   */
  exchange(url: string, body: string | undefined, timeoutMs: number, signal?: LightSignal): Promise<TransportAnswer>;
  close(): Promise<void>;
}

/** An answer may hold a session of many thousand messages; more than this is not one of ours. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;
/**
 * Sockets are reused only briefly: a server that closes an idle socket just as a write is sent on it leaves us not knowing whether the
 * write happened.
 */
const KEEP_ALIVE_MS = 3_000;
/** All requests that may be under way at once (`scheduler.ts`), and a few for what renews or proves tokens. */
const CONNECTIONS_PER_PORTAL = 40;

const HEADERS = {
  "content-type": "application/json",
  accept: "application/json",
  "accept-encoding": "identity",
  "user-agent": "bitrix24-open-channels-graphql/0.1",
};

/** Codes of failures that happen before a request is on the wire. */
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERR_SSL_WRONG_VERSION_NUMBER",
]);

const DECODERS: ReadonlyMap<string, (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>> = new Map([
  ["gzip", promisify<Buffer, ZlibOptions, Buffer>(gunzip)],
  ["x-gzip", promisify<Buffer, ZlibOptions, Buffer>(gunzip)],
  ["deflate", promisify<Buffer, ZlibOptions, Buffer>(inflate)],
  ["br", promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress)],
]);

export function createTransport(options: TransportOptions = {}): Transport {
  const tls = options.certificateAuthority === undefined ? {} : { ca: options.certificateAuthority };
  const pool = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connections: CONNECTIONS_PER_PORTAL,
    pipelining: 1,
    maxResponseSize: MAX_ANSWER_BYTES,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const dispatcher: Dispatcher =
    options.proxyUrl === undefined
      ? new Agent({ ...pool, connect: { timeout: CONNECT_TIMEOUT_MS, ...tls } })
      : new ProxyAgent({ ...pool, uri: options.proxyUrl, requestTls: tls, proxyTls: tls });
  return {
    exchange: (url, body, timeoutMs, signal) => exchange(dispatcher, url, body, timeoutMs, signal),
    close: () => dispatcher.destroy(),
  };
}

async function exchange(
  dispatcher: Dispatcher,
  url: string,
  body: string | undefined,
  timeoutMs: number,
  signal: LightSignal | undefined,
): Promise<TransportAnswer> {
  const request = new PortalRequest();
  const end = guard("the end of a request to a portal", () => request.giveUp());
  const timer = setTimeout(end, Math.max(1, timeoutMs));
  if (signal?.aborted === true) end();
  else signal?.addEventListener("abort", end);
  try {
    const { status, headers, bytes } = await request.send(dispatcher, new URL(url), body);
    const encoding = single(headers["content-encoding"]) ?? "identity";
    return {
      status,
      contentType: single(headers["content-type"]) ?? "",
      location: single(headers.location),
      body: encoding === "identity" ? textOf(bytes) : await decompress(bytes, encoding),
    };
  } catch (error) {
    throw failure(error, request.isGivenUp);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

/** One request whose answer is gathered as it comes: the stream, the signal and the resource that undici would make for it cost as much as a small answer. */
class PortalRequest implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #headers: Received["headers"] = {};
  #controller: Dispatcher.DispatchController | undefined;
  #settle: { readonly resolve: (received: Received) => void; readonly reject: (error: unknown) => void } | undefined;
  isGivenUp = false;

  send(dispatcher: Dispatcher, { origin, pathname, search }: URL, body: string | undefined): Promise<Received> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      if (this.isGivenUp) return reject(GIVEN_UP);
      const method = body === undefined ? "GET" : "POST";
      dispatcher.dispatch({ origin, path: pathname + search, method, headers: HEADERS, body: body ?? null }, this);
    });
  }

  /** Nobody waits for it any more. */
  giveUp(): void {
    this.isGivenUp = true;
    this.#settle?.reject(GIVEN_UP);
    this.#controller?.abort(GIVEN_UP);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.isGivenUp) controller.abort(GIVEN_UP);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Received["headers"]): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first, ...others] = this.#chunks;
    const bytes = first !== undefined && others.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#settle?.resolve({ status: this.#status, headers: this.#headers, bytes });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settle?.reject(error);
  }
}

const GIVEN_UP = new Error("nobody waits any more");

/** We ask for no compression, but a proxy before the portal may compress all the same. */
async function decompress(bytes: Buffer, encoding: string): Promise<string> {
  const decoder = DECODERS.get(encoding.trim().toLowerCase());
  // What cannot be read is not REST JSON; that is told where JSON is expected.
  if (decoder === undefined || bytes.length === 0) return bytes.toString("latin1");
  return textOf(await decoder(bytes, { maxOutputLength: MAX_ANSWER_BYTES }));
}

/** A portal spells everything beyond ASCII as `\u…`, so that its bytes need no decoding. */
function textOf(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  return bytes.toString("utf8", startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0);
}

const BYTE_ORDER_MARK = Buffer.from("\ufeff");

function startsWithMark(bytes: Buffer): boolean {
  return bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function failure(error: unknown, timedOut: boolean): TransportFailure {
  if (timedOut) return new TransportFailure("no answer in time", true, true, { cause: error });
  const code = errorCode(error);
  if (code !== undefined && NOT_SENT.has(code)) {
    return new TransportFailure("no connection could be made", false, false, { cause: error });
  }
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return new TransportFailure("the answer is too large", true, false, { cause: error });
  }
  return new TransportFailure("the connection broke", true, false, { cause: error });
}

/** The system's or undici's code, looked for in causes and in the members of an aggregate (several addresses were tried). */
function errorCode(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 4) return undefined;
  if (error instanceof AggregateError) {
    const codes = error.errors.map((member: unknown) => errorCode(member, depth + 1));
    return codes.every((code) => code !== undefined && NOT_SENT.has(code)) ? codes[0] : undefined;
  }
  const own = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return own ?? errorCode(error.cause, depth + 1);
}
