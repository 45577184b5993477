import type { ChatRecord, ChatRole } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";

/** Who takes part in a chat, as far as its record tells. */
export interface ChatParticipants {
  readonly ids: ReadonlySet<Id>;
  /** Nobody else takes part: the portal's count leaves nobody over. */
  readonly areAll: boolean;
}

const TAKES_PART: ReadonlySet<ChatRole> = new Set(["MEMBER", "MANAGER", "OWNER"]);

/**
 * The responsible operator and those with read marks; the marks leave out whoever read the record (`readerId`), whose role tells whether he is
 * in it, and people who have not read anything yet.
 */
export function participantsOf(record: ChatRecord, readerId: Id | null): ChatParticipants {
  const ids = new Set(record.readMarks?.map(({ userId }) => userId));
  if (record.operatorId !== null && record.operatorId !== undefined) ids.add(record.operatorId);
  const role = record.viewerRole ?? null;
  if (readerId !== null && role !== null && TAKES_PART.has(role)) ids.add(readerId);
  const count = record.participantCount ?? null;
  // A chat without anybody in it is none: its customer counts.
  return { ids, areAll: count !== null && count > 0 && ids.size >= count };
}
