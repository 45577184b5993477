import { noteLeftOut } from "../bitrix24/decoding.ts";
import { optionalId, WireError } from "../bitrix24/wire.ts";
import { ornamental } from "../bitrix24/wire-lists.ts";
import { YEAR_10000 } from "../bitrix24/wire-times.ts";
import type { ChatSessionData, CrmEntityType, CrmReference } from "../domain/chat.ts";

/** What the empty string says: the chat has never had a session. */
const NEVER_A_SESSION: ChatSessionData = {
  isSavedInCrm: false,
  crmEntity: null,
  isPinned: false,
  isWaitingForAction: false,
  sessionId: null,
  sessionStartedAt: null,
  lineId: null,
  blockedAt: null,
  blockReason: null,
};

/**
 * Reads `entity_data_1` by position; positions that an older chat lacks are null. A session or line id that is not a number is a `WireError`,
 * because "none" would be a wrong answer there.
 */
export function parseSessionData(packed: string, path: string): ChatSessionData {
  if (packed === "") return NEVER_A_SESSION;
  const parts = packed.split("|");
  if (parts.length === 1 && yesOrNo(packed) === null) throw new WireError(path, "parts between pipes", packed);
  const blockReason = parts.length > 9 ? parts.slice(9).join("|") : "";
  return {
    isSavedInCrm: yesOrNo(parts[0]),
    crmEntity: crmReference(parts[1], parts[2], path),
    isPinned: yesOrNo(parts[3]),
    isWaitingForAction: yesOrNo(parts[4]),
    sessionId: optionalId(parts[5], `${path}[5]`),
    sessionStartedAt: unixTimeOrNull(parts[6]),
    lineId: optionalId(parts[7], `${path}[7]`),
    blockedAt: unixTimeOrNull(parts[8]),
    blockReason: blockReason === "" || blockReason === "0" ? null : blockReason,
  };
}

/** Reads `entity_data_2`, name and id in turn; an id of 0 or none is no binding, and kinds that Open Channels do not document are left out. */
export function parseCrmBindings(packed: string, path: string): CrmReference[] {
  if (packed === "") return [];
  const parts = packed.split("|");
  if (parts.length === 1) noteLeftOut(path);
  const bindings: CrmReference[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const reference = crmReference(parts[index], parts[index + 1], path);
    if (reference !== null) bindings.push(reference);
  }
  return bindings;
}

const CRM_TYPES: readonly CrmEntityType[] = ["LEAD", "COMPANY", "CONTACT", "DEAL"];

/** Reads `entity_data_3`: `Y` is silent mode, `N` and the empty string are not; null for anything else. */
export function parseSilentMode(packed: string): boolean | null {
  return packed === "" ? false : yesOrNo(packed);
}

function isCrmType(value: string): value is CrmEntityType {
  return (CRM_TYPES as readonly string[]).includes(value);
}

function crmReference(type: string | undefined, id: string | undefined, path: string): CrmReference | null {
  const name = type?.toUpperCase() ?? "";
  if (!isCrmType(name)) return null;
  const known = ornamental(optionalId, id, path);
  return known === null ? null : { type: name, id: known };
}

function yesOrNo(value: string | undefined): boolean | null {
  const flag = value?.toUpperCase();
  return flag === "Y" ? true : flag === "N" ? false : null;
}

/** Times in packed fields are only ever shown, so one that makes no sense is "not known". */
function unixTimeOrNull(value: string | undefined): Date | null {
  if (value === undefined || !/^[0-9]{1,12}$/.test(value)) return null;
  const seconds = Number(value);
  return seconds === 0 || seconds >= YEAR_10000 ? null : new Date(seconds * 1000);
}
