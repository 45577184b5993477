import { onTestFinished } from "vitest";
import type { Call, ParamMap, PortalSession } from "../../../src/datasources/bitrix24/calls.ts";
import {
  type Credential,
  createPortals,
  type Portals,
  type PortalsOptions,
} from "../../../src/datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../../src/datasources/bitrix24/usage.ts";
import { type ScriptedPortal, startScriptedPortal } from "./scripted-portal.ts";

const echo = (result: unknown): unknown => result;

/** A call whose result is passed through undecoded. One decoder for all, as for a real method. */
export function call(method: string, params: ParamMap = {}): Call<unknown> {
  return { method, params, decode: echo };
}

export interface Bench {
  readonly portal: ScriptedPortal;
  readonly portals: Portals;
  readonly webhook: Credential;
  /** A session of a new operation. */
  operation(settings?: {
    credential?: Credential;
    timeoutMs?: number;
    abort?: AbortController;
  }): PortalSession & { usage: UpstreamUsage };
}

/** A scripted portal with the real client in front of it; both end with the test. */
export async function startBench(options: Partial<PortalsOptions> = {}): Promise<Bench> {
  const portal = await startScriptedPortal();
  const portals = createPortals({ plan: "standard", allowHttp: false, allowedHosts: [], ...options });
  onTestFinished(async () => {
    await portals.close();
    await portal.close();
  });
  const webhook: Credential = { kind: "webhook", url: `${portal.origin}/rest/1/secret1234567890/` };
  return {
    portal,
    portals,
    webhook,
    operation({ credential = webhook, timeoutMs = 10_000, abort = new AbortController() } = {}) {
      const usage = new UpstreamUsage();
      const deadlineAt = performance.now() + timeoutMs;
      const timer = setTimeout(() => abort.abort(), timeoutMs);
      timer.unref();
      return Object.assign(portals.session(credential, { signal: abort.signal, deadlineAt, usage }), { usage });
    },
  };
}
