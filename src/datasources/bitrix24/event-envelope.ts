import { type FormFields, type FormValue, nestedFields, textField } from "./form-body.ts";

/** Who sent it, as the body says; nothing of it is proven before `application_token` was compared. */
export interface EventAuth {
  /** The portal's id, stable when its address changes. */
  readonly memberId: string;
  readonly applicationToken: string;
}

/** An event as the portal's queue delivers it. */
export interface EventEnvelope {
  /** Event code in upper case, e.g. `ONSESSIONSTART`. */
  readonly event: string;
  /** `ts` as sent: unix seconds of the dispatch; empty when it was left out. */
  readonly ts: string;
  /** `event_handler_id`, on older pages `eventId`. */
  readonly handlerId: string | undefined;
  readonly data: FormValue | undefined;
  /** Undefined when the body names no portal or no token. */
  readonly auth: EventAuth | undefined;
  /** All of `auth`, for the installation events, which carry tokens. */
  readonly authFields: FormFields | undefined;
}

const EVENT_CODE = /^[A-Za-z0-9_:]{1,100}$/;
const MEMBER_ID = /^[0-9A-Za-z_-]{1,64}$/;
const MAX_TOKEN_LENGTH = 256;

/** Undefined when the form is no event: it names none. Names at the top, and those in `auth`, count in whatever case they come. */
export function readEnvelope(delivered: FormFields): EventEnvelope | undefined {
  const form = inLowerCase(delivered, ["event", "data", "ts", "auth"]);
  const event = textField(form, "event");
  if (event === undefined || !EVENT_CODE.test(event)) return undefined;
  const told = nestedFields(form, "auth");
  const authFields = told === undefined ? undefined : inLowerCase(told, ["member_id", "application_token"]);
  return {
    event: event.toUpperCase(),
    ts: textField(form, "ts") ?? "",
    handlerId: textField(form, "event_handler_id") ?? textField(form, "eventId"),
    data: form.data,
    auth: authFields === undefined ? undefined : readAuth(authFields),
    authFields,
  };
}

/** The same fields with their names in lower case, unless those that matter are there; of two that differ by case alone that in lower case counts. */
function inLowerCase(fields: FormFields, wanted: readonly string[]): FormFields {
  if (wanted.every((name) => fields[name] !== undefined)) return fields;
  const lower: { [name: string]: FormValue | undefined } = Object.create(null);
  for (const [name, value] of Object.entries(fields)) {
    const lowered = name.toLowerCase();
    if (lowered === name || lower[lowered] === undefined) lower[lowered] = value;
  }
  return lower;
}

/** Undefined unless both the portal and the token are named. */
export function readAuth(fields: FormFields): EventAuth | undefined {
  const memberId = textField(fields, "member_id");
  const applicationToken = textField(fields, "application_token");
  if (memberId === undefined || !MEMBER_ID.test(memberId)) return undefined;
  if (applicationToken === undefined || applicationToken === "" || applicationToken.length > MAX_TOKEN_LENGTH) {
    return undefined;
  }
  return { memberId, applicationToken };
}

/**
 * The portal's host as `auth` tells it, in lower case; nothing of it is proven. `domain` is the portal's, but some portals write the authorization
 * server there, which stands in `server_endpoint` too: then the portal is where its REST address is.
 */
export function toldHost(auth: FormFields): string | undefined {
  const domain = textField(auth, "domain")?.toLowerCase();
  const isServer = domain !== undefined && domain === hostIn(textField(auth, "server_endpoint"));
  return domain === undefined || domain === "" || isServer ? hostIn(textField(auth, "client_endpoint")) : domain;
}

/** Host, with a port when not the default, of an address. */
export function hostIn(address: string | undefined): string | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address).host : undefined;
}

const UNIX_SECONDS = /^[0-9]{1,11}$/;

/** Deliveries come by the dozen with the same second, and writing a date out costs more than reading the rest of an event. */
let lastTime: { readonly seconds: string; readonly time: string } | undefined;

/** An instant as ISO 8601 text from unix seconds; null for anything else, an event without a time is still an event. */
export function unixTime(seconds: string): string | null {
  if (lastTime?.seconds === seconds) return lastTime.time;
  if (!UNIX_SECONDS.test(seconds) || Number(seconds) === 0) return null;
  lastTime = { seconds, time: new Date(Number(seconds) * 1000).toISOString() };
  return lastTime.time;
}
