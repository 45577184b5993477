import type { PortalSession } from "../datasources/bitrix24/calls.ts";
import type { AllowanceStatus, UpstreamUsage } from "../datasources/bitrix24/usage.ts";
import type { Loaders } from "../datasources/loaders.ts";

/** Who sent the operation, and through which credential it acts. Never holds a secret. */
export interface ViewerIdentity {
  /** `open`: no keys are configured and the gateway listens on loopback only. */
  readonly kind: "api-key" | "user-token" | "open";
  /** The key's name, or the portal host of a user token; for logs and for `viewer`. */
  readonly label: string;
}

/** All that a resolver gets; it never sees HTTP. One per operation. */
export interface OperationContext {
  readonly viewer: ViewerIdentity;
  readonly portal: PortalSession;
  readonly loaders: Loaders;
  /** Fires when the client has gone or the operation's deadline has passed. */
  readonly signal: AbortSignal;
  readonly usage: UpstreamUsage;
  readonly upstreamStatus: () => AllowanceStatus;
}
