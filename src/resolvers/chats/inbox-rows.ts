import type { ChatRecord, ChatRole } from "../../datasources/domain/chat.ts";
import type { InboxItemRecord } from "../../datasources/domain/inbox-item.ts";
import type { UserRecord } from "../../datasources/domain/user.ts";
import type { InboxTraits, ParsedInboxFilter } from "../../schema/inbox-filter.ts";
import type { OperationContext } from "../engine/context.ts";
import { chatState, currentLineId } from "./chat-derivations.ts";

/** What an inbox's filter looks at. */
export function traitsOf(chat: ChatRecord): InboxTraits {
  return {
    state: chatState(chat),
    lineId: currentLineId(chat),
    connectorId: chat.userCode?.connectorId ?? null,
    operatorId: chat.operatorId ?? null,
  };
}

/** Whether a row of a list that the portal has not filtered is wanted. */
export function isWanted({ record }: InboxItemRecord, filter: ParsedInboxFilter): boolean {
  if (filter.matches?.(record) === false) return false;
  if (filter.unreadOnly && record.unreadCount === 0) return false;
  return !(filter.skipUndistributed && isUndistributed(record));
}

const TAKES_PART: ReadonlySet<ChatRole> = new Set(["OWNER", "MANAGER", "MEMBER"]);

/** It waits in a queue: nobody has it, and the owner of the list is not in it. */
function isUndistributed({ operatorId, viewerRole }: ChatRecord): boolean {
  const isTaken = operatorId !== null && operatorId !== undefined;
  return !isTaken && !TAKES_PART.has(viewerRole ?? "NONE");
}

/** What a list tells of its rows need not be read again in this operation. */
export function takeRows(
  items: Iterable<InboxItemRecord>,
  users: Iterable<UserRecord>,
  { loaders }: OperationContext,
): void {
  loaders.users.prime(users);
  for (const { id, record, preview } of items) {
    loaders.chats.prime(record);
    // The author of the last message came with it; a customer stays that of the chat.
    const authorId = preview?.authorId ?? null;
    if (authorId !== null && loaders.users.known(authorId)?.kind === "CUSTOMER")
      loaders.memory.chats.noteCustomer(id, authorId);
  }
}
