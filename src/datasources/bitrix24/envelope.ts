import { nestsHarmfully } from "../../process/json-depth.ts";
import { PortalProtocolError, PortalRefusal, PortalUnavailable } from "./errors.ts";
import type { TransportAnswer } from "./transport.ts";
import type { WireObject } from "./wire.ts";

/** What the portal says about the time a method has used (`operating`), absent on-premise. */
export interface OperatingTime {
  /** Seconds accumulated in the running window. */
  readonly operating: number;
  /** When the oldest part of the window is dropped; unix seconds. */
  readonly resetAt: number;
}

export interface Envelope {
  readonly result: unknown;
  readonly operating: OperatingTime | undefined;
  /** What the call took at the portal, in milliseconds, where it tells. */
  readonly tookMs: number | undefined;
}

/** From here on a status says that the portal's program, or what stands in front of it, failed. */
const LEAST_FAILURE = 500;
/** Too many requests, whatever the body says. */
export const TOO_MANY_REQUESTS = 429;

/**
 * The `result` of an answer. Throws `PortalRefusal` for `{error}` (an empty string is one too) and for too many requests, `PortalUnavailable` for
 * a failure without a code, such as the page of what stands in front of a portal that is away, and `PortalProtocolError` for anything else
 * that is not REST JSON: a page, half a body, a JSON scalar.
 */
export function readEnvelope(method: string, answer: TransportAnswer): Envelope {
  const body = parse(answer.body);
  if (!isObject(body)) {
    // The rate limiter sits in front of the portal's program, so its body need not be JSON.
    const isLimited = answer.status >= 400 && answer.body.includes(LIMITED);
    if (isLimited || answer.status === TOO_MANY_REQUESTS) {
      throw new PortalRefusal(method, isLimited ? LIMITED : "", "", answer.status);
    }
    if (answer.status >= LEAST_FAILURE) throw unavailable(method, answer.status);
    throw new PortalProtocolError(
      `The portal's answer to ${method} is not REST JSON (HTTP ${answer.status}, ${kindOf(answer)}).`,
      method,
    );
  }
  const refusal = readRefusal(method, body, answer.status);
  if (refusal !== undefined) throw refusal;
  if (!("result" in body)) {
    if (answer.status >= LEAST_FAILURE) throw unavailable(method, answer.status);
    throw new PortalProtocolError(`The portal's answer to ${method} has neither a result nor an error.`, method);
  }
  return { result: body.result, operating: readOperatingTime(body.time), tookMs: readDuration(body.time) };
}

const LIMITED = "QUERY_LIMIT_EXCEEDED";

function unavailable(method: string, status: number): PortalUnavailable {
  return new PortalUnavailable(`The portal is not available (HTTP ${status} on ${method}).`, method);
}

/** The refusal in `{error, error_description}`, if it is one; the third version of REST writes `{error: {code, message}}`. */
export function readRefusal(method: string, body: unknown, status?: number): PortalRefusal | undefined {
  if (!isObject(body) || !("error" in body)) return undefined;
  const { error, description } = isObject(body.error)
    ? { error: body.error.code, description: body.error.message }
    : { error: body.error, description: body.error_description };
  if (typeof error !== "string" && typeof error !== "number") return undefined;
  const text = typeof description === "string" ? description : "";
  return new PortalRefusal(method, shortened(String(error).trim(), MAX_CODE), shortened(text, MAX_DESCRIPTION), status);
}

/** Characters of a code and of a sentence, which go into messages and logs; those that are documented have less than a tenth. */
const MAX_CODE = 200;
const MAX_DESCRIPTION = 2_000;

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

export function readOperatingTime(time: unknown): OperatingTime | undefined {
  if (!isObject(time)) return undefined;
  const operating = numberOf(time.operating);
  const resetAt = unixSecondsOf(time.operating_reset_at);
  return Number.isFinite(operating) && Number.isFinite(resetAt) ? { operating, resetAt } : undefined;
}

/** NaN for what is no number, nor the text of one. */
function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}

/** Unix seconds; one documented answer shows the time as ISO 8601 text instead. */
function unixSecondsOf(value: unknown): number {
  const seconds = numberOf(value);
  return Number.isNaN(seconds) && typeof value === "string" ? Date.parse(value) / 1000 : seconds;
}

/** Longer than any call is waited for: told by a portal whose clock was set meanwhile. */
const LONGEST_CALL_S = 60;

/** Milliseconds that a call took at the portal, undefined where it does not tell, or nothing that can be. */
export function readDuration(time: unknown): number | undefined {
  const seconds = isObject(time) ? numberOf(time.duration) : Number.NaN;
  return seconds >= 0 && seconds < LONGEST_CALL_S ? seconds * 1000 : undefined;
}

/** Answers nest a tenth as deep. */
const MAX_DEPTH = 100;

function parse(body: string): unknown {
  if (nestsHarmfully(body, MAX_DEPTH)) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(answer: TransportAnswer): string {
  if (answer.body === "") return "an empty body";
  if (/^\s*</.test(answer.body) || answer.contentType.includes("html")) return "a web page";
  if (nestsHarmfully(answer.body, MAX_DEPTH)) return "JSON that nests too deeply";
  return answer.contentType.includes("json") ? "broken or cut JSON" : "another kind of text";
}
