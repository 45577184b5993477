import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Environment } from "../../config/environment.ts";
import { type DemoPerson, firstPerson } from "./demo-people.ts";
import type { PortalReadiness } from "./simulated-portal.ts";

const DEFAULT_PORT = 4000;

export interface DemoGatewaySettings {
  /** Settings of the gateway, on top of the environment. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where portals reach the gateway. */
  readonly publicUrl: string;
}

/**
 * The settings with which the gateway serves the simulated portal: a credential and a key for each of its people. Writes the credentials
 * into `demo` in the data directory, and removes what a former demo left there: it belongs to a portal that is gone.
 */
export function demoSettings(
  portal: PortalReadiness,
  people: readonly DemoPerson[],
  environment: Environment,
  port: number,
): DemoGatewaySettings {
  const first = firstPerson(people);
  const directory = join(environment.GATEWAY_DATA_DIR || ".data", "demo");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const credentialsFile = join(directory, "credentials.json");
  const credentials = [{ ...first, name: "default" }, ...people].map(
    ({ name, user }) => [name, { webhook: user.webhookUrl }] as const,
  );
  writeFileSync(credentialsFile, JSON.stringify(Object.fromEntries(credentials), null, 2), { mode: 0o600 });
  const keys = people.map(({ user, name, key }) => `${name}:${key}:${name}${user.role === "operator" ? "" : ":all"}`);
  const publicUrl = `http://127.0.0.1:${port}`;
  const settings = {
    BITRIX24_CREDENTIALS_FILE: credentialsFile,
    // For a page in one of its frames, which acts with a user's own token.
    BITRIX24_PORTALS: new URL(portal.url).host,
    BITRIX24_CLIENT_ID: portal.application.clientId,
    BITRIX24_CLIENT_SECRET: portal.application.clientSecret,
    BITRIX24_TOKEN_URL: portal.application.tokenUrl,
    GATEWAY_DATA_DIR: directory,
    GATEWAY_PORT: String(port),
    GATEWAY_PUBLIC_URL: publicUrl,
    GATEWAY_API_KEYS: [environment.GATEWAY_API_KEYS, ...keys].filter(Boolean).join(","),
    GATEWAY_EXPLORER: environment.GATEWAY_EXPLORER || "true",
    GATEWAY_EXPLORER_PEOPLE: environment.GATEWAY_EXPLORER_PEOPLE || explorerPeople(people, first),
    GATEWAY_CORS_ORIGINS: environment.GATEWAY_CORS_ORIGINS || "loopback",
    GATEWAY_LOG_LEVEL: environment.GATEWAY_LOG_LEVEL || "warn",
  };
  return { settings, publicUrl };
}

/** An operator first: an inbox of his own is more to see than a supervisor's empty one. */
function explorerPeople(people: readonly DemoPerson[], first: DemoPerson): string {
  const inOrder = [first, ...people.filter((person) => person !== first)];
  return inOrder.map(({ user, key }) => `${user.name.replaceAll(/[,:]/g, " ")} (${user.role}):${key}`).join(",");
}

/** A port for the gateway. A free one is looked for here: its address must be known before it starts, because the portal posts to it. */
export async function choosePort(wanted: string | undefined): Promise<number> {
  const port = Number(wanted?.trim() || DEFAULT_PORT);
  if (port !== 0) return port;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("a listening server has no address");
  return address.port;
}
