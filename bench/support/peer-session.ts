import type { Pool } from "undici";
import {
  type Call,
  type ParamMap,
  type ParamValue,
  type PortalSession,
  ResultRef,
} from "../../src/datasources/bitrix24/calls.ts";
import { decodeFrom } from "../../src/datasources/bitrix24/decoding.ts";
import { readEnvelope } from "../../src/datasources/bitrix24/envelope.ts";
import { OutcomeUnknown, PortalRefusal } from "../../src/datasources/bitrix24/errors.ts";

/** The value that a reference points to in an answer before it was decoded. */
function resolve(ref: ResultRef, result: unknown): ParamValue {
  let value: unknown = result;
  for (const name of ref.path) {
    const entry: [string, unknown] | undefined =
      typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name) : undefined;
    value = entry?.[1];
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new Error(`The answer has no ${ref.path.join(".")}`);
}

/**
 * A portal's session as a plain gateway has it: each read and each write is one REST request of its own, sent at once. Shares the decoders with the
 * gateway and nothing of its scheduler.
 */
export function createPeerSession(pool: Pool, webhook: string): PortalSession {
  const { host, origin, pathname } = new URL(webhook);

  async function request(method: string, params: ParamMap): Promise<unknown> {
    const response = await pool.request({
      path: `${pathname}${method}`,
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(params),
    });
    return readEnvelope(method, {
      status: response.statusCode,
      contentType: String(response.headers["content-type"] ?? ""),
      location: undefined,
      body: await response.body.text(),
    }).result;
  }

  const decoded = <T>(call: Call<T>, result: unknown): T =>
    decodeFrom({ origin }, call.method, () => call.decode(result));
  const read = async <T>(call: Call<T>): Promise<T> => decoded(call, await request(call.method, call.params));

  return {
    host,
    origin,
    botClientId: undefined,
    read,
    readTogether: (calls) => calls.map((call) => read(call)),
    readLinked(first, second) {
      const answered = request(first.method, first.params);
      const b = answered.then((result) => {
        const call = second((...path) => new ResultRef(path));
        const params = Object.entries(call.params).map(([name, value]): [string, ParamValue | undefined] => [
          name,
          value instanceof ResultRef ? resolve(value, result) : value,
        ]);
        return read({ ...call, params: Object.fromEntries(params) });
      });
      b.catch(() => undefined);
      return [answered.then((result) => decoded(first, result)), b];
    },
    async write(call, reread) {
      try {
        const value = await read(call);
        return { result: { kind: "done", value }, reread: reread === undefined ? undefined : read(reread) };
      } catch (error) {
        if (error instanceof PortalRefusal) return { result: { kind: "refused", refusal: error }, reread: undefined };
        throw new OutcomeUnknown(call.method, { cause: error });
      }
    },
    writeEpoch: () => 0,
  };
}
