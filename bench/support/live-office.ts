import { z } from "zod";
import { startPortal } from "../../simulator/portal.ts";
import type { DeliverySender } from "./delivery-form.ts";
import { type BenchGateway, keyOf } from "./gateway.ts";
import { startInstalledGateway } from "./installed-gateway.ts";

/** A gateway whose application is installed in a portal, so that it takes the portal's deliveries. */
export interface LiveOffice {
  readonly gateway: BenchGateway;
  /** Whose deliveries it takes. */
  readonly sender: DeliverySender;
  /** Where they are posted. */
  readonly eventsUrl: string;
  readonly socketUrl: string;
  /** Where server-sent events are subscribed to. */
  readonly streamUrl: string;
  /** Sees every event. */
  readonly key: string;
  /** What the receiver counted so far. */
  received(): Promise<{ readonly accepted: number; readonly duplicates: number; readonly unavailable: number }>;
  stop(): Promise<void>;
}

export interface LiveOfficeOptions {
  /** Where the log is kept; without it in the gateway's directory. */
  readonly redisUrl?: string;
  /** Folder of another build of the gateway. */
  readonly directory?: string | undefined;
  readonly profileDirectory?: string | undefined;
}

const counts = z.object({ accepted: z.number(), duplicates: z.number(), unavailable: z.number() });
const readiness = z.object({ sources: z.object({ receiver: counts }) });
/** More than any benchmark posts: nothing is trimmed while it runs. */
const KEPT_EVENTS = 5_000_000;

/**
 * The gateway is a process of its own. The portal runs in this one: once the application is installed, it is asked nothing and does nothing.
 */
export async function startLiveOffice({
  redisUrl,
  profileDirectory,
  directory,
}: LiveOfficeOptions = {}): Promise<LiveOffice> {
  const portal = await startPortal({ size: 0.1, plan: "on-premise" });
  const [supervisor] = portal.users;
  if (supervisor === undefined) throw new Error("A portal without people");
  const key = keyOf(0);
  const { gateway, publicUrl, applicationToken } = await startInstalledGateway(portal, {
    plan: "on-premise",
    webhooks: [supervisor.webhookUrl],
    profileDirectory,
    ...(directory === undefined ? {} : { directory }),
    environment: {
      GATEWAY_API_KEYS: `k0:${key}:w0:all`,
      // An earlier build may not know it, and then has no such bound.
      ...(directory === undefined ? { GATEWAY_MAX_SOCKETS_PER_IDENTITY: "10000" } : {}),
      GATEWAY_EVENT_RETENTION_COUNT: String(KEPT_EVENTS),
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    },
  });
  return {
    gateway,
    sender: { memberId: portal.memberId, applicationToken },
    eventsUrl: `${publicUrl}/bitrix24/events`,
    socketUrl: gateway.url.replace("http:", "ws:"),
    streamUrl: `${gateway.url}/stream`,
    key,
    async received() {
      const answer = await fetch(`${publicUrl}/ready`, { headers: { "x-api-key": key } });
      return readiness.parse(await answer.json()).sources.receiver;
    },
    async stop() {
      await gateway.stop();
      await portal.close();
    },
  };
}
