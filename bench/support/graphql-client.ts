import { Pool } from "undici";
import { z } from "zod";

const answer = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string() })).optional(),
  extensions: z.object({ upstream: z.object({ requests: z.number(), commands: z.number() }) }).optional(),
});
export type GraphqlAnswer = z.infer<typeof answer>;

/** A light client: few connections, kept open, one request on each at a time. */
export interface GraphqlClient {
  /** Posts a prepared body and returns the answer's text, read to its end; throws for a status other than 200. */
  post(body: string, key: string): Promise<string>;
  /** Posts an operation and reads the answer; throws when it carries errors. */
  query(query: string, variables: Readonly<Record<string, unknown>>, key: string): Promise<GraphqlAnswer>;
  close(): Promise<void>;
}

export function openGraphqlClient(url: string, connections: number): GraphqlClient {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 });
  async function post(body: string, key: string): Promise<string> {
    const response = await pool.request({
      path: pathname,
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body,
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}: ${text.slice(0, 500)}`);
    return text;
  }
  return {
    post,
    async query(query, variables, key) {
      const read = answer.parse(JSON.parse(await post(JSON.stringify({ query, variables }), key)));
      if (read.errors !== undefined) throw new Error(read.errors.map((error) => error.message).join("; "));
      return read;
    },
    close: () => pool.close(),
  };
}
