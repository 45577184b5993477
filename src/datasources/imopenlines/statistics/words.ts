import {
  optionalFlag,
  optionalId,
  optionalInteger,
  optionalText,
  WireError,
  type WireObject,
} from "../../bitrix24/wire.ts";
import { ornamental } from "../../bitrix24/wire-lists.ts";
import { optionalInstant } from "../../bitrix24/wire-times.ts";
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

/** Finds our word for the portal's, in whatever case it is written. What is no text is noted as left out. */
function wordReader<Word extends string>(
  words: Readonly<Record<Word, string>>,
): (value: unknown, path: string) => Word | "UNKNOWN" {
  const ours = new Map<string, Word>();
  for (const word in words) ours.set(words[word].toLowerCase(), word);
  return (value, path) => ours.get(textOrNone(value, path)?.toLowerCase() ?? "") ?? "UNKNOWN";
}

export const stateOf: (value: unknown, path: string) => SessionState = wordReader(STATES);
export const presenceOf: (value: unknown, path: string) => OperatorPresence = wordReader(PRESENCES);
export const transferReasonOf: (value: unknown, path: string) => TransferReason = wordReader(TRANSFER_REASONS);
export const transferModeOf: (value: unknown, path: string) => TransferMode = wordReader(TRANSFER_MODES);
export const transferTargetOf: (value: unknown, path: string) => TransferTargetKind = wordReader(TARGETS);
const reasonOf = wordReader(CLOSE_REASONS);
const ratingOf = wordReader(RATINGS);

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === "";
}

export function closeReasonOf(value: unknown, path: string): CloseReason | null {
  return isNothing(value) ? null : reasonOf(value, path);
}

/** null for `none`: the customer did not rate. */
export function customerRatingOf(value: unknown, path: string): CustomerRating | null {
  return isNothing(value) || value === "none" ? null : ratingOf(value, path);
}

/** 1..5; the portal writes null for what the caller may not see, too. */
export function supervisorRatingOf(value: unknown, path: string): number | null {
  return ornamental(optionalRating, value, path);
}

/** 0 is one of the portal's spellings of "none". */
function optionalRating(value: unknown, path: string): number | null {
  const rating = optionalInteger(value, path);
  if (rating === null || rating === 0) return null;
  if (rating < 1 || rating > 5) throw new WireError(path, "a rating from 1 to 5", value);
  return rating;
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
export function averageOf(value: unknown, path: string): number | null {
  return ornamental(optionalAverage, value, path);
}

function optionalAverage(value: unknown, path: string): number | null {
  if (isNothing(value)) return null;
  const number = typeof value === "string" && /^[0-9]+(\.[0-9]+)?$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number) && number >= 0) return number;
  throw new WireError(path, "an average from 0 on", value);
}

/** A part of a whole, 0..1. */
export function rateOf(value: unknown, path: string): number | null {
  return ornamental(optionalRate, value, path);
}

function optionalRate(value: unknown, path: string): number | null {
  const rate = optionalAverage(value, path);
  if (rate !== null && rate > 1) throw new WireError(path, "a part of a whole, 0 to 1", value);
  return rate;
}

/** Whether a list goes on behind a page of so many rows. Where the portal does not tell, the next page does, by being empty. */
export function goesOnAfter(rowCount: number, hasNextPage: unknown): boolean {
  return ornamental(optionalFlag, hasNextPage, "hasNextPage") ?? rowCount > 0;
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
export function eitherOf(result: WireObject, keys: readonly string[]): unknown {
  const key = keys.find((each) => result[each] !== undefined);
  return key === undefined ? undefined : result[key];
}
