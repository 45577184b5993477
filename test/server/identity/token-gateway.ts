import type { Logger } from "pino";
import { onTestFinished } from "vitest";
import { type ScriptedPortal, startScriptedPortal } from "../../datasources/bitrix24/scripted-portal.ts";
import { runGateway } from "../../kit/gateway-here.ts";
import { type RawAnswer, send } from "../../kit/http-client.ts";

/** A portal that knows tokens, by the user whose they are. What comes with another one is refused as it does it. */
export interface TokenPortal {
  readonly portal: ScriptedPortal;
  readonly users: Map<string, string>;
  /** How often a method was called by whatever token. */
  calls(method: string): number;
}

export async function startTokenPortal(users: Readonly<Record<string, string>>): Promise<TokenPortal> {
  const portal = await startScriptedPortal();
  onTestFinished(() => portal.close());
  const known = new Map(Object.entries(users));
  portal.intercept = ({ body, method }) => {
    if (body.auth === undefined) return undefined;
    const user = known.get(String(body.auth));
    if (user === undefined)
      return { status: 401, body: JSON.stringify({ error: "expired_token", error_description: "" }) };
    if (method === "profile") return { body: JSON.stringify({ result: { ID: user, ADMIN: false } }) };
    return undefined;
  };
  portal.answer = () => ["im", "imopenlines"];
  return {
    portal,
    users: known,
    calls: (method) => portal.requests.filter(({ commands }) => commands.includes(method)).length,
  };
}

export interface TokenGateway {
  readonly url: string;
  ask(headers: Readonly<Record<string, string>>, query?: string): Promise<RawAnswer>;
  close(): Promise<void>;
}

/** A gateway for users' tokens of a portal, and the key `inbox`. */
export async function startTokenGateway(
  { portal }: TokenPortal,
  env: Readonly<Record<string, string>> = {},
  log?: Logger,
): Promise<TokenGateway> {
  const { url, probed, close } = await runGateway(
    {
      BITRIX24_WEBHOOK_URL: `${portal.origin}/rest/1/secret1234567890/`,
      BITRIX24_PORTALS: portal.host,
      GATEWAY_API_KEYS: "inbox:0123456789abcdef",
      ...env,
    },
    log,
  );
  onTestFinished(close);
  await probed;
  return {
    url,
    ask: (headers, query = "{ viewer { scopes } }") =>
      send(url, {
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query }),
      }),
    close,
  };
}

export function tokenHeaders({ portal }: TokenPortal, token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, "x-bitrix24-portal": portal.host };
}
