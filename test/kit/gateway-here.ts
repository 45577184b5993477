import "reflect-metadata";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { readConfig } from "../../src/config/read-config.ts";
import { startGateway } from "../../src/server/gateway.ts";
import type { GatewaySettings } from "../campaign/live/installed-portal.ts";

/** Starts the gateway in the test's own process, where nothing needs to be killed. Resolves to its origin. */
export async function startGatewayHere(settings: GatewaySettings): Promise<string> {
  const config = readConfig({ ...settings, GATEWAY_LOG_LEVEL: "silent" });
  const running = await startGateway(config, pino({ level: config.logLevel }));
  onTestFinished(() => running.close());
  return new URL(running.url).origin;
}

export interface HttpAnswer {
  readonly status: number;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** An operation over HTTP. */
export async function askOverHttp(
  origin: string,
  key: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<HttpAnswer> {
  const response = await fetch(`${origin}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": key },
    body: JSON.stringify({ query, variables }),
  });
  const answer: Omit<HttpAnswer, "status"> = JSON.parse(await response.text());
  return { status: response.status, ...answer };
}
