import type { PortalSession } from "../bitrix24/calls.ts";
import { inIdOrder } from "../domain/id-order.ts";
import type { Id } from "../domain/ids.ts";
import type { MessageRecord } from "../domain/message.ts";
import { type DialogMessagesQuery, dialogMessagesGet } from "../im/dialog-messages.ts";
import { oneByOne } from "./one-by-one.ts";
import type { UserLoader } from "./users.ts";

/** So many messages of a chat after a position, or so many before one. Without a position: from that end of the list. */
export interface MessageWindow {
  readonly chatId: Id;
  readonly direction: "forward" | "backward";
  readonly size: number;
  readonly from: Id | null;
}

/** Oldest first; may hold one message more than was asked for. */
export interface MessageSlice {
  readonly messages: readonly MessageRecord[];
  /** Whether the list goes on beyond the window, in its direction. */
  readonly hasMore: boolean;
}

/** Pages of a chat's messages. */
export interface MessageLoader {
  /** Refusal: `ACCESS_ERROR` for a caller who takes no part. A page that was begun early is not read again by the field that wants it. */
  load(window: MessageWindow): Promise<MessageSlice>;
  /** One message of a chat, from a page that was read or by two calls that leave together; null where the chat has none with this id. */
  one(chatId: Id, messageId: Id): Promise<MessageRecord | null>;
  forgetAll(): void;
}

/** What `im.dialog.messages.get` gives at most. */
const MAX_PER_CALL = 50;
/** The portal's way of asking for the first messages of a chat: those newer than message 0. */
const FROM_THE_START: Id = "0";

export function createMessageLoader(portal: PortalSession, users: UserLoader): MessageLoader {
  const known = new Map<Id, MessageRecord>();
  const slices = oneByOne<MessageWindow, MessageSlice>(
    async (window) => {
      const slice = await readSlice(portal, users, window);
      for (const message of slice.messages) known.set(message.id, message);
      return slice;
    },
    ({ chatId, direction, size, from }) => JSON.stringify([chatId, direction, size, from]),
  );
  const singles = oneByOne<{ readonly chatId: Id; readonly messageId: Id }, MessageRecord | null>(
    ({ chatId, messageId }) => readOne(portal, users, chatId, messageId),
    ({ chatId, messageId }) => `${chatId} ${messageId}`,
  );
  return {
    load: (window) => slices.load(window),
    async one(chatId, messageId) {
      const message = known.get(messageId);
      return message?.chatId === chatId ? message : singles.load({ chatId, messageId });
    },
    forgetAll() {
      known.clear();
      slices.clearAll();
      singles.clearAll();
    },
  };
}

/** No method tells a message by its id, and a page never holds the message it is asked by: it is what follows the one before it. */
async function readOne(
  portal: PortalSession,
  users: UserLoader,
  chatId: Id,
  messageId: Id,
): Promise<MessageRecord | null> {
  const [before, after] = portal.readLinked(dialogMessagesGet({ chatId, limit: 1, beforeId: messageId }), (ref) =>
    dialogMessagesGet({ chatId, limit: 1, afterId: ref("messages", "0", "id") }),
  );
  // The first message of a chat has none before it.
  const isFirst = (await before).messages.length === 0;
  const answer = isFirst
    ? await portal.read(dialogMessagesGet({ chatId, limit: 1, afterId: FROM_THE_START }))
    : await after;
  users.prime(answer.users);
  return answer.messages.find(({ id }) => id === messageId) ?? null;
}

/**
 * Reads in as many calls as the portal's own limit of 50 needs, one after another because each begins where the one before ended. One message
 * more than asked for tells whether more follow, except where that one would cost a call of its own.
 */
async function readSlice(portal: PortalSession, users: UserLoader, window: MessageWindow): Promise<MessageSlice> {
  const { chatId, direction, size } = window;
  const found = new Map<Id, MessageRecord>();
  let position = window.from ?? (direction === "forward" ? FROM_THE_START : null);
  let mayHaveMore = true;
  while (mayHaveMore && found.size < size) {
    const limit = Math.min(MAX_PER_CALL, size + 1 - found.size);
    const before = found.size;
    const answer = await portal.read(dialogMessagesGet({ chatId, limit, ...keyOf(direction, position) }));
    users.prime(answer.users);
    for (const message of answer.messages) found.set(message.id, message);
    mayHaveMore = answer.rowCount >= limit && found.size > before;
    position = (direction === "forward" ? answer.messages.at(-1) : answer.messages[0])?.id ?? position;
  }
  return { messages: inIdOrder([...found.values()]), hasMore: mayHaveMore || found.size > size };
}

function keyOf(direction: MessageWindow["direction"], position: Id | null): Partial<DialogMessagesQuery> {
  if (position === null) return {};
  return direction === "forward" ? { afterId: position } : { beforeId: position };
}
