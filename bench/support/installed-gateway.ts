import type { RunningPortal } from "../../simulator/portal.ts";
import { freePort } from "./free-port.ts";
import { type BenchGateway, type GatewayOptions, startGateway } from "./gateway.ts";

/** A gateway whose application is installed in a portal, so that it takes the portal's deliveries. */
export interface InstalledGateway {
  readonly gateway: BenchGateway;
  readonly publicUrl: string;
  readonly applicationToken: string;
}

export async function startInstalledGateway(
  portal: RunningPortal,
  { environment, ...options }: GatewayOptions,
): Promise<InstalledGateway> {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const gateway = await startGateway({
    ...options,
    environment: {
      GATEWAY_PORT: String(port),
      GATEWAY_PUBLIC_URL: publicUrl,
      BITRIX24_CLIENT_ID: portal.application.clientId,
      BITRIX24_CLIENT_SECRET: portal.application.clientSecret,
      BITRIX24_TOKEN_URL: portal.application.tokenUrl,
      ...environment,
    },
  });
  const { callback, applicationToken } = await portal.installApplication({
    kind: "script-only",
    installUrl: `${publicUrl}/bitrix24/install`,
  });
  if (callback === undefined) throw new Error("The installation was not answered");
  return { gateway, publicUrl, applicationToken };
}
