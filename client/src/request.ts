import { type Credentials, isSameCredential } from "./identity.ts";
import { NoAnswer, type Operation, type Result, readResult } from "./result.ts";

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until it is given up; 60,000 by default. */
  readonly timeoutMs?: number | undefined;
}

export interface Requests {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly credentials: Credentials;
}

const TIMEOUT_MS = 60_000;

/**
 * Sends a query or a mutation once. Rejects with `NoAnswer` where no answer of the gateway came back, and with the signal's reason when that
 * ended it; what the gateway refuses is in `errors`.
 */
export async function request({ url, fetch, credentials }: Requests, operation: Operation, options: RequestOptions) {
  const { signal, timeoutMs = TIMEOUT_MS } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const send = async (headers: Readonly<Record<string, string>>): Promise<Answer> => {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json", ...headers },
        body: JSON.stringify(operation),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      return { status: response.status, result: readResult(await response.text()) };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw new NoAnswer(`${url} gave no answer.`, { cause: error });
    }
  };
  const credential = await credentials.current().catch((error: unknown) => {
    throw new NoAnswer("Nobody could say who this is.", { cause: error });
  });
  let answer = await send(credential.headers);
  if (answer.status === 401) {
    // Refused before anything was carried out, so that a mutation may be sent again too.
    const renewed = await credentials.renew(credential);
    if (!isSameCredential(credential, renewed)) answer = await send(renewed.headers);
  }
  if (answer.result === undefined)
    throw new NoAnswer(`${url} answered ${answer.status} with something else than JSON.`);
  return answer.result;
}

interface Answer {
  readonly status: number;
  readonly result: Result | undefined;
}
