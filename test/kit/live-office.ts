import type { GraphQLFormattedError } from "graphql";
import { createClient } from "graphql-ws";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { type PortalOptions, type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { freePort } from "./free-port.ts";
import { keyFor, startGateway, type TestGateway } from "./gateway.ts";

/** A portal with the gateway's application installed, and people who listen. */
export interface LiveOffice {
  readonly portal: RunningPortal;
  readonly gateway: TestGateway;
  /** Key name of the supervisor, who may see every event. */
  readonly supervisor: string;
  /** Opens a subscription over a socket of its own. */
  listen(query: string, options?: ListenOptions): Listener;
}

export interface ListenOptions {
  readonly key?: string;
  readonly variables?: Record<string, unknown>;
}

export interface StreamResult {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

export interface Listener {
  readonly results: StreamResult[];
  /** Resolves with the next result that was not taken yet; rejects when the stream ended or failed before. */
  next(): Promise<StreamResult>;
  /** Resolves when the gateway has opened the stream, told by a second, trivial operation on the same socket. */
  readonly opened: Promise<void>;
  stop(): Promise<void>;
}

type Settings = Readonly<Record<string, string>>;

/** @param env settings that replace those of the harness; a function where they depend on the portal's people */
export async function openLiveOffice(
  options: PortalOptions = {},
  env: Settings | ((portal: RunningPortal) => Settings) = {},
): Promise<LiveOffice> {
  const portal = await startPortal({ size: 0.2, plan: "on-premise", ...options });
  const port = await freePort();
  const [first] = portal.users;
  if (first === undefined) throw new Error("a portal without people");
  const supervisor = keyFor(first);
  const publicUrl = `http://127.0.0.1:${port}`;
  const gateway = await startGateway({
    portal,
    seeingAll: [supervisor],
    env: {
      GATEWAY_PORT: String(port),
      BITRIX24_PLAN: "on-premise",
      BITRIX24_CLIENT_ID: portal.application.clientId,
      BITRIX24_CLIENT_SECRET: portal.application.clientSecret,
      BITRIX24_TOKEN_URL: portal.application.tokenUrl,
      GATEWAY_PUBLIC_URL: publicUrl,
      ...(typeof env === "function" ? env(portal) : env),
    },
  });
  onTestFinished(async () => {
    await gateway.close();
    await portal.close();
  });
  const installed = await portal.installApplication({
    kind: "script-only",
    installUrl: `${publicUrl}/bitrix24/install`,
  });
  if (installed.callback === undefined) throw new Error("the installation callback was not sent");
  return {
    portal,
    gateway,
    supervisor,
    listen: (query, { key = supervisor, variables = {} } = {}) => openListener(gateway, query, key, variables),
  };
}

/** Subscribes over a socket of its own. */
export function openListener(
  gateway: TestGateway,
  query: string,
  key: string,
  variables: Record<string, unknown>,
): Listener {
  const client = createClient({
    url: gateway.url.replace("http:", "ws:"),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { "X-Api-Key": gateway.keyOf(key) },
  });
  const results: StreamResult[] = [];
  let taken = 0;
  let ended: { readonly error?: unknown } | undefined;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const each of waiting) each();
    waiting.clear();
  };
  client.subscribe<Record<string, unknown>>(
    { query, variables },
    {
      next(result) {
        results.push(result);
        wake();
      },
      error(error) {
        ended = { error };
        wake();
      },
      complete() {
        ended ??= {};
        wake();
      },
    },
  );
  const opened = new Promise<void>((resolve, reject) => {
    // Messages of one socket are handled in order, and a subscription is open before a later query is answered.
    client.subscribe({ query: "{ eventCursor }" }, { next: () => {}, error: reject, complete: resolve });
  });
  opened.catch(() => {});
  return {
    results,
    opened,
    async next() {
      while (taken >= results.length) {
        if (ended !== undefined)
          throw new Error(`the stream ended${ended.error === undefined ? "" : `: ${JSON.stringify(ended.error)}`}`);
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
      const result = results[taken];
      taken += 1;
      if (result === undefined) throw new Error("no result");
      return result;
    },
    stop: async () => {
      await client.dispose();
    },
  };
}
