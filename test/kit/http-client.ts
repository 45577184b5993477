import { request } from "node:http";

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request exactly as given: `fetch` would add or refuse headers such as `host` and `content-type`. */
export function send(url: string, { method = "POST", headers = {}, body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

export interface ErrorBody {
  readonly message: string;
  readonly extensions: { readonly code: string };
}

/** The errors of an answer that is in GraphQL shape; fails for any other. */
export function errorsOf({ text }: RawAnswer): ErrorBody[] {
  const body: unknown = JSON.parse(text);
  if (typeof body !== "object" || body === null || !("errors" in body) || !Array.isArray(body.errors)) {
    throw new Error(`no errors in ${text}`);
  }
  return body.errors;
}
