import type { Call } from "../../src/datasources/bitrix24/calls.ts";
import { decodeFrom } from "../../src/datasources/bitrix24/decoding.ts";

/** What the decoder of a call makes of an answer of the portal at `origin`. Throws what the decoder throws. */
export function decoded<T>(call: Call<T>, result: unknown, origin = "https://portal.example.com"): T {
  return decodeFrom({ origin }, call.method, () => call.decode(result));
}
