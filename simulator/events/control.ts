import { isPhpMap, type PhpMap } from "../php-value.ts";
import type { Credentials } from "../protocol/credentials.ts";
import type { PortalSessions } from "../protocol/portal-sessions.ts";
import type { Control } from "../protocol/rest-endpoint.ts";
import type { World } from "../world/world.ts";
import { type BurstOptions, emitMessages } from "./burst.ts";
import type { DeliveryLog } from "./delivery-log.ts";
import type { Installations, InstallOptions } from "./installation.ts";
import type { OutgoingWebhook, OutgoingWebhooks } from "./outgoing-webhooks.ts";

/** A whole number or text of a command's body; undefined when it is left out. Throws a sentence for the sender. */
function textIn(body: PhpMap, key: string): string | undefined {
  const value = body[key];
  if (value === undefined || typeof value === "string") return value;
  throw new Error(`${key} must be a text`);
}

function numberIn(body: PhpMap, key: string): number | undefined {
  const value = body[key];
  if (value === undefined || (typeof value === "number" && Number.isFinite(value) && value > 0)) return value;
  throw new Error(`${key} must be a number above 0`);
}

function listIn<T>(body: PhpMap, key: string, isItem: (value: unknown) => value is T): T[] | undefined {
  const value = body[key];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every(isItem)) return value;
  throw new Error(`${key} must be a list of the right kind`);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";

function addressIn(body: PhpMap, key: string): string | undefined {
  const text = textIn(body, key);
  if (text === undefined || URL.canParse(text)) return text;
  throw new Error(`${key} must be an address`);
}

/** Leaves out what is undefined, because an absent option means the default. */
function given<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  const option: Partial<Record<K, V>> = {};
  if (value !== undefined) option[key] = value;
  return option;
}

function installOptions(body: PhpMap): InstallOptions {
  const { kind } = body;
  if (kind !== "script-only" && kind !== "ui") throw new Error("kind must be script-only or ui");
  return {
    kind,
    ...given("installUrl", addressIn(body, "installUrl")),
    ...given("handlerUrl", addressIn(body, "handlerUrl")),
    ...given("events", listIn(body, "events", isText)),
    ...given("scopes", listIn(body, "scopes", isText)),
    ...given("userId", numberIn(body, "userId")),
    ...given("clientId", textIn(body, "clientId")),
  };
}

function burstOptions(body: PhpMap): BurstOptions {
  const { kind } = body;
  if (kind !== undefined && kind !== "customerWrites" && kind !== "operatorWrites" && kind !== "customerEdits") {
    throw new Error("kind must be customerWrites, operatorWrites or customerEdits");
  }
  return {
    ...(kind === undefined ? {} : { kind }),
    ...given("chatIds", listIn(body, "chatIds", isNumber)),
    ...given("perSecond", numberIn(body, "perSecond")),
    ...given("text", textIn(body, "text")),
  };
}

async function emit(world: World, body: PhpMap): Promise<{ messages: number }> {
  const count = numberIn(body, "count");
  if (count === undefined) throw new Error("count must be a number above 0");
  const { messageIds } = await emitMessages(world, count, burstOptions(body));
  return { messages: messageIds.length };
}

function addWebhook(webhooks: OutgoingWebhooks, body: PhpMap): OutgoingWebhook {
  const handlerUrl = addressIn(body, "handlerUrl");
  if (handlerUrl === undefined) throw new Error("handlerUrl must be an address");
  return webhooks.create(handlerUrl, listIn(body, "events", isText));
}

/** What the commands act on. */
export interface Controlled {
  installations: Installations;
  webhooks: OutgoingWebhooks;
  sessions: PortalSessions;
  credentials: Credentials;
  log: DeliveryLog;
}

/** The loopback-only commands about applications and events: each takes a JSON object and answers one. */
export function eventControl(
  world: World,
  { installations, webhooks, sessions, credentials, log }: Controlled,
): Control {
  return (command, body) => {
    if (!isPhpMap(body)) throw new Error("The body must be a JSON object");
    const clientId = textIn(body, "clientId");
    switch (command) {
      case "POST /__register":
        return Promise.resolve(installations.register());
      case "POST /__install":
        return installations.install(installOptions(body));
      case "POST /__finish-install":
        return Promise.resolve(installations.finish(clientId));
      case "POST /__update":
        return Promise.resolve(
          installations.update({ renewToken: body.renewToken === true, ...given("clientId", clientId) }),
        );
      case "POST /__uninstall":
        return Promise.resolve(installations.uninstall({ clean: body.clean === true, ...given("clientId", clientId) }));
      case "POST /__outgoing-webhook":
        return Promise.resolve(addWebhook(webhooks, body));
      case "POST /__remove-outgoing-webhook":
        webhooks.remove(numberIn(body, "id") ?? 0);
        return Promise.resolve(webhooks.list());
      case "POST /__login":
        return Promise.resolve({ cookie: sessions.logIn(world.user(numberIn(body, "userId") ?? 0).id) });
      case "POST /__frame-token":
        return Promise.resolve(credentials.issueTokens(world.user(numberIn(body, "userId") ?? 0).id));
      case "POST /__emit":
        return emit(world, body);
      case "GET /__deliveries":
        return Promise.resolve(log.report());
      default:
        return undefined;
    }
  };
}
