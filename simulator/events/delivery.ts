import type { PortalIdentity } from "../methods/method.ts";
import type { Application, Credentials } from "../protocol/credentials.ts";
import type { EventHandler } from "../world/records.ts";
import type { World } from "../world/world.ts";
import { createDeliveryLog, type DeliveryLog, type DeliverySubject } from "./delivery-log.ts";
import { encodePhpForm } from "./form-encoding.ts";
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

/** What a delivery is about besides its `data`. */
interface Envelope {
  code: string;
  shape: PayloadShape;
  data: unknown;
  /** Whose tokens it carries; 0 = nobody's. */
  userId: number;
  /** Events that grant lasting access carry the refresh token too. */
  lasting: boolean;
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
/** By the time its handler reads this one, the application has no rights any more. */
const eventOfFarewell = "ONAPPUNINSTALL";

/**
 * Delivers the world's events to the handlers bound by `event.bind`: each once, asynchronously, in no certain order, never
 * again. Applications that are not installed yet get nothing.
 */
export function startEventDelivery(
  world: World,
  portal: PortalIdentity,
  credentials: Credentials,
  options: EventOptions = {},
): EventDelivery {
  const log = createDeliveryLog();
  const poster = createPoster(options.timeoutMs ?? 15_000, maxSockets);
  const jitterMs = options.jitterMs ?? 20;
  const form = { rawBrackets: options.rawBrackets ?? false };
  const timers = new Set<NodeJS.Timeout>();
  let noticed = 0;

  function nextShape(): PayloadShape {
    noticed += 1;
    const shape = options.shape ?? "real";
    if (shape !== "alternate") return shape;
    return noticed % 2 === 0 ? "documented" : "real";
  }

  function tokensOf(application: Application, envelope: Envelope): Record<string, unknown> {
    const { userId, code, shape, lasting } = envelope;
    if (userId === 0 || code === eventOfFarewell) return {};
    const tokens = lasting
      ? credentials.newTokens(userId, application)
      : credentials.currentTokens(userId, application);
    return {
      access_token: tokens.accessToken,
      expires: Math.floor(tokens.expiresAt / 1000),
      expires_in: Math.max(0, Math.round((tokens.expiresAt - Date.now()) / 1000)),
      user_id: userId,
      ...(lasting || shape === "documented" ? { refresh_token: tokens.refreshToken } : {}),
    };
  }

  function authOf(application: Application, envelope: Envelope): Record<string, unknown> {
    return {
      ...tokensOf(application, envelope),
      ...(envelope.code === eventOfFarewell ? {} : { scope: application.scopes.join(","), status: "L" }),
      domain: new URL(portal.url).host,
      server_endpoint: `${portal.url}/rest/`,
      client_endpoint: `${portal.url}/rest/`,
      member_id: portal.memberId,
      application_token: application.applicationToken,
    };
  }

  /** The part of the body that all handlers of an event share. */
  function sharedPart({ data }: Envelope): string {
    return encodePhpForm({ data, ts: Math.floor(Date.now() / 1000) }, form);
  }

  function bodyFor(application: Application, handlerId: number, envelope: Envelope, shared: string): string {
    const id = envelope.shape === "documented" ? { eventId: handlerId } : { event_handler_id: handlerId };
    const head = encodePhpForm({ event: envelope.code, ...id }, form);
    const auth = encodePhpForm({ auth: authOf(application, envelope) }, form);
    return [head, shared, auth].filter((part) => part !== "").join("&");
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
      shared ??= sharedPart(envelope);
      const userId = handler.authType > 0 ? handler.authType : envelope.userId;
      const body = bodyFor(application, handler.id, { ...envelope, userId }, shared);
      void send({ event: envelope.code, handler: handler.handler, ...about }, body);
    }
  }

  function subjectOf(event: PortalEvent): Omit<DeliverySubject, "event" | "handler"> {
    if (!("message" in event)) return { chatId: event.chat.id, externalIds: [] };
    return { chatId: event.chat.id, messageId: event.message.id, externalIds: event.externalIds };
  }

  const stopListening = world.onHappening((happening) => {
    const event = eventOf(world, happening);
    if (!event) return;
    log.noticed();
    const shape = nextShape();
    const code = eventCode(event);
    if (!world.eventHandlers.some((handler) => handler.event === code)) return;
    const data = payloadOf(world, event, shape, portal.url);
    const envelope = { code, shape, data, userId: actorOf(world, event), lasting: false };
    fanOut(envelope, (_, application) => application.installed, subjectOf(event));
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
        bodyFor(application, world.next.handler, envelope, sharedPart(envelope)),
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
