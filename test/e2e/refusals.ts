import { expect } from "vitest";
import { type Chat, SessionStatus } from "../../simulator/world/records.ts";
import type { UserErrorCode } from "../../src/schema/mutation-payload.ts";
import type { Office, StaffMember } from "../kit/office.ts";

/** Where each user error is met over HTTP; a new one does not compile until it has a place. */
const MET_IN: Readonly<Record<`${UserErrorCode}`, "chats" | "crm-bots-network" | "files" | "lines">> = {
  ACCESS_DENIED: "chats",
  ACTING_USER_UNKNOWN: "chats",
  ALREADY_ASSIGNED: "chats",
  ATTACHMENT_INVALID: "crm-bots-network",
  ATTACHMENT_TOO_LARGE: "crm-bots-network",
  BOT_NOT_CONFIGURED: "crm-bots-network",
  BOT_NOT_FOUND: "crm-bots-network",
  CANNOT_ANSWER: "chats",
  CANNOT_INTERCEPT: "chats",
  CANNOT_LEAVE: "chats",
  CANNOT_SKIP: "chats",
  CHAT_NOT_FOUND: "chats",
  CHAT_NOT_IN_CRM: "crm-bots-network",
  CHAT_NOT_WITH_BOT: "crm-bots-network",
  COMMENT_UNREADABLE: "chats",
  CRM_ENTITY_NOT_FOUND: "crm-bots-network",
  FILE_NOT_SENT: "files",
  FILE_TOO_LARGE: "files",
  IDEMPOTENCY_KEY_REUSED: "chats",
  INVALID_ARGUMENT: "crm-bots-network",
  INVALID_NETWORK_CODE: "crm-bots-network",
  KEYBOARD_INVALID: "crm-bots-network",
  LEAD_NOT_CREATED: "crm-bots-network",
  LINE_NOT_FOUND: "lines",
  LINE_NOT_SAVED: "lines",
  MESSAGE_NOT_EDITABLE: "chats",
  MESSAGE_NOT_FOUND: "chats",
  MESSAGE_NOT_SENT: "chats",
  NETWORK_LINE_INACTIVE: "crm-bots-network",
  NETWORK_LINE_NOT_FOUND: "crm-bots-network",
  NO_CHAT: "crm-bots-network",
  NO_OPEN_SESSION: "chats",
  NOT_DONE: "chats",
  NOT_OPEN_LINE_CHAT: "chats",
  NOT_OPERATOR: "chats",
  PARTICIPANT_UNCHANGED: "crm-bots-network",
  QUICK_REPLY_NOT_SAVED: "chats",
  RATING_OR_COMMENT_REQUIRED: "chats",
  RATING_OUT_OF_RANGE: "chats",
  REFUSED: "chats",
  REPLY_NOT_POSSIBLE: "chats",
  SESSION_NOT_FOUND: "chats",
  TEXT_EMPTY: "chats",
  TRANSFER_REFUSED: "chats",
  TRANSFER_TARGET_INVALID: "chats",
  UPLOAD_NOT_FOUND: "files",
  USER_NOT_ACTIVE: "crm-bots-network",
  USER_NOT_FOUND: "crm-bots-network",
  WEEKLY_LIMIT_REACHED: "crm-bots-network",
};

export function errorsMetIn(place: "chats" | "crm-bots-network" | "files"): string[] {
  return Object.entries(MET_IN).flatMap(([code, where]) => (where === place ? [code] : []));
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly field: string[] | null;
  readonly bitrixCode: string | null;
  readonly portalMessage: string | null;
}

/** The one user error of a mutation without selections of its own. */
async function refusal(staff: StaffMember, mutation: string): Promise<Told> {
  const payload = await staff.act(
    `mutation { ${mutation} { userErrors { code message field bitrixCode portalMessage } } }`,
  );
  expect(payload.userErrors).toHaveLength(1);
  const [error] = payload.userErrors;
  expect(error.message).toMatch(/^[A-Z].*\.$/);
  return error;
}

/** Remembers which errors were met. */
export function recordRefusals(): { readonly seen: ReadonlySet<string>; readonly refusal: typeof refusal } {
  const seen = new Set<string>();
  return {
    seen,
    async refusal(staff, mutation) {
      const error = await refusal(staff, mutation);
      seen.add(error.code);
      return error;
    },
  };
}

export function operatorOf(office: Office, lineId: number): StaffMember {
  const user = office.portal.users.find(({ role, lines }) => role === "operator" && lines.includes(lineId));
  if (user === undefined) throw new Error(`Line ${lineId} has no operators`);
  return office.staff(user.id);
}

/** An operator who has nothing to do with the chat. */
export function strangerTo(office: Office, chat: Chat): StaffMember {
  const user = office.portal.users.find(
    ({ role, lines, id }) =>
      role === "operator" && !lines.includes(chat.data.lineId) && !chat.members.has(id) && !chat.recents.has(id),
  );
  if (user === undefined) throw new Error("Everybody is in the chat");
  return office.staff(user.id);
}

export const RUNNING = [SessionStatus.answered, SessionStatus.customerWaits, SessionStatus.customerWroteAgain];

/** Whether one of the acting operators is responsible. */
export function isStaffed(office: Office, { ownerId }: Chat): boolean {
  return office.portal.users.some(({ id, role }) => role === "operator" && id === ownerId);
}

/** A chat that one of the operators works on. */
export function answeredChat(office: Office): Chat {
  return office.chatWith(RUNNING, (chat) => isStaffed(office, chat));
}

export const ABSENT = 99_999_999;
