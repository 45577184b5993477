import { hostIn, toldHost } from "../datasources/bitrix24/event-envelope.ts";
import { type FormFields, nestedFields, textField } from "../datasources/bitrix24/form-body.ts";
import { splitScopes } from "./authorization-server.ts";

/** What an installation callback claims. Nothing of it is believed before it was verified by calls. */
export interface InstallOffer {
  readonly memberId: string;
  /** Host with a port when not the default, in lower case. */
  readonly host: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Later deliveries prove their origin with it; null when the callback brings none (`ONAPPINSTALL` will). */
  readonly applicationToken: string | null;
  readonly scopes: readonly string[];
}

/** `script`: sent by the portal itself. `page`: the application was opened in a browser frame and a page must be answered. */
export type CallbackKind = "script" | "page";

/** Which kind of callback the form is; undefined when it is neither. */
export function callbackKind(form: FormFields): CallbackKind | undefined {
  if (nestedFields(form, "auth") !== undefined) return "script";
  return textField(form, "AUTH_ID") === undefined ? undefined : "page";
}

const MEMBER_ID = /^[0-9A-Za-z_-]{1,64}$/;
const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$/;
const MAX_SECRET_LENGTH = 512;

/**
 * Reads the callback of an application without a user interface, and `ONAPPINSTALL` where it carries tokens: everything is in `auth`.
 * Undefined when something needed is missing or malformed.
 */
export function readScriptOffer(auth: FormFields): InstallOffer | undefined {
  return offer({
    memberId: textField(auth, "member_id"),
    host: toldHost(auth),
    accessToken: textField(auth, "access_token"),
    refreshToken: textField(auth, "refresh_token"),
    applicationToken: textField(auth, "application_token"),
    scope: textField(auth, "scope"),
  });
}

/**
 * Reads `ONAPPUSERREADY`: `data` holds the tokens of the user that the portal made for the application. The portal is where its REST address
 * is; `domain` names the authorization server, and `auth` is somebody else's.
 */
export function readSystemUserOffer(data: FormFields): InstallOffer | undefined {
  return offer({
    memberId: textField(data, "member_id"),
    host: hostIn(textField(data, "client_endpoint")),
    accessToken: textField(data, "access_token"),
    refreshToken: textField(data, "refresh_token"),
    applicationToken: undefined,
    scope: textField(data, "scope"),
  });
}

/** Reads what the portal posts into the frame of an application with a user interface. `DOMAIN` comes in the query or in the form. */
export function readPageOffer(form: FormFields, query: FormFields): InstallOffer | undefined {
  const value = (name: string): string | undefined => textField(form, name) ?? textField(query, name);
  return offer({
    memberId: value("member_id"),
    host: value("DOMAIN"),
    accessToken: value("AUTH_ID"),
    refreshToken: value("REFRESH_ID"),
    applicationToken: value("APPLICATION_TOKEN"),
    scope: value("APPLICATION_SCOPE"),
  });
}

type RawOffer = Record<
  "memberId" | "host" | "accessToken" | "refreshToken" | "applicationToken" | "scope",
  string | undefined
>;

function offer(raw: RawOffer): InstallOffer | undefined {
  const { memberId, accessToken, refreshToken } = raw;
  const host = raw.host?.toLowerCase();
  if (memberId === undefined || !MEMBER_ID.test(memberId)) return undefined;
  if (host === undefined || host.length > 255 || !HOST.test(host)) return undefined;
  if (!isSecret(accessToken) || !isSecret(refreshToken)) return undefined;
  return {
    memberId,
    host,
    accessToken,
    refreshToken,
    applicationToken: isSecret(raw.applicationToken) ? raw.applicationToken : null,
    scopes: splitScopes(raw.scope ?? ""),
  };
}

function isSecret(value: string | undefined): value is string {
  return value !== undefined && value !== "" && value.length <= MAX_SECRET_LENGTH;
}
