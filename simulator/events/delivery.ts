import type { PortalIdentity } from "../methods/method.ts";
import type { Application, Credentials } from "../protocol/credentials.ts";
import type { EventHandler } from "../world/office-records.ts";
import type { World } from "../world/world.ts";
import { createDeliveryLog, type DeliveryLog, type DeliverySubject } from "./delivery-log.ts";
import { createEnvelopes, type Envelope } from "./envelope.ts";
import { encodePhpForm } from "./form-encoding.ts";
import type { OutgoingWebhooks } from "./outgoing-webhooks.ts";
import { type PayloadShape, payloadOf } from "./payloads.ts";
import { actorOf, eventCode, eventOf, type PortalEvent } from "./portal-events.ts";
import { createPoster, type PostOutcome } from "./posting.ts";

export interface EventOptions {
  /** `alternate` sends every other event in the documented shape; default "real". */
  shape?: PayloadShape | "alternate";
  /** Each POST starts after a random time up to this, so that neighbours overtake each other; default 20 ms. */
  jitterMs?: number;
  /** Sends brackets unencoded; default false. */
  rawBrackets?: boolean;
  /** How long a handler may be silent; default 15 s. */
  timeoutMs?: number;
}

export interface EventDelivery {
  readonly log: DeliveryLog;
  /** Sends an application's own event to the handlers it has bound for it, installed or not. */
  tellApplication(application: Application, code: string, data: unknown, lasting: boolean): void;
  /** Posts an application's own event to an address that is not bound, and waits for the answer. */
  callApplication(
    application: Application,
    url: string,
    code: string,
    data: unknown,
    userId: number,
  ): Promise<PostOutcome>;
  /** Posts a form of any other kind; not counted as an event. */
  postForm(url: string, fields: Readonly<Record<string, unknown>>): Promise<PostOutcome>;
  close(): void;
}

const maxSockets = 64;
/**
 * Delivers the world's events to the handlers bound by `event.bind`: each once, asynchronously, in no certain order, never
 * again. Applications that are not installed yet get nothing.
 */
export function startEventDelivery(
  world: World,
  portal: PortalIdentity,
  credentials: Credentials,
  webhooks: OutgoingWebhooks,
  options: EventOptions = {},
): EventDelivery {
  const log = createDeliveryLog();
  const poster = createPoster(options.timeoutMs ?? 15_000, maxSockets);
  const jitterMs = options.jitterMs ?? 20;
  const form = { rawBrackets: options.rawBrackets ?? false };
  const envelopes = createEnvelopes(portal, credentials, form);
  const timers = new Set<NodeJS.Timeout>();
  let noticed = 0;

  function nextShape(): PayloadShape {
    noticed += 1;
    const shape = options.shape ?? "real";
    if (shape !== "alternate") return shape;
    return noticed % 2 === 0 ? "documented" : "real";
  }

  async function send(subject: DeliverySubject, body: string): Promise<PostOutcome> {
    const record = log.begin(subject);
    if (jitterMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          resolve();
        }, Math.random() * jitterMs);
        timers.add(timer);
      });
    }
    const outcome = await poster.post(subject.handler, body);
    log.end(record, outcome);
    return outcome;
  }

  function fanOut(
    envelope: Envelope,
    receives: (handler: EventHandler, application: Application) => boolean,
    about: Omit<DeliverySubject, "event" | "handler">,
  ): void {
    let shared: string | undefined;
    for (const handler of world.eventHandlers) {
      if (handler.event !== envelope.code || handler.offline) continue;
      const application = credentials.applications.get(handler.clientId);
      if (!application || !receives(handler, application)) continue;
      shared ??= envelopes.sharedPart(envelope);
      const userId = handler.authType > 0 ? handler.authType : envelope.userId;
      const body = envelopes.forApplication(application, handler.id, { ...envelope, userId }, shared);
      void send({ event: envelope.code, handler: handler.handler, ...about }, body);
    }
  }

  function tellWebhooks(envelope: Envelope, about: Omit<DeliverySubject, "event" | "handler">): void {
    const receivers = webhooks.receivers(envelope.code);
    if (receivers.length === 0) return;
    const shared = envelopes.sharedPart(envelope);
    for (const webhook of receivers) {
      const body = envelopes.forWebhook(webhook, envelope, shared);
      void send({ event: envelope.code, handler: webhook.handlerUrl, ...about }, body);
    }
  }

  /** Equal events of one moment are told once: those of activities say nothing but an id. */
  const told = new Set<string>();
  function isRepeated(event: PortalEvent): boolean {
    if (!("activityId" in event)) return false;
    const key = `${event.kind} ${event.activityId}`;
    if (told.has(key)) return true;
    if (told.size === 0) queueMicrotask(() => told.clear());
    told.add(key);
    return false;
  }

  function subjectOf(event: PortalEvent): Omit<DeliverySubject, "event" | "handler"> {
    if ("activityId" in event) return { externalIds: [] };
    if (!("message" in event)) return { chatId: event.chat.id, externalIds: [] };
    return { chatId: event.chat.id, messageId: event.message.id, externalIds: event.externalIds };
  }

  const stopListening = world.onHappening((happening) => {
    const event = eventOf(world, happening);
    if (!event || isRepeated(event)) return;
    const code = eventCode(event);
    const isBound = world.eventHandlers.some((handler) => handler.event === code);
    const isWanted = isBound || webhooks.receivers(code).length > 0;
    // Of activities nobody is told unless he asked; those of Open Channels are counted in any case.
    if (!isWanted && "activityId" in event) return;
    log.noticed();
    const shape = nextShape();
    if (!isWanted) return;
    const data = payloadOf(world, event, shape, portal.url);
    const envelope = { code, shape, data, userId: actorOf(world, event), lasting: false };
    const about = subjectOf(event);
    fanOut(envelope, (_, application) => application.installed, about);
    tellWebhooks(envelope, about);
  });

  return {
    log,
    tellApplication(application, code, data, lasting) {
      log.noticed();
      const envelope = { code, shape: "real", data, userId: world.supervisorId, lasting } as const;
      fanOut(envelope, (_, receiver) => receiver === application, { externalIds: [] });
    },
    callApplication(application, url, code, data, userId) {
      log.noticed();
      const envelope = { code, shape: "real", data, userId, lasting: true } as const;
      return send(
        { event: code, handler: url, externalIds: [] },
        envelopes.forApplication(application, world.next.handler, envelope, envelopes.sharedPart(envelope)),
      );
    },
    postForm: (url, fields) => poster.post(url, encodePhpForm(fields, form)),
    close() {
      stopListening();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      poster.close();
    },
  };
}
