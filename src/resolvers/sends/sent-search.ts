import { PortalRefusal, UpstreamError } from "../../datasources/bitrix24/errors.ts";
import { compareIds } from "../../datasources/domain/id-order.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import { dialogMessagesGet } from "../../datasources/im/dialog-messages.ts";
import { messageMarks } from "../../datasources/im/message-marks.ts";
import { sessionHistoryGet } from "../../datasources/imopenlines/history.ts";
import { isBusinessRefusal } from "../../refusals/user-error.ts";
import type { OperationContext } from "../engine/context.ts";
import type { SentSearch } from "./sends.ts";

/** What is searched for in a chat. */
export interface SoughtMessage {
  readonly chatId: Id;
  readonly text: string;
  /** Whether somebody may be the author; null is the system. */
  readonly isAuthor: (authorId: Id | null) => boolean | Promise<boolean>;
  /** What else must be true of it. */
  readonly isAlike?: (message: MessageRecord) => boolean;
}

const PER_CALL = 50;
/** So many calls at most: a chat in which more was written since is unclear. */
const MAX_CALLS = 4;
/** Older than every message. */
const BEFORE_ALL: Id = "0";

/** Looks through the chat as the caller: all of it for a participant, its newest session otherwise. */
export function searchInChat(context: OperationContext, sought: SoughtMessage): SentSearch {
  return {
    async newestId() {
      const newest = await newestMessages(context, sought.chatId, undefined, 1);
      if (newest === null || newest.isPartial) return null;
      return newest.messages.at(-1)?.id ?? BEFORE_ALL;
    },
    async sentSince(after) {
      const since = await messagesSince(context, sought.chatId, after).catch(unclearUnlessRefused);
      return since === "unclear" ? since : theOne(since, sought);
    },
  };
}

/** For messages that cannot be found again: the chat is not known, or its messages have no text of the caller's. */
export const NOT_TO_BE_FOUND: SentSearch = {
  newestId: () => Promise.resolve(null),
  sentSince: () => Promise.resolve("unclear"),
};

function unclearUnlessRefused(error: unknown): "unclear" {
  // About the caller or the portal: that must change before anything can be told.
  if (error instanceof PortalRefusal || !(error instanceof UpstreamError)) throw error;
  return "unclear";
}

async function theOne(since: readonly MessageRecord[], { text, isAuthor, isAlike }: SoughtMessage) {
  const sought = asStored(text);
  const equal: MessageRecord[] = [];
  for (const message of since) {
    const isEqual = asStored(message.text) === sought;
    if (!(isEqual || isChanged(message)) || !(await isAuthor(message.authorId))) continue;
    // What it said before it was changed cannot be told.
    if (isChanged(message)) return "unclear";
    if (isAlike === undefined || isAlike(message)) equal.push(message);
  }
  const [first, second] = equal;
  if (second !== undefined) return "unclear";
  return first === undefined ? "none" : { messageId: first.id };
}

function isChanged({ params }: MessageRecord): boolean {
  const { isEdited, isDeleted } = messageMarks(params);
  return isEdited || isDeleted;
}

/** The portal turns its tag for a line's end into one, and cuts blanks off both ends. */
function asStored(text: string): string {
  return text.replace(/\[br\]|\r\n?/gi, "\n").trim();
}

/** Oldest first; "unclear" where it cannot be read, or too much was written. */
async function messagesSince(
  context: OperationContext,
  chatId: Id,
  after: Id,
): Promise<readonly MessageRecord[] | "unclear"> {
  const found: MessageRecord[] = [];
  let before: Id | undefined;
  for (let calls = 0; calls < MAX_CALLS; calls++) {
    const page = await newestMessages(context, chatId, before, PER_CALL);
    if (page === null) return "unclear";
    const { messages } = page;
    const beyond = messages.filter(({ id }) => compareIds(id, after) > 0);
    found.unshift(...beyond);
    if (beyond.length < messages.length) return page.isPartial ? "unclear" : found;
    // Nothing of the session was there before: the message may have gone into the one before it.
    if (page.isPartial || page.isNewestSession) return "unclear";
    if (messages.length < PER_CALL) return found;
    before = messages[0]?.id;
  }
  return "unclear";
}

/** Oldest first. */
interface NewestMessages {
  readonly messages: readonly MessageRecord[];
  /** What was sought may be one of those that cannot be read. */
  readonly isPartial: boolean;
  /** All of the chat's newest session, in place of the chat's own list. */
  readonly isNewestSession: boolean;
}

/** Null where the caller may read neither the chat nor its newest session. */
async function newestMessages(
  { portal, loaders }: OperationContext,
  chatId: Id,
  beforeId: Id | undefined,
  limit: number,
): Promise<NewestMessages | null> {
  try {
    const page = await portal.read(dialogMessagesGet({ chatId, limit, beforeId }), { fresh: true });
    loaders.users.prime(page.users);
    return { messages: page.messages, isPartial: isPartial(page), isNewestSession: false };
  } catch (error) {
    if (!isBusinessRefusal(error)) throw error;
  }
  try {
    const session = await portal.read(sessionHistoryGet({ chatId }), { fresh: true });
    loaders.users.prime(session.users.values());
    return { messages: session.messages, isPartial: isPartial(session), isNewestSession: true };
  } catch (error) {
    if (!isBusinessRefusal(error)) throw error;
    return null;
  }
}

function isPartial({ messages, rowCount }: { readonly messages: readonly unknown[]; readonly rowCount: number }) {
  return messages.length < rowCount;
}
