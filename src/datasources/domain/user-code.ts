import type { UserCode } from "./chat.ts";
import type { Id } from "./ids.ts";

/** Prefix that the CRM puts before a user code in its messenger field. */
const CRM_PREFIX = "imol|";

/**
 * Takes `connector|line|chat in the channel|user in the channel` apart (`entity_id`, `USER_CODE`). Ids of a channel may contain pipes of their own:
 * where the last part is a number, as the portal's users and those of most channels are, it is the user and all before it the chat; otherwise
 * the chat has no pipe. Null when there are fewer parts: then it is not a user code.
 */
export function parseUserCode(packed: string): UserCode | null {
  const raw = packed.startsWith(CRM_PREFIX) ? packed.slice(CRM_PREFIX.length) : packed;
  const afterConnector = raw.indexOf("|");
  const afterLine = afterConnector < 0 ? -1 : raw.indexOf("|", afterConnector + 1);
  const afterChat = afterLine < 0 ? -1 : endOfChat(raw, afterLine + 1);
  if (afterConnector <= 0 || afterChat < 0) return null;
  return {
    raw,
    connectorId: raw.slice(0, afterConnector),
    lineId: digitsOrNull(raw.slice(afterConnector + 1, afterLine)),
    externalChatId: raw.slice(afterLine + 1, afterChat),
    externalUserId: raw.slice(afterChat + 1),
  };
}

/** The reverse of `parseUserCode`; a missing line is written as 0. */
export function formatUserCode(code: Omit<UserCode, "raw">): string {
  return `${code.connectorId}|${code.lineId ?? "0"}|${code.externalChatId}|${code.externalUserId}`;
}

/** Live chats carry the customer's user id in the code; codes of other channels carry an id of the channel, which may look like one. */
export function customerIdOf(code: UserCode | null | undefined): Id | null {
  if (code?.connectorId !== "livechat") return null;
  return /^[1-9][0-9]*$/.test(code.externalUserId) ? code.externalUserId : null;
}

/** Where the chat's id ends that begins at `start`; -1 where nothing follows it. */
function endOfChat(raw: string, start: number): number {
  const last = raw.lastIndexOf("|");
  if (last < start) return -1;
  return /^[0-9]+$/.test(raw.slice(last + 1)) ? last : raw.indexOf("|", start);
}

function digitsOrNull(value: string): Id | null {
  if (!/^[0-9]+$/.test(value)) return null;
  const digits = value.replace(/^0+/, "");
  return digits === "" ? null : digits;
}
