import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type PortalOptions, type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import type { Chat } from "../../../simulator/world/records.ts";
import { until } from "../../kit/until.ts";
import type { Sender } from "../../subscriptions/deliveries.ts";

/** Where the customer of a chat writes from, as deliveries name it. */
export interface ChatPlace {
  readonly chatId: number;
  readonly connectorId: string;
  readonly lineId: number;
  readonly externalChatId: string;
  readonly customerId: number;
}

/** A simulated portal and the settings of gateways in front of it. */
export interface GatewayOffice {
  readonly portal: RunningPortal;
  /** Key that sees every event of the portal. */
  readonly key: string;
  /** A further data directory, removed when the test is over. */
  dataDirectory(): Promise<string>;
  /** Settings of one gateway. */
  settings(port: number, dataDirectory: string, more?: Readonly<Record<string, string>>): GatewaySettings;
  /**
   * Installs the application through a gateway; tells what deliveries prove themselves with. Resolves when the application's own user was tried
   * out too: nothing that the gateway asks of its own accord is left for a test to count.
   */
  install(origin: string): Promise<Sender>;
  /** Chats with customers, at most one for each pair of connector and line. */
  places(): readonly ChatPlace[];
}

export type GatewaySettings = Readonly<Record<string, string>> & { readonly GATEWAY_PORT: string };

export async function temporaryDirectory(prefix: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), `${prefix}-`));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export function placeOf(chat: Chat): ChatPlace {
  const [, lineId = "", ...external] = chat.userCode.split("|");
  return {
    chatId: chat.id,
    connectorId: chat.connectorId,
    lineId: Number(lineId),
    externalChatId: external.slice(0, Math.ceil(external.length / 2)).join("|"),
    customerId: chat.customerId,
  };
}

export async function openGatewayOffice(options: PortalOptions = {}): Promise<GatewayOffice> {
  const portal = await startPortal({ size: 0.2, plan: "on-premise", ...options });
  onTestFinished(() => portal.close());
  const key = "supervisor-key-of-a-test";
  const [supervisor] = portal.users;
  if (supervisor === undefined) throw new Error("a portal without people");
  const credentials = join(await temporaryDirectory("credentials"), "credentials.json");
  await writeFile(credentials, JSON.stringify({ supervisor: { webhook: supervisor.webhookUrl } }), { mode: 0o600 });
  const encryptionKey = randomBytes(32).toString("hex");
  const { clientId, clientSecret, tokenUrl } = portal.application;
  return {
    portal,
    key,
    dataDirectory: () => temporaryDirectory("gateway"),
    settings: (port, dataDirectory, more = {}) => ({
      GATEWAY_DATA_DIR: dataDirectory,
      GATEWAY_LOG_LEVEL: "warn",
      GATEWAY_API_KEYS: `supervisor:${key}:supervisor:all`,
      GATEWAY_PUBLIC_URL: `http://127.0.0.1:${port}`,
      GATEWAY_ENCRYPTION_KEY: encryptionKey,
      BITRIX24_CREDENTIALS_FILE: credentials,
      BITRIX24_PLAN: "on-premise",
      BITRIX24_CLIENT_ID: clientId,
      BITRIX24_CLIENT_SECRET: clientSecret,
      BITRIX24_TOKEN_URL: tokenUrl,
      ...more,
      GATEWAY_PORT: String(port),
    }),
    async install(origin) {
      const looks = (): number => portal.stats().byMethod["event.get"] ?? 0;
      const before = looks();
      const { applicationToken, callback } = await portal.installApplication({
        kind: "script-only",
        installUrl: `${origin}/bitrix24/install`,
      });
      if (callback === undefined) throw new Error("the installation callback was not sent");
      // The installation looks at the handlers once, trying out the user once more.
      await until(() => looks() >= before + 2);
      return { memberId: portal.memberId, applicationToken };
    },
    places() {
      const found = new Map<string, ChatPlace>();
      for (const chat of portal.world.chats.values()) {
        if (chat.kind !== "lines") continue;
        const place = placeOf(chat);
        const name = `${place.connectorId} ${place.lineId}`;
        if (!found.has(name)) found.set(name, place);
      }
      return [...found.values()];
    },
  };
}
