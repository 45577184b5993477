import type { Call } from "../bitrix24/calls.ts";
import { id, object, optionalFlag, optionalId, optionalInteger, optionalText, text } from "../bitrix24/wire.ts";
import { kept, ornamental } from "../bitrix24/wire-lists.ts";
import type { Id } from "../domain/ids.ts";
import { decodeGender, pictureUrl } from "./user-fields.ts";

/** The user a credential acts as. */
export interface ProfileRecord {
  readonly id: Id;
  readonly isAdmin: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly gender: "MALE" | "FEMALE" | "UNKNOWN" | null;
  /** IANA name; null when the user follows the portal. */
  readonly timeZone: string | null;
  readonly avatarUrl: string | null;
}

/** Who the caller is (`profile`); every credential may ask. */
export function profileGet(): Call<ProfileRecord> {
  return { method: "profile", params: {}, decode: decodeProfile };
}

function decodeProfile(result: unknown): ProfileRecord {
  const raw = object(result, "");
  return {
    id: id(raw.ID, "ID"),
    isAdmin: ornamental(optionalFlag, raw.ADMIN, "ADMIN") ?? false,
    firstName: ornamental(optionalText, raw.NAME, "NAME"),
    lastName: ornamental(optionalText, raw.LAST_NAME, "LAST_NAME"),
    gender: decodeGender(raw.PERSONAL_GENDER),
    timeZone: ornamental(optionalText, raw.TIME_ZONE, "TIME_ZONE"),
    avatarUrl: pictureUrl(raw.PERSONAL_PHOTO, "PERSONAL_PHOTO"),
  };
}

/** Names of the scopes that the credential was granted (`scope`). */
export function scopeList(): Call<string[]> {
  return { method: "scope", params: {}, decode: decodeScopes };
}

function decodeScopes(result: unknown): string[] {
  return kept(result, "", text);
}

/** The application a token belongs to. */
export interface ApplicationRecord {
  readonly id: Id | null;
  readonly code: string | null;
  readonly version: number | null;
  /** The portal's letter: F free, D demo, T trial, P paid, L local, S subscription. */
  readonly status: string | null;
  readonly isInstalled: boolean | null;
  readonly isPaymentExpired: boolean | null;
  readonly daysLeft: number | null;
  readonly portalLanguage: string | null;
  readonly license: string | null;
  readonly licenseFamily: string | null;
}

/**
 * The application of the credential and the portal's plan (`app.info`). Webhooks are refused with `ACCESS_DENIED`: they belong to no
 * application.
 */
export function appInfo(): Call<ApplicationRecord> {
  return { method: "app.info", params: {}, decode: decodeApplication };
}

function decodeApplication(result: unknown): ApplicationRecord {
  const raw = object(result, "");
  return {
    id: ornamental(optionalId, raw.ID, "ID"),
    code: ornamental(optionalText, raw.CODE, "CODE"),
    version: ornamental(optionalInteger, raw.VERSION, "VERSION"),
    status: ornamental(optionalText, raw.STATUS, "STATUS"),
    isInstalled: ornamental(optionalFlag, raw.INSTALLED, "INSTALLED"),
    isPaymentExpired: ornamental(optionalFlag, raw.PAYMENT_EXPIRED, "PAYMENT_EXPIRED"),
    daysLeft: ornamental(optionalInteger, raw.DAYS, "DAYS"),
    portalLanguage: ornamental(optionalText, raw.LANGUAGE_ID, "LANGUAGE_ID"),
    license: ornamental(optionalText, raw.LICENSE, "LICENSE"),
    licenseFamily: ornamental(optionalText, raw.LICENSE_FAMILY, "LICENSE_FAMILY"),
  };
}
