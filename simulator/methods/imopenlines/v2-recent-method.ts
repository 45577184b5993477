import { phpMap } from "../../php-value.ts";
import { RestError } from "../../rest-error.ts";
import { type Chat, type Session, SessionStatus } from "../../world/records.ts";
import { type Call, type Method, read } from "../method.ts";
import { intParam, isPresent, textParam } from "../param-reading.ts";
import { recentChat } from "../wire-chat.ts";
import { parseDate } from "../wire-date.ts";
import { snakeUser } from "../wire-user.ts";

const groups = ["NEW", "WORK", "ANSWERED"] as const;
type Group = (typeof groups)[number];

interface Dialog {
  chat: Chat;
  session: Session;
  group: Group;
  /** Rises along the group: a session id, or for the answered ones the time of the last message, negated. */
  position: number;
}

function groupOf({ status }: Session): Group {
  if (status < SessionStatus.answered) return "NEW";
  return status < SessionStatus.operatorReplied ? "WORK" : "ANSWERED";
}

function dialogsOf({ world, userId }: Call): Dialog[] {
  return [...world.chats.values()].flatMap((chat) => {
    const session = chat.kind === "lines" && chat.recents.has(userId) ? world.openSession(chat.id) : undefined;
    if (!session) return [];
    const group = groupOf(session);
    return [{ chat, session, group, position: group === "ANSWERED" ? -chat.lastActivityAt : session.id }];
  });
}

const rank = (group: Group): number => groups.indexOf(group);

/** The place behind which the page begins; undefined = from the start. */
function cursorOf({ params }: Call): { group: Group; position: number } | undefined {
  const { cursor } = params;
  if (typeof cursor !== "object" || cursor === null || Array.isArray(cursor)) return undefined;
  const given: Record<string, unknown> = { ...cursor };
  const group = groups.find((candidate) => candidate === textParam(given, "statusGroup"));
  if (!group || !isPresent(given, "sortPointer")) throw new RestError("INVALID_CURSOR", "Invalid cursor");
  if (group !== "ANSWERED") return { group, position: intParam(given, "sortPointer") };
  const at = parseDate(given.sortPointer) ?? intParam(given, "sortPointer") * 1000;
  return { group, position: -at };
}

/** The caller's own dialogs: unanswered, then at work, both by session, then answered, the latest first. */
export const recentListMethod: Method = read("imopenlines.v2.Recent.list", "imopenlines", (call) => {
  const { world, params, userId, portal } = call;
  if (world.users.get(userId)?.extranet) {
    throw new RestError("allowed_only_intranet_user", "Only intranet users may use this method");
  }
  const asked = intParam(params, "limit");
  const limit = asked >= 1 && asked <= 200 ? asked : 50;
  const cursor = cursorOf(call);
  const rows = dialogsOf(call)
    .filter(
      ({ group, position }) =>
        !cursor || rank(group) > rank(cursor.group) || (group === cursor.group && position > cursor.position),
    )
    .sort((a, b) => rank(a.group) - rank(b.group) || a.position - b.position)
    .slice(0, limit);
  const userIds = new Set(rows.flatMap(({ chat }) => [chat.customerId, chat.ownerId]));
  return {
    recentItems: rows.map(({ chat, session }) => ({
      chatId: chat.id,
      messageId: chat.messages.at(-1)?.id ?? 0,
      sessionId: session.id,
      dialogId: `chat${chat.id}`,
    })),
    sessions: rows.map(({ session, group }) => ({
      id: session.id,
      operatorId: session.operatorId,
      chatId: session.chatId,
      status: group,
      queueId: session.lineId,
      pinned: session.pause,
      silentMode: world.chats.get(session.chatId)?.silent === "Y",
      isClosed: session.closed,
    })),
    users: [...userIds].flatMap((id) => {
      const user = world.users.get(id);
      return user ? [snakeUser(user, portal.url)] : [];
    }),
    chats: rows.map(({ chat }) => recentChat(chat, userId, portal.url)),
    messages: rows.flatMap(({ chat }) => {
      const last = chat.messages.at(-1);
      if (!last) return [];
      const { id, chatId, authorId, text, params: own } = last;
      return [{ id, chatId, authorId, text, params: phpMap(own) }];
    }),
    files: [],
    hasNextPage: rows.length >= limit,
  };
});
