import type { PortalRefusal } from "../datasources/bitrix24/errors.ts";
import { TOKEN_METHOD } from "../datasources/bitrix24/tokens.ts";
import { UserErrorCode as Code } from "../schema/mutation-payload.ts";
import { BOT_AND_NETWORK_METHODS } from "./bot-and-network-methods.ts";
import { CALLER_REFUSALS, NO_REPORTS, NO_RIGHT, PLAN, UNAUTHENTICATED } from "./caller-refusals.ts";
import { CHAT_METHODS, FILE_METHODS } from "./chat-methods.ts";
import { GENERAL_MEANINGS, type MeaningsByCode, replacesOwnCode } from "./code-meanings.ts";
import { CRM_METHODS } from "./crm-methods.ts";
import type { Meaning, ObjectMeaning, RefusalClass } from "./meaning.ts";
import { INVALID_ARGUMENT, meaning } from "./object-meanings.ts";

/** What refusals mean, by method; what a method has no meaning of its own for means the same on all. */
const METHODS: Readonly<Record<string, MeaningsByCode>> = {
  ...CHAT_METHODS,
  ...FILE_METHODS,
  ...CRM_METHODS,
  ...BOT_AND_NETWORK_METHODS,
};

/** A refusal without a code on a method that has no meaning of its own for it. */
const BLANK = meaning(
  Code.REFUSED,
  "The portal refused without a reason: usually the object is absent, or you may not do this with it; read it again to see what holds.",
  "NOT_FOUND_OR_FORBIDDEN",
);

/** A code that neither the documentation nor the portal's published behaviour knows. */
const UNKNOWN = meaning(
  Code.REFUSED,
  "The portal refused for a reason that the gateway has no word for: its code and its own text say more.",
);

/** About no object: who is refused may not report at all. */
const REPORT_METHODS: ReadonlySet<string> = new Set([
  "imopenlines.v2.Session.list",
  "imopenlines.v2.Session.Stat.get",
  "imopenlines.v2.Session.Transfer.list",
  "imopenlines.v2.Session.Rating.list",
  "imopenlines.v2.Operator.list",
  "imopenlines.v2.Stat.get",
]);

/** Codes for a parameter the portal did not accept: they begin or end like this on every documented method. */
const INPUT_CODE = /^INVALID_|_EMPTY$|^EMPTY_|^WRONG_|_INVALID$|^MISSING_REQUIRED_PARAM$/;
/** The portal's program numbers what it did not foresee, such as a filter by a field that does not exist. */
const NUMBERED = meaning(Code.REFUSED, "The portal does not accept a value of the call.", "BAD_USER_INPUT");

/** What a refusal means: by what refused, then by method and code, else by code alone, else by the form of the code. */
export function meaningOf(refusal: PortalRefusal): Meaning {
  const { code, layer, method = "" } = refusal;
  if (isPlanRefusal(refusal)) return PLAN;
  // Of the authorization server it says nothing about https.
  if (method === TOKEN_METHOD && code === "INVALID_REQUEST") return UNAUTHENTICATED;
  if (REPORT_METHODS.has(method) && isWithoutRight(refusal)) return NO_REPORTS;
  const ofCommand = layer === "command" ? COMMAND_REFUSALS.get(code) : undefined;
  const ofCaller = ofCommand ?? CALLER_REFUSALS.get(code);
  if (ofCaller !== undefined) return ofCaller;
  // The portal's front lets nobody in with this status, whatever its reason; no method uses it.
  if (refusal.status === 401) return UNAUTHENTICATED;
  // A batch that is refused whole is not refused by what its commands are about.
  if (layer === "request") return UNKNOWN;
  return objectMeaning(method, code);
}

/** The documentation has both codes for a user who lacks a right; with another status the second is about the credential. */
function isWithoutRight({ code, status, layer }: PortalRefusal): boolean {
  if (layer === "request") return false;
  return code === "ACCESS_DENIED" || (code === "INVALID_CREDENTIALS" && (layer === "command" || status === 403));
}

/** Codes of the portal's front, where a batch had passed it already: then they are the method's own. */
const COMMAND_REFUSALS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["INVALID_CREDENTIALS", NO_RIGHT],
  ["USER_ACCESS_ERROR", NO_RIGHT],
  ["INVALID_REQUEST", INVALID_ARGUMENT],
]);

/** Codes that have a meaning of their own on a method; the empty one is a refusal without a code. */
export function ownCodesOf(method: string): string[] {
  return Object.keys(entry(METHODS, method) ?? {});
}

/** Whether it is about this object or this action, or else what about. */
export function refusalClass(refusal: PortalRefusal): RefusalClass {
  return meaningOf(refusal).kind;
}

/** How the text of a method's own refusal begins. */
const OF_A_METHOD = /^\s*access denied\b/i;

/**
 * The plan's refusal shares its code with refusals about objects. The authentication layer gives it with 401; with 403 it is the plan's too unless
 * a method says so, whose text then begins in this way in every language. Dialogs are refused with 400.
 */
function isPlanRefusal({ code, status, description, method, layer }: PortalRefusal): boolean {
  if (status === 402) return true;
  if (code !== "ACCESS_DENIED") return false;
  if (layer === "request") return true;
  if (status === 403 && entry(FILE_METHODS, method ?? "") !== undefined) return false;
  return status === 401 || (status === 403 && description !== "" && !OF_A_METHOD.test(description));
}

function objectMeaning(method: string, code: string): ObjectMeaning {
  const own = entry(METHODS, method);
  const meant = own === undefined ? undefined : entry(own, code);
  if (meant !== undefined) return meant;
  if (code === "") return BLANK;
  if (replacesOwnCode(method, code)) return (own === undefined ? undefined : entry(own, "")) ?? UNKNOWN;
  return entry(GENERAL_MEANINGS, code) ?? byForm(code);
}

function byForm(code: string): ObjectMeaning {
  if (/^\d+$/.test(code)) return NUMBERED;
  return INPUT_CODE.test(code) ? INVALID_ARGUMENT : UNKNOWN;
}

/** Own properties only: a code is text from outside and may be "constructor". */
function entry<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
