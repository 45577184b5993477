import "reflect-metadata";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import { onTestFinished } from "vitest";
import { readConfig } from "../../src/config/read-config.ts";
import { startGateway } from "../../src/server/gateway.ts";

export type Settings = Readonly<Record<string, string>>;

/** A gateway in the test's own process. */
export interface GatewayHere {
  /** Address of the GraphQL endpoint. */
  readonly url: string;
  readonly origin: string;
  /** Settles once every portal was asked whether it answers. */
  readonly probed: Promise<void>;
  /** Once, however often it is asked for. */
  close(): Promise<void>;
}

const SILENT = pino({ level: "silent" });

/** The one way in which tests start a gateway in their own process: on a free port and without memory of others, unless the settings say so. */
export async function runGateway(settings: Settings, log: Logger = SILENT): Promise<GatewayHere> {
  const own = settings.GATEWAY_DATA_DIR === undefined ? mkdtempSync(join(tmpdir(), "gateway-here-")) : undefined;
  const forget = (): void => {
    if (own !== undefined) rmSync(own, { recursive: true, force: true });
  };
  try {
    const here = own === undefined ? {} : { GATEWAY_DATA_DIR: own };
    const { url, probed, close } = await startGateway(readConfig({ GATEWAY_PORT: "0", ...here, ...settings }), log);
    let closing: Promise<void> | undefined;
    return {
      url,
      origin: new URL(url).origin,
      probed,
      close() {
        closing ??= close().finally(forget);
        return closing;
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}

/** Such a gateway that ends with the test. Resolves to its origin. */
export async function startGatewayHere(settings: Settings): Promise<string> {
  const gateway = await runGateway(settings);
  onTestFinished(gateway.close);
  return gateway.origin;
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
