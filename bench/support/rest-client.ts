import { Pool } from "undici";
import { z } from "zod";

const body = z.object({ result: z.unknown().optional(), error: z.string().optional() });

/** Direct REST calls, as a program without any library would make them. */
export interface RestClient {
  /** Posts JSON parameters and returns the `result`; throws for a refusal. */
  call(webhook: string, method: string, params: unknown): Promise<unknown>;
  close(): Promise<void>;
}

export function openRestClient(portalUrl: string, connections: number): RestClient {
  const pool = new Pool(new URL(portalUrl).origin, { connections, pipelining: 1 });
  return {
    async call(webhook, method, params) {
      const response = await pool.request({
        path: `${new URL(webhook).pathname}${method}`,
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(params),
      });
      const answer = body.parse(await response.body.json());
      if (answer.error !== undefined) throw new Error(`${method} was refused: ${answer.error}`);
      return answer.result;
    },
    close: () => pool.close(),
  };
}
