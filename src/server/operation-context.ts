import type { Portals } from "../datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../datasources/bitrix24/usage.ts";
import type { HistoryCache } from "../datasources/history-cache.ts";
import { createLoaders } from "../datasources/loaders.ts";
import type { OperationContext } from "../resolvers/context.ts";
import type { Identity } from "./identity.ts";

export interface OperationServices {
  readonly portals: Portals;
  readonly histories: HistoryCache;
  readonly timeoutMs: number;
}

/** An operation's context with what ends it. */
export interface RunningOperation {
  readonly context: OperationContext;
  /** The client has gone: what is still queued upstream is given up. */
  abort(): void;
  /** The operation is over; its deadline is forgotten. */
  close(): void;
}

/** Binds one operation to its credential, its deadline and its abort signal. */
export function startOperation(services: OperationServices, identity: Identity): RunningOperation {
  const controller = new AbortController();
  const { signal } = controller;
  const usage = new UpstreamUsage();
  const deadlineAt = performance.now() + services.timeoutMs;
  const timer = setTimeout(() => controller.abort(), services.timeoutMs);
  timer.unref();
  const portal = services.portals.session(identity.credential, { signal, deadlineAt, usage });
  return {
    context: {
      viewer: identity.viewer,
      portal,
      loaders: createLoaders(portal, services.histories),
      signal,
      usage,
      upstreamStatus: () => services.portals.status(identity.credential),
    },
    abort: () => controller.abort(),
    close: () => clearTimeout(timer),
  };
}
