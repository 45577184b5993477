/** The portal whose answer is decoded, as its connection knows it. */
export interface AnswerSource {
  /** Makes site-relative addresses absolute, e.g. `https://example.bitrix24.com`. */
  readonly origin: string;
}

/**
 * Decoding is synchronous, so one source at a time is enough: what runs inside `decodeFrom` sees it, and no decoder hands it on to the next.
 * Decoders stay the same function for every portal, which is how equal reads are known to share one decoded value.
 */
let current: AnswerSource | undefined;

/** Runs a decoder on an answer of `source`. */
export function decodeFrom<T>(source: AnswerSource, decode: () => T): T {
  const outer = current;
  current = source;
  try {
    return decode();
  } finally {
    current = outer;
  }
}

/** For what is decoded later than its answer: the source to go on with. Throws outside of a decoding. */
export function answerSource(): AnswerSource {
  if (current === undefined) throw new Error("no answer is being decoded");
  return current;
}

/** The address that a portal's text leads to, relative ones on the portal itself; undefined for one that is none. */
export function addressOf(text: string): URL | undefined {
  const { origin } = answerSource();
  try {
    return new URL(text, origin);
  } catch {
    return undefined;
  }
}
