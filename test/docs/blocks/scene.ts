import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { namePeople } from "../../../src/cli/demo/demo-people.ts";
import { freePort } from "../../kit/free-port.ts";
import { startGateway, type TestGateway } from "../../kit/gateway.ts";

/** What the documents talk about: the demo, and a portal whose webhook one has. */
export interface Scene {
  readonly portal: RunningPortal;
  readonly gateway: TestGateway;
  /** Origin of the gateway. */
  readonly origin: string;
  /** Settings of the gateway, as the programs beside it read them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts in place of the addresses and keys that documents name those that are there. */
  placed(text: string): string;
  close(): Promise<void>;
}

export const ANNA = "demo-api-key-of-anna";
export const MAREK = "demo-api-key-of-marek";
export const HELENA = "demo-api-key-of-helena";

/** As `npm start` does it, in this process and with nobody who acts on his own. */
export async function openScene(): Promise<Scene> {
  const portal = await startPortal({ plan: "on-premise" });
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const people = namePeople(portal.users);
  const keys = people.map(({ user, name, key }) => `${name}:${key}:${name}${user.role === "operator" ? "" : ":all"}`);
  const folder = mkdtempSync(join(tmpdir(), "scene-"));
  const credentials = join(folder, "credentials.json");
  const webhooks = people.map(({ name, user }) => [name, { webhook: user.webhookUrl }] as const);
  writeFileSync(credentials, JSON.stringify(Object.fromEntries(webhooks)), { mode: 0o600 });
  const environment = {
    GATEWAY_PORT: String(port),
    GATEWAY_DATA_DIR: folder,
    GATEWAY_PUBLIC_URL: origin,
    GATEWAY_API_KEYS: keys.join(","),
    GATEWAY_CORS_ORIGINS: "loopback",
    GATEWAY_EXPLORER: "true",
    BITRIX24_PLAN: "on-premise",
    BITRIX24_PORTALS: new URL(portal.url).host,
    BITRIX24_CREDENTIALS_FILE: credentials,
    BITRIX24_CLIENT_ID: portal.application.clientId,
    BITRIX24_CLIENT_SECRET: portal.application.clientSecret,
    BITRIX24_TOKEN_URL: portal.application.tokenUrl,
    BITRIX24_BOT_CLIENT_ID: "demo-bot",
  };
  const gateway = await startGateway({ portal, env: environment });
  const { callback } = await portal.installApplication({
    kind: "script-only",
    installUrl: `${origin}/bitrix24/install`,
  });
  if (callback === undefined) throw new Error("the application was not installed");
  const anna = people.find(({ key }) => key === ANNA)?.user;
  if (anna === undefined) throw new Error("the demo has no Anna");
  return {
    portal,
    gateway,
    origin,
    environment,
    placed: (text) =>
      text
        .replaceAll(/https?:\/\/(?:127\.0\.0\.1:4000|gateway\.example\.com)/g, origin)
        .replaceAll("http://127.0.0.1:8010", portal.url)
        .replaceAll("https://example.bitrix24.com/rest/27/SECRET/", anna.webhookUrl)
        .replaceAll(/x-api-key: KEY\b/g, `x-api-key: ${HELENA}`),
    async close() {
      await gateway.close();
      await portal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
