import type { PortalIdentity } from "../methods/method.ts";
import type { Application, Credentials } from "../protocol/credentials.ts";
import { encodePhpForm, type FormOptions } from "./form-encoding.ts";
import type { OutgoingWebhook } from "./outgoing-webhooks.ts";
import type { PayloadShape } from "./payloads.ts";
import { authorizationServer } from "./system-user.ts";

/** What a delivery is about besides its `data`. */
export interface Envelope {
  code: string;
  shape: PayloadShape;
  data: unknown;
  /** Whose tokens it carries; 0 = nobody's. */
  userId: number;
  /** Events that grant lasting access carry the refresh token too. */
  lasting: boolean;
}

export interface Envelopes {
  /** The part of the body that all handlers of an event share. */
  sharedPart(envelope: Envelope): string;
  forApplication(application: Application, handlerId: number, envelope: Envelope, shared: string): string;
  forWebhook(webhook: OutgoingWebhook, envelope: Envelope, shared: string): string;
}

/** By the time its handler reads this one, the application has no rights any more. */
const eventOfFarewell = "ONAPPUNINSTALL";

/** Writes the forms that handlers receive. Older portals name neither the handler nor the user behind the tokens. */
export function createEnvelopes(portal: PortalIdentity, credentials: Credentials, form: FormOptions): Envelopes {
  const isOld = portal.age === 2024;

  function tokensOf(application: Application, envelope: Envelope): Record<string, unknown> {
    const { userId, code, shape, lasting } = envelope;
    if (userId === 0 || code === eventOfFarewell) return {};
    const tokens = lasting
      ? credentials.newTokens(userId, application)
      : credentials.currentTokens(userId, application);
    return {
      access_token: tokens.accessToken,
      ...(isOld ? {} : { expires: Math.floor(tokens.expiresAt / 1000) }),
      expires_in: Math.max(0, Math.round((tokens.expiresAt - Date.now()) / 1000)),
      ...(isOld ? {} : { user_id: userId }),
      ...(lasting || shape !== "real" ? { refresh_token: tokens.refreshToken } : {}),
    };
  }

  const addresses = (): Record<string, unknown> => ({
    domain: new URL(portal.url).host,
    server_endpoint: `${portal.url}/rest/`,
    client_endpoint: `${portal.url}/rest/`,
    member_id: portal.memberId,
  });

  function authOf(application: Application, envelope: Envelope): Record<string, unknown> {
    return {
      ...tokensOf(application, envelope),
      ...(envelope.code === eventOfFarewell ? {} : { scope: application.scopes.join(","), status: "L" }),
      ...addresses(),
      ...(envelope.code === "ONAPPUSERREADY" ? { domain: authorizationServer } : {}),
      application_token: application.applicationToken,
    };
  }

  /** Webhooks get no tokens; the page of webhooks prints three keys of what they do get. */
  function webhookAuth({ applicationToken }: OutgoingWebhook, { shape }: Envelope): Record<string, unknown> {
    const { domain, member_id, ...endpoints } = addresses();
    return { domain, member_id, ...(shape === "real" ? endpoints : {}), application_token: applicationToken };
  }

  function body(head: Record<string, unknown>, shared: string, auth: Record<string, unknown>): string {
    return [encodePhpForm(head, form), shared, encodePhpForm({ auth }, form)].filter((part) => part !== "").join("&");
  }

  const handlerKey = (id: number): Record<string, number> => (isOld ? {} : { event_handler_id: id });

  return {
    sharedPart: ({ data }) => encodePhpForm({ data, ts: Math.floor(Date.now() / 1000) }, form),
    forApplication(application, handlerId, envelope, shared) {
      const id = envelope.shape === "real" ? handlerKey(handlerId) : { eventId: handlerId };
      return body({ event: envelope.code, ...id }, shared, authOf(application, envelope));
    },
    forWebhook(webhook, envelope, shared) {
      const id = envelope.shape === "real" ? handlerKey(webhook.id) : {};
      return body({ event: envelope.code, ...id }, shared, webhookAuth(webhook, envelope));
    },
  };
}
