import { randomBytes } from "node:crypto";
import { startActivity } from "./activity.ts";
import { emitMessages } from "./events/burst.ts";
import { eventControl } from "./events/control.ts";
import { startEventDelivery } from "./events/delivery.ts";
import { createInstallations } from "./events/installation.ts";
import { createOutgoingWebhooks } from "./events/outgoing-webhooks.ts";
import type { PortalIdentity } from "./methods/method.ts";
import { createRegistry } from "./methods/registry.ts";
import { startOperatorActivity } from "./operator-activity.ts";
import type { Plan, PortalOptions } from "./portal-options.ts";
import { createCredentials, defaultScopes } from "./protocol/credentials.ts";
import { createFaultPlan } from "./protocol/faults.ts";
import { createFileTokens } from "./protocol/file-tokens.ts";
import { listen } from "./protocol/http-server.ts";
import { createLeakyBucket } from "./protocol/leaky-bucket.ts";
import { createOperatingLimiter } from "./protocol/operating-time.ts";
import { createPortalSessions } from "./protocol/portal-sessions.ts";
import { createStatistics } from "./protocol/statistics.ts";
import type { PortalUser, QuietChat, RunningPortal } from "./running-portal.ts";
import { seedWorld } from "./seed/seed.ts";
import { botId, supervisorId } from "./seed/staff.ts";
import { passTime } from "./world/passing-time.ts";
import { fullName } from "./world/state.ts";
import type { World } from "./world/world.ts";

export type { PortalOptions } from "./portal-options.ts";
export type { PortalUser, QuietChat, RunningPortal } from "./running-portal.ts";

const buckets: Record<Plan, { capacity: number; leakPerSecond: number } | undefined> = {
  standard: { capacity: 50, leakPerSecond: 2 },
  enterprise: { capacity: 250, leakPerSecond: 5 },
  "on-premise": undefined,
};

const overdueCheckMs = 1000;

function linesOf(world: World, userId: number): number[] {
  return world.lines
    .all()
    .filter((line) => line.operators.some((operator) => operator.userId === userId))
    .map((line) => line.id);
}

function quietChatOf(world: World): QuietChat | undefined {
  if (!world.quietChat) return undefined;
  const { chatId, operatorId } = world.quietChat;
  const { title, data, customerId } = world.chat(chatId);
  return { chatId, title, lineId: data.lineId, customerName: world.userName(customerId), operatorId };
}

/** Starts a simulated portal in this process; resolves when it answers requests. */
export async function startPortal(options: PortalOptions = {}): Promise<RunningPortal> {
  const plan = options.plan ?? "standard";
  const age = options.age ?? 2026;
  const accessTokenSeconds = options.accessTokenSeconds ?? 3600;
  const host = options.host ?? "127.0.0.1";
  const world = seedWorld({
    seed: options.seed ?? 1,
    size: options.size ?? 1,
    now: options.now ?? Date.now(),
    pastSessions: options.pastSessions ?? 0,
  });
  // Portals of old wrote fewer parts of a chat's session data.
  if (age === 2024) for (const chat of world.chats.values()) chat.data.short = true;
  const credentials = createCredentials(accessTokenSeconds, (userId) => world.users.get(userId)?.active ?? false);
  world.bots.push({ userId: botId, clientId: credentials.application.clientId });
  const statistics = createStatistics();
  const sessions = createPortalSessions();
  const faults = createFaultPlan();
  const bucketSettings = buckets[plan];
  const memberId = randomBytes(16).toString("hex");
  const identity: PortalIdentity = {
    url: "",
    memberId,
    language: options.language ?? "en",
    age,
    fileTokens: createFileTokens(),
    hasReports: plan === "on-premise" || (options.reports?.inPlan ?? true),
    sessionUserCode: options.reports?.userCode ?? "external",
    statKey: options.reports?.statKey ?? "sessions",
  };
  const outgoingWebhooks = createOutgoingWebhooks(world);
  const delivery = startEventDelivery(world, identity, credentials, outgoingWebhooks, options.events);
  const installations = createInstallations(world, identity, credentials, delivery);
  const resetStatistics = (): void => {
    statistics.reset();
    delivery.log.reset();
  };
  const server = await listen({ host, port: options.port ?? 0, accessTokenSeconds }, (port) => {
    identity.url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    return {
      engine: {
        world,
        portal: identity,
        methods: createRegistry(age),
        faults,
        statistics,
        limiter: plan === "on-premise" ? undefined : createOperatingLimiter(options.operatingLimitSeconds ?? 420),
        commandMs: options.latency?.commandMs ?? 0,
      },
      credentials,
      sessions,
      bucket: bucketSettings ? createLeakyBucket(bucketSettings) : undefined,
      requestMs: options.latency?.requestMs ?? 0,
      control: eventControl(world, {
        installations,
        webhooks: outgoingWebhooks,
        sessions,
        credentials,
        log: delivery.log,
      }),
      eventCounts: delivery.log.counts,
      resetStatistics,
    };
  });
  const { url } = identity;
  const webhook = (userId: number, scopes?: readonly string[]): string =>
    `${url}/rest/${userId}/${credentials.createWebhook(userId, scopes ?? defaultScopes)}/`;
  const staff = [...world.users.values()].filter((user) => user.kind === "staff" && user.active);
  const users = staff.map(
    (user): PortalUser => ({
      id: user.id,
      name: fullName(user),
      role: user.id === supervisorId ? "supervisor" : user.admin ? "admin" : "operator",
      webhookUrl: webhook(user.id),
      lines: linesOf(world, user.id),
    }),
  );
  const overdue = setInterval(() => passTime(world), overdueCheckMs);
  overdue.unref();
  const stopActivity = startActivity(world, options.activityPerMinute ?? 0, options.seed ?? 1);
  const stopOperators = startOperatorActivity(world, options.operatorActivityPerMinute ?? 0, options.seed ?? 1);
  return {
    url,
    memberId,
    users,
    quietChat: quietChatOf(world),
    application: {
      clientId: credentials.application.clientId,
      clientSecret: credentials.application.clientSecret,
      tokenUrl: `${url}/oauth/token/`,
    },
    registerApplication: installations.register,
    installApplication: installations.install,
    finishInstallation: (application) => installations.finish(application?.clientId),
    updateApplication: installations.update,
    uninstallApplication: installations.uninstall,
    createOutgoingWebhook: outgoingWebhooks.create,
    removeOutgoingWebhook: outgoingWebhooks.remove,
    emitMessages: (count, burst) => emitMessages(world, count, burst),
    deliveries: delivery.log.report,
    issueTokens: (userId, scopes) => credentials.issueTokens(userId, scopes),
    expireTokens: credentials.expireTokens,
    createWebhook: webhook,
    logIn: sessions.logIn,
    stats: statistics.read,
    resetStats: resetStatistics,
    setFaults: faults.set,
    world,
    async close() {
      clearInterval(overdue);
      stopActivity();
      stopOperators();
      delivery.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
