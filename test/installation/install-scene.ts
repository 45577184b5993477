import { onTestFinished } from "vitest";
import type { Installation } from "../../src/installation/installation.ts";
import type { PhpValue } from "../subscriptions/php-form.ts";
import {
  type ReceivingGateway,
  type ReceivingGatewayOptions,
  startReceivingGateway,
} from "../subscriptions/receiving-gateway.ts";
import { type ApplicationPortal, startApplicationPortal } from "./application-portal.ts";

export type Form = Record<string, PhpValue>;

export interface Scene {
  readonly portal: ApplicationPortal;
  readonly gateway: ReceivingGateway;
  kept(): Promise<Installation | undefined>;
}

export async function openPortal(client?: ApplicationPortal["client"]): Promise<ApplicationPortal> {
  const portal = await startApplicationPortal(client);
  onTestFinished(() => portal.close());
  return portal;
}

export async function openScene(options: ReceivingGatewayOptions = {}): Promise<Scene> {
  const portal = await openPortal();
  const gateway = await startReceivingGateway({
    client: portal.client,
    tokenUrl: portal.tokenUrl,
    allowedHosts: [portal.host],
    ...options,
  });
  return { portal, gateway, kept: () => gateway.installations.findLatest(portal.memberId) };
}

/** A callback whose `auth` says something else. */
export function withAuth(callback: Form, change: Form): Form {
  const { auth } = callback;
  return { ...callback, auth: typeof auth === "object" && auth !== null ? { ...auth, ...change } : change };
}

/** REST calls that reached the portal, those of batches one by one. */
export function restCalls({ server }: ApplicationPortal): string[] {
  return server.requests.filter(({ path }) => path.startsWith("/rest/")).flatMap(({ commands }) => commands);
}
