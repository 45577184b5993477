import {
  isPlainObject,
  optionalFlag,
  optionalId,
  optionalInstant,
  optionalInteger,
  optionalText,
  ornamental,
  WireError,
  type WireObject,
} from "../../bitrix24/wire.ts";
import type { CrmEntityType, CrmReference } from "../../domain/chat.ts";
import type { Id } from "../../domain/ids.ts";
import type {
  CloseReason,
  CustomerRating,
  OperatorPresence,
  SessionState,
  TransferMode,
  TransferReason,
  TransferTargetKind,
} from "../../domain/session-record.ts";

/** The portal's words of the reports and ours for them; a word that the portal adds one day is `UNKNOWN`. */
export const STATES: Readonly<Record<Exclude<SessionState, "UNKNOWN">, string>> = {
  NEW: "new",
  ANSWERED: "answered",
  CLOSED: "closed",
  SPAM: "spam",
  PAUSED: "paused",
};

export const CLOSE_REASONS: Readonly<Record<Exclude<CloseReason, "UNKNOWN">, string>> = {
  OPERATOR: "operator",
  TIMEOUT: "auto",
  SPAM: "spam",
  CUSTOMER_INACTIVE: "client",
  REPLY_WINDOW_EXPIRED: "replyLimit",
};

const RATINGS: Readonly<Record<Exclude<CustomerRating, "UNKNOWN">, string>> = { LIKE: "like", DISLIKE: "dislike" };

const PRESENCES: Readonly<Record<Exclude<OperatorPresence, "UNKNOWN">, string>> = {
  ONLINE: "online",
  OFFLINE: "offline",
  PAUSE: "pause",
};

const TRANSFER_REASONS: Readonly<Record<Exclude<TransferReason, "UNKNOWN">, string>> = {
  BY_OPERATOR: "manual",
  BACK_TO_QUEUE: "queue",
  DISTRIBUTED: "auto",
  TO_OTHER_LINE: "line",
};

const TRANSFER_MODES: Readonly<Record<Exclude<TransferMode, "UNKNOWN">, string>> = {
  MANUAL: "manual",
  AUTOMATIC: "auto",
  BOT: "bot",
};

const TARGETS: Readonly<Record<Exclude<TransferTargetKind, "UNKNOWN">, string>> = { USER: "user", QUEUE: "queue" };

const CRM_TYPES: Readonly<Record<string, CrmEntityType>> = {
  lead: "LEAD",
  deal: "DEAL",
  contact: "CONTACT",
  company: "COMPANY",
};

/** Finds our word for the portal's, in whatever case it is written. */
function wordReader<Word extends string>(words: Readonly<Record<Word, string>>): (value: unknown) => Word | "UNKNOWN" {
  const ours = new Map<string, Word>();
  for (const word in words) ours.set(words[word].toLowerCase(), word);
  return (value) => (typeof value === "string" ? ours.get(value.toLowerCase()) : undefined) ?? "UNKNOWN";
}

export const stateOf: (value: unknown) => SessionState = wordReader(STATES);
export const presenceOf: (value: unknown) => OperatorPresence = wordReader(PRESENCES);
export const transferReasonOf: (value: unknown) => TransferReason = wordReader(TRANSFER_REASONS);
export const transferModeOf: (value: unknown) => TransferMode = wordReader(TRANSFER_MODES);
export const transferTargetOf: (value: unknown) => TransferTargetKind = wordReader(TARGETS);
const reasonOf = wordReader(CLOSE_REASONS);
const ratingOf = wordReader(RATINGS);

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === "";
}

export function closeReasonOf(value: unknown): CloseReason | null {
  return isNothing(value) ? null : reasonOf(value);
}

/** null for `none`: the customer did not rate. */
export function customerRatingOf(value: unknown): CustomerRating | null {
  return isNothing(value) || value === "none" ? null : ratingOf(value);
}

/** 1..5; the portal writes null for what the caller may not see, too. */
export function supervisorRatingOf(value: unknown, path: string): number | null {
  const rating = ornamental(optionalInteger, value, path);
  return rating !== null && rating >= 1 && rating <= 5 ? rating : null;
}

/** A count or a time in seconds: never less than 0. */
export function amountOf(value: unknown, path: string): number | null {
  return ornamental(optionalAmount, value, path);
}

function optionalAmount(value: unknown, path: string): number | null {
  const amount = optionalInteger(value, path);
  if (amount !== null && amount < 0) throw new WireError(path, "a number from 0 on", value);
  return amount;
}

/** An average, with fractions; never less than 0. */
export function averageOf(value: unknown): number | null {
  const number = typeof value === "string" && /^[0-9]+(\.[0-9]+)?$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}

/** A part of a whole, 0..1. */
export function rateOf(value: unknown): number | null {
  const rate = averageOf(value);
  return rate !== null && rate <= 1 ? rate : null;
}

/** The item that a session's columns name; null for none and for a kind that open lines do not know. */
export function crmEntityOf(raw: WireObject, path: string): CrmReference | null {
  const { crmEntityType: kind } = raw;
  const type =
    typeof kind === "string" && Object.hasOwn(CRM_TYPES, kind.toLowerCase())
      ? CRM_TYPES[kind.toLowerCase()]
      : undefined;
  const id = ornamental(optionalId, raw.crmEntityId, `${path}.crmEntityId`);
  return type === undefined || id === null ? null : { type, id };
}

export const idOrNone = (value: unknown, path: string): Id | null => ornamental(optionalId, value, path);
export const textOrNone = (value: unknown, path: string): string | null => ornamental(optionalText, value, path);
export const timeOrNone = (value: unknown, path: string): Date | null => ornamental(optionalInstant, value, path);
export const flagOrNone = (value: unknown, path: string): boolean | null => ornamental(optionalFlag, value, path);

/** The value under the first of these keys that is there. */
export function eitherOf(result: unknown, keys: readonly string[]): unknown {
  if (!isPlainObject(result)) return undefined;
  const key = keys.find((each) => result[each] !== undefined);
  return key === undefined ? undefined : result[key];
}
