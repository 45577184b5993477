import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type AnswerSource, decodeFrom, type LeftOut } from "../../../datasources/bitrix24/decoding.ts";
import { parseDelivery, withoutAuth } from "../../../datasources/bitrix24/delivery-body.ts";
import { type EventEnvelope, readEnvelope } from "../../../datasources/bitrix24/event-envelope.ts";
import { isFormFields, UnreadableForm } from "../../../datasources/bitrix24/form-body.ts";
import { type PortalRef, portalName } from "../../../datasources/bitrix24/portal-ref.ts";
import { isActivityEvent } from "../../../datasources/crm/activity-events.ts";
import { isOpenChannelEvent } from "../../../datasources/imopenlines/portal-events.ts";
import { EVENTS_PATH } from "../../../installation/bindings.ts";
import { acceptForms, answerFormErrors, JSON_TYPE } from "../../../installation/form-routes.ts";
import { type AddressOf, attempt, type SenderAddress, statusOf } from "../../../installation/install-endpoint.ts";
import type { Installer } from "../../../installation/installer.ts";
import { type DeadLetterLog } from "../../../storage/dead-letter-log.ts";
import { NamespaceFull } from "../../../storage/key-value-store.ts";
import { StorageUnavailable } from "../../../storage/storage-unavailable.ts";
import type { Heartbeat } from "../../events/gaps/heartbeat.ts";
import type { Moment } from "../../events/gaps/moment.ts";
import type { ActivityIntake } from "../activities/activity-intake.ts";
import { decodeActivityEvent } from "../decoding/activity-event.ts";
import { decodeEvent } from "../decoding/events.ts";
import type { ToldSessions } from "../told-sessions.ts";
import { trackArrivals } from "./arrivals.ts";
import { deliveryKey } from "./delivery.ts";
import { createProvenAddresses } from "./proven-addresses.ts";
import { noStats, type ReceiverStats } from "./receiver-stats.ts";
import type { Senders } from "./senders.ts";

export interface ReceiverOptions {
  /** Where events are appended, each once whatever else tells of the same session. */
  readonly told: Pick<ToldSessions, "append">;
  readonly deadLetters: DeadLetterLog;
  readonly senders: Senders;
  /** Undefined where no application is configured. */
  readonly installer: Pick<Installer, "applicationEvent" | "systemUserReady" | "uninstall"> | undefined;
  /** Takes events of the CRM's activities. */
  readonly activities: Pick<ActivityIntake, "take">;
  /** Told of every delivery from its first bytes on, and which of them could not be taken: subscribers are owed a gap. */
  readonly heartbeat: Pick<Heartbeat, "deliveryBegins" | "noteOutage" | "cutsSendersOff">;
  /** Told what of an event could not be read and was left out. */
  readonly leftOut?: ((portal: string, parts: LeftOut) => void) | undefined;
  /** Where a delivery comes from. */
  readonly addressOf: AddressOf;
  readonly maxBodyBytes?: number | undefined;
}

/** The registered receiver. */
export interface Receiver {
  /** Counts since the start. */
  stats(): Readonly<ReceiverStats>;
}

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;

/** What a delivery is answered with; the portal looks at the status alone. */
type Answer = 200 | 400 | 401 | 403 | 429 | 503;

const SENTENCES: Readonly<Record<Answer, string>> = {
  200: "ok",
  400: "This is no event of a Bitrix24 portal.",
  401: "auth[member_id] or auth[application_token] is missing.",
  403: "The application token is not this portal's.",
  429: "Too many installations at once.",
  503: "Events cannot be kept now.",
};

/**
 * `POST /bitrix24/events`: takes the portal's deliveries. 200 once the events are durable, or for a delivery of which nothing needs to
 * be kept. Nothing but the store is asked on this way (an installation event excepted, which must be verified), and no address that
 * a body names is ever called. The portal repeats nothing: whatever is not answered 200 is lost to it.
 */
export function registerEventReceiver(app: FastifyInstance, options: ReceiverOptions): Receiver {
  const stats = noStats();
  const maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  const proven = createProvenAddresses();

  /** Its token was not read: it is taken for the delivery of a portal that delivers from there. Others could make all clients read again. */
  function unread({ address, isOwn }: SenderAddress, since: Moment): void {
    if (isOwn) for (const portal of proven.portalsAt(address)) options.heartbeat.noteOutage(portal, since);
  }

  app.register(async (scope) => {
    acceptForms(scope, JSON_TYPE);
    answerFormErrors(scope, maxBodyBytes, {
      accepted: [JSON_TYPE],
      onRefused(status) {
        if (status === 413) stats.tooLarge += 1;
        else if (status < 500) stats.unreadable += 1;
      },
    });
    const takeOver = trackArrivals(scope, { ...options, unread });
    scope.post<{ Body: unknown }>(`/${EVENTS_PATH}`, { bodyLimit: maxBodyBytes }, async (request, reply) => {
      const delivery = takeOver(request);
      try {
        return await answer(request, reply, delivery.since);
      } finally {
        delivery.end();
      }
    });
  });

  async function answer(request: FastifyRequest, reply: FastifyReply, since: Moment): Promise<FastifyReply> {
    const body = typeof request.body === "string" ? request.body : "";
    let envelope: EventEnvelope | undefined;
    try {
      envelope = readEnvelope(parseDelivery(body));
    } catch (error) {
      if (!(error instanceof UnreadableForm)) throw error;
      stats.unreadable += 1;
      return send(reply, 400, error.message);
    }
    if (envelope === undefined) {
      stats.unreadable += 1;
      return send(reply, 400);
    }
    return send(reply, await receive(envelope, body, options.addressOf(request), since));
  }

  async function receive(envelope: EventEnvelope, body: string, from: SenderAddress, since: Moment): Promise<Answer> {
    const { auth, event } = envelope;
    if (auth === undefined) {
      stats.unauthenticated += 1;
      return 401;
    }
    const receivedAt = new Date();
    try {
      if (event === "ONAPPINSTALL" || event === "ONAPPUPDATE" || event === "ONAPPUSERREADY")
        return await takeApplicationEvent(envelope, from.address);
      const sender = await options.senders.of(envelope);
      if (sender === undefined) {
        stats.forbidden += 1;
        return 403;
      }
      if (from.isOwn) proven.note(from.address, portalName(sender.portal));
      if (event === "ONAPPUNINSTALL" && sender.kind === "application") {
        stats.applicationEvents += 1;
        await options.installer?.uninstall(auth.memberId);
        return 200;
      }
      return await keep(sender.portal, envelope, body, receivedAt);
    } catch (error) {
      // Whatever the reason: it was not taken, and the portal does not send it again.
      if (isOpenChannelEvent(event) || isActivityEvent(event))
        options.heartbeat.noteOutage(await options.senders.logOf(envelope), since);
      if (!(error instanceof StorageUnavailable || error instanceof NamespaceFull)) throw error;
      stats.unavailable += 1;
      return 503;
    }
  }

  /** These may come before there is anything to compare their token with; the installer verifies them itself. */
  async function takeApplicationEvent(envelope: EventEnvelope, address: string): Promise<Answer> {
    const { installer } = options;
    if (installer === undefined) {
      stats.forbidden += 1;
      return 403;
    }
    stats.applicationEvents += 1;
    const data = isFormFields(envelope.data) ? envelope.data : {};
    const take = () =>
      envelope.event === "ONAPPUSERREADY"
        ? installer.systemUserReady(data, address)
        : installer.applicationEvent(envelope, address);
    const status = statusOf(await attempt(take));
    if (status === 403) stats.forbidden += 1;
    return status;
  }

  async function keep(ref: PortalRef, envelope: EventEnvelope, body: string, receivedAt: Date): Promise<Answer> {
    const portal = portalName(ref);
    const activity = decodeActivityEvent(envelope);
    if (activity.kind === "decoded") {
      await options.activities.take(ref, activity.notice);
      stats.activities += 1;
      return 200;
    }
    const source: AnswerSource = { origin: "", leftOut: (parts) => options.leftOut?.(portal, parts) };
    const decoded =
      activity.kind === "undecodable" ? activity : decodeFrom(source, envelope.event, () => decodeEvent(envelope));
    switch (decoded.kind) {
      case "decoded": {
        const key = deliveryKey(portal, envelope, decoded.events);
        const { duplicate } = await options.told.append(portal, decoded.events, "event", key);
        if (duplicate) {
          stats.duplicates += 1;
        } else {
          stats.accepted += 1;
          stats.events += decoded.events.length;
        }
        return 200;
      }
      case "undecodable":
        await options.deadLetters.add(portal, {
          receivedAt,
          event: envelope.event,
          body: withoutAuth(body),
          reason: decoded.reason,
        });
        stats.deadLetters += 1;
        return 200;
      case "unknown":
        stats.unknownEvents += 1;
        return 200;
    }
  }

  return { stats: () => stats };
}

function send(reply: FastifyReply, status: Answer, sentence = SENTENCES[status]): FastifyReply {
  return reply.code(status).header("content-type", "text/plain; charset=utf-8").send(sentence);
}
