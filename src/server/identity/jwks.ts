import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";

const TIMEOUT_MS = 5_000;
/** A key that is not in the set is looked for again at most this often. */
const UNKNOWN_KEY_PAUSE_MS = 60_000;
const FRESH_MS = 10 * 60_000;
/** An identity provider that is away does not lock everybody out at once. */
const STALE_MS = 60 * 60_000;
const FAILED_PAUSE_MS = 5_000;
const MAX_BYTES = 1024 * 1024;

/** The keys of an identity provider cannot be read now. */
export class KeySetUnavailable extends Error {
  readonly retryAfterMs = FAILED_PAUSE_MS;
  constructor(options?: ErrorOptions) {
    super("The keys of the identity provider cannot be read now.", options);
    this.name = "KeySetUnavailable";
  }
}

/**
 * The public keys of an identity provider, read when they are needed. Never more than one request at once; none within a while after one
 * that failed. `createRemoteJWKSet` keeps the set and looks for a key.
 */
export function createKeySet(url: string): JWTVerifyGetKey {
  let last: { readonly text: string; readonly readAt: number } | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  async function read(address: string, init: RequestInit): Promise<Response> {
    if (performance.now() - failedAt < FAILED_PAUSE_MS) return stale();
    try {
      const response = await fetch(address, init);
      if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
      const text = await boundedText(response);
      // Throws for what is no set of keys, so that it counts as failed too.
      createLocalJWKSet(JSON.parse(text));
      last = { text, readAt: performance.now() };
      return new Response(text);
    } catch (error) {
      failedAt = performance.now();
      return stale(error);
    }
  }

  function stale(cause?: unknown): Response {
    if (last === undefined || performance.now() - last.readAt > STALE_MS) throw new KeySetUnavailable({ cause });
    return new Response(last.text);
  }

  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: TIMEOUT_MS,
    cooldownDuration: UNKNOWN_KEY_PAUSE_MS,
    cacheMaxAge: FRESH_MS,
    [customFetch]: read,
  });
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new Error("the key set is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
