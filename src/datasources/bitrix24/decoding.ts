import { guard } from "../../process/guard.ts";

/** The portal whose answer is decoded, as its connection knows it. */
export interface AnswerSource {
  /** Makes site-relative addresses absolute, e.g. `https://example.bitrix24.com`. */
  readonly origin: string;
  /** Is told what of an answer could not be read and was left out. */
  readonly leftOut?: ((parts: LeftOut) => void) | undefined;
}

/** Parts of one answer that could not be read; where they stood, never what they held. */
export interface LeftOut {
  readonly method: string;
  readonly count: number;
  /** The first of them. */
  readonly paths: readonly string[];
}

const MAX_PATHS = 10;

/** One answer while it is decoded. */
interface Decoding {
  readonly source: AnswerSource;
  readonly method: string;
  count: number;
  paths: readonly string[];
  /** What was left out is told when what runs now has run. */
  isTelling: boolean;
}

/** An answer of which parts are decoded only when they are asked for, long after the rest of it. */
export type LaterDecoding = Readonly<Pick<Decoding, "source" | "method">>;

const NO_PATHS: readonly string[] = [];

/**
 * Decoding is synchronous, so one answer at a time is enough: what runs inside `decodeFrom` sees it, and no decoder hands it on to the next.
 * Decoders stay the same function for every portal, which is how equal reads are known to share one decoded value.
 */
let current: Decoding | undefined;

/** Runs a decoder on an answer of `source` to `method`, and tells the source what was left out. */
export function decodeFrom<T>(source: AnswerSource, method: string, decode: () => T): T {
  const decoding: Decoding = { source, method, count: 0, paths: NO_PATHS, isTelling: false };
  try {
    return within(decoding, decode);
  } finally {
    tell(decoding);
  }
}

function within<T>(decoding: Decoding, decode: () => T): T {
  const outer = current;
  current = decoding;
  try {
    return decode();
  } finally {
    current = outer;
  }
}

function tell(decoding: Decoding): void {
  const { source, method, count, paths } = decoding;
  if (count === 0) return;
  decoding.count = 0;
  decoding.paths = NO_PATHS;
  source.leftOut?.({ method, count, paths });
}

/** Notes that a part of the answer at hand is left out of what is made of it. */
export function noteLeftOut(path: string): void {
  if (current === undefined) return;
  current.count += 1;
  if (current.paths.length < MAX_PATHS) current.paths = [...current.paths, path];
}

/** What goes on with the answer at hand, the same for all of its parts. Throws outside of a decoding. */
export function laterDecoding(): LaterDecoding {
  return decodingAtHand();
}

/** Decodes a part of an earlier answer. What of it is left out is told together with whatever else of that answer is decoded meanwhile. */
export function decodeLater<T>(later: LaterDecoding, decode: () => T): T {
  const decoding = later as Decoding;
  try {
    return within(decoding, decode);
  } finally {
    if (decoding.count > 0 && !decoding.isTelling) {
      decoding.isTelling = true;
      queueMicrotask(
        guard("telling what an answer could not be read for", () => {
          decoding.isTelling = false;
          tell(decoding);
        }),
      );
    }
  }
}

function decodingAtHand(): Decoding {
  if (current === undefined) throw new Error("no answer is being decoded");
  return current;
}

/** For what is decoded later than its answer: the source to go on with. Throws outside of a decoding. */
export function answerSource(): AnswerSource {
  return decodingAtHand().source;
}

const ADDRESS = /^(?:https?:\/\/|\/)/i;

/** The http(s) address that a portal's text leads to, one that begins with a slash on the portal itself; undefined for one that is none. */
export function addressOn(origin: string, text: string): URL | undefined {
  if (!ADDRESS.test(text)) return undefined;
  try {
    return new URL(text, origin);
  } catch {
    return undefined;
  }
}

/** The same for the answer at hand. */
export function addressOf(text: string): URL | undefined {
  return addressOn(answerSource().origin, text);
}
