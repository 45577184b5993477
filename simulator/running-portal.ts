import type { Burst, BurstOptions } from "./events/burst.ts";
import type { DeliveryReport } from "./events/delivery-log.ts";
import type { InstalledApplication, InstallOptions, RegisteredApplication } from "./events/installation.ts";
import type { OutgoingWebhook } from "./events/outgoing-webhooks.ts";
import type { Fault } from "./protocol/faults.ts";
import type { Statistics } from "./protocol/statistics.ts";
import type { World } from "./world/world.ts";

export interface PortalUser {
  id: number;
  name: string;
  role: "admin" | "supervisor" | "operator";
  webhookUrl: string;
  /** Ids of the lines in whose queue he is. */
  lines: number[];
}

export interface QuietChat {
  chatId: number;
  title: string;
  lineId: number;
  customerName: string;
  /** Who finds it in his recent list. */
  operatorId: number;
}

export interface RunningPortal {
  url: string;
  memberId: string;
  /** Acting staff: the supervisor (who is also the administrator) first, then the operators. */
  users: PortalUser[];
  /** A dialog that waits for an answer and that its simulated people leave alone; absent in the smallest worlds. */
  quietChat: QuietChat | undefined;
  /** An OAuth application, installed and without handlers; its token endpoint is `GET {url}/oauth/token/`. */
  application: RegisteredApplication;
  /** Adds another application, not installed yet. */
  registerApplication(): RegisteredApplication;
  /** Resolves when the installation callback was answered, whatever the answer. */
  installApplication(options: InstallOptions): Promise<InstalledApplication>;
  /** What the page of a `ui` application does by `installFinish`. */
  finishInstallation(application?: { clientId: string }): InstalledApplication;
  updateApplication(options?: { renewToken?: boolean; clientId?: string }): InstalledApplication;
  uninstallApplication(options?: { clean?: boolean; clientId?: string }): InstalledApplication;
  /** A webhook that posts events to an address, with a token of its own. @param events default: all that can be chosen */
  createOutgoingWebhook(handlerUrl: string, events?: readonly string[]): OutgoingWebhook;
  removeOutgoingWebhook(id: number): void;
  /** Lets people write many messages; resolves when they are written, deliveries follow. */
  emitMessages(count: number, options?: BurstOptions): Promise<Burst>;
  /** Which events were sent to handlers since the start or the last reset, and what came of each. */
  deliveries(): DeliveryReport;
  issueTokens(userId: number, scopes?: string[]): { accessToken: string; refreshToken: string };
  /** Makes every access token answer `expired_token`. */
  expireTokens(): void;
  /** @returns the webhook's address; default scopes imopenlines, im, imbot, user, crm */
  createWebhook(userId: number, scopes?: string[]): string;
  /** Logs the user in as a browser would be. @returns the cookie, for links that need the portal's own session */
  logIn(userId: number): string;
  stats(): Statistics;
  resetStats(): void;
  setFaults(faults: Fault[]): void;
  world: World;
  close(): Promise<void>;
}
