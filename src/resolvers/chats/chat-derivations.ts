import type { ChatPermissions, ChatRecord, ChatRestrictions, ChatRole } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { customerIdOf } from "../../datasources/domain/user-code.ts";
import type { ChatState } from "../../schema/chat-details.ts";

/**
 * What the portal has no field for: the open session's id is 0 after a normal close, the flag for a last action is set while a rating or the
 * closing text is awaited, and the owner of an open-line chat is its responsible operator (`dialog.get`).
 */
export function chatState({ session, operatorId }: Pick<ChatRecord, "session" | "operatorId">): ChatState {
  if (session === undefined || session === null) return "UNKNOWN";
  if (session.sessionId === null) return "NO_OPEN_SESSION";
  if (session.isWaitingForAction === true) return "CLOSING";
  if (operatorId === undefined) return "UNKNOWN";
  return operatorId === null ? "UNASSIGNED" : "ASSIGNED";
}

/** The line that serves the chat now. Portals write 0 in place of the line on many chats; the code's line is right unless it was transferred. */
export function currentLineId({ session, userCode }: Pick<ChatRecord, "session" | "userCode">): Id | null {
  return session?.lineId ?? userCode?.lineId ?? null;
}

/** `0` in the last part of a user code stands for a group chat of the channel. */
export function externalUserId({ userCode }: Pick<ChatRecord, "userCode">): string | null {
  const id = userCode?.externalUserId;
  return id === undefined || id === "" || id === "0" ? null : id;
}

const RANK: Readonly<Record<ChatRole, number | null>> = {
  NONE: 0,
  GUEST: 0,
  MEMBER: 1,
  MANAGER: 2,
  OWNER: 3,
  UNKNOWN: null,
};

/** Whether a user with this role may write: the chat allows writing at all, and the role reaches the least one that may. null: not told. */
export function canSend(
  role: ChatRole | null,
  restrictions: ChatRestrictions | null,
  permissions: ChatPermissions | null,
): boolean | null {
  if (restrictions?.send === false) return false;
  const rank = role === null ? null : RANK[role];
  const needed = RANK[permissions?.canPost ?? "MEMBER"];
  if (rank === null || needed === null) return null;
  // Guests see a chat without taking part, and only participants write.
  return rank >= Math.max(1, needed);
}

export function customerIdFromCode({ userCode }: Pick<ChatRecord, "userCode">): Id | null {
  return customerIdOf(userCode);
}

/** Participants that the portal named and who may be the customer: neither the operator nor a manager. */
export function customerCandidates(chat: ChatRecord): Id[] {
  const staff = new Set([...(chat.managerIds ?? []), ...(chat.operatorId ? [chat.operatorId] : [])]);
  const named = [...(chat.participantIds ?? []), ...(chat.readMarks ?? []).map((mark) => mark.userId)];
  return [...new Set(named)].filter((id) => !staff.has(id));
}
