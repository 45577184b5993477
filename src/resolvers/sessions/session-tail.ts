import type { ChatRole } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import { isBusinessRefusal } from "../../refusals/user-error.ts";
import { Page } from "../../schema/connections.ts";
import type { Window } from "../../schema/pagination.ts";
import type { Session } from "../../schema/session.ts";
import { messageCursor } from "../chats/chat-messages.ts";
import type { OperationContext } from "../engine/context.ts";
import type { Selection } from "../engine/lookahead.ts";

/** What a chat's own list of messages (`im.dialog.messages.get`) gives, less one that tells whether more come before. */
const MOST = 49;
const TAKES_PART: ReadonlySet<ChatRole | null> = new Set<ChatRole | null>(["OWNER", "MANAGER", "MEMBER"]);
/** What both ways of reading a message tell alike. */
const ALIKE: ReadonlySet<string> = new Set("id text html plainText sentAt isSystem author".split(" "));
const ALIKE_OF_AUTHORS: ReadonlySet<string> = new Set("id name firstName lastName avatarUrl".split(" "));

/**
 * Whether the last messages of an open session are those of its chat, so that the session need not be downloaded for them: the viewer takes
 * part, the session was seen to be long enough, and nothing is selected that only its download tells. A hint; `readTail` may still find it wrong.
 */
export function isTailEnough(
  session: Session,
  window: Window<Id>,
  pages: Selection,
  { loaders, event }: OperationContext,
): boolean {
  const { id, chatId, history } = session;
  if (event !== undefined || history !== undefined || chatId === undefined) return false;
  if (window.direction !== "backward" || window.before !== null || window.size > MOST) return false;
  const chat = loaders.chats.known(chatId);
  if (chat?.session?.sessionId !== id || !TAKES_PART.has(chat.viewerRole ?? null)) return false;
  // Twice as long as is wanted, so that messages that were taken away since make no difference.
  if ((loaders.memory.chats.messagesIn(id) ?? 0) < 2 * (window.size + 1)) return false;
  const messages = [pages.child("nodes"), pages.child("edges").child("node")];
  return messages.every((message) => message.hasOnly(ALIKE) && message.child("author").hasOnly(ALIKE_OF_AUTHORS));
}

/**
 * The last messages of the open session; undefined where they are not surely its own, or the session is downloaded by this operation anyway.
 * A message written after the session began is of that session, since a chat has one at a time.
 */
export async function readTail(
  { id, chatId }: Session,
  window: Window<Id>,
  { loaders }: OperationContext,
): Promise<Page<MessageRecord> | undefined> {
  // Fields beside this one begin what they need in the same turn.
  await undefined;
  if (chatId === undefined || loaders.histories.isBegun(chatId, id)) return undefined;
  const startedAt = loaders.chats.known(chatId)?.session?.sessionStartedAt ?? null;
  if (startedAt === null) return undefined;
  const messages = await loaders.messages.load({ chatId, direction: "backward", size: window.size, from: null }).then(
    (slice) => slice.messages,
    (error: unknown) => {
      if (isBusinessRefusal(error)) return [];
      throw error;
    },
  );
  const before = messages.at(-window.size - 1);
  if (before === undefined || before.sentAt.getTime() <= startedAt.getTime()) return undefined;
  return new Page(messages.slice(-window.size), (message) => messageCursor.encode(message.id), {
    hasNextPage: false,
    hasPreviousPage: true,
  });
}
