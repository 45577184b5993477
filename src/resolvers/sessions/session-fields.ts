import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { FileRecord } from "../../datasources/domain/file.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import type { SessionHistory } from "../../datasources/domain/session.ts";
import { Chat } from "../../schema/chat.ts";
import { defineIdCursor, type Page } from "../../schema/connections.ts";
import { ForwardPaging, TwoWayPaging } from "../../schema/list-arguments.ts";
import { OpenLine } from "../../schema/open-line.ts";
import { parseWindow, sliceById } from "../../schema/pagination.ts";
import { Session } from "../../schema/session.ts";
import { User } from "../../schema/user.ts";
import { messageCursor } from "../chats/chat-messages.ts";
import { chatRecord } from "../chats/chat-record.ts";
import type { OperationContext } from "../engine/context.ts";
import { defineFields } from "../engine/field-table.ts";
import { fromHistory } from "./session-history.ts";

/** Fields of a session that take no arguments. */
export const sessionFields = defineFields<Session>(Session, {
  chat: (session, context) => chatOf(session, context),
  isCurrent: (session, context) => openSessionOf(session, context, (open) => open?.sessionId === session.id),
  startedAt: (session, context) =>
    openSessionOf(session, context, (open) => (open?.sessionId === session.id ? open.sessionStartedAt : null)),

  supervisorRating: (session, context) => fromHistory(session, context, (history) => history.supervisorRating),
  supervisorComment: (session, context) => fromHistory(session, context, (history) => history.supervisorComment),
  viewerCanRate: (session, context) => fromHistory(session, context, (history) => history.viewerCanRate),
  viewerCanJoin: (session, context) => fromHistory(session, context, (history) => history.viewerCanJoin),
  viewerRateableLines: (session, context) => fromHistory(session, context, rateableLines),
  participants: (session, context) =>
    fromHistory(session, context, (history) => usersOf(history, participantsOf(history))),
  usersWithoutDepartment: (session, context) =>
    fromHistory(session, context, (history) => usersOf(history, history.userIdsWithoutDepartment)),
  mutedUsers: (session, context) => fromHistory(session, context, (history) => usersOf(history, history.mutedUserIds)),
  departments: (session, context) =>
    fromHistory(session, context, (history) =>
      history.departments.map(({ id, userIds }) => ({ id, users: usersOf(history, userIds) })),
    ),
});

const fileCursor = defineIdCursor("file");
const DEFAULT_PAGE_SIZE = 50;

/** The lists of a session: pages cut from the downloaded history. */
@Resolver(() => Session)
export class SessionLists {
  @FieldResolver()
  messages(
    @Root() session: Session,
    @Ctx() context: OperationContext,
    @Args(() => TwoWayPaging) paging: TwoWayPaging,
  ): Page<MessageRecord> | Promise<Page<MessageRecord> | null> {
    const window = parseWindow(paging, messageCursor, DEFAULT_PAGE_SIZE);
    return fromHistory(session, context, (history) => sliceById(history.messages, window, messageCursor));
  }

  @FieldResolver()
  files(
    @Root() session: Session,
    @Ctx() context: OperationContext,
    @Args(() => ForwardPaging) { first, after }: ForwardPaging,
  ): Page<FileRecord> | Promise<Page<FileRecord> | null> {
    const window = parseWindow({ first: first ?? DEFAULT_PAGE_SIZE, after }, fileCursor, DEFAULT_PAGE_SIZE);
    return fromHistory(session, context, (history) => sliceById(history.files, window, fileCursor));
  }
}

/** The portal lists the chat's members of today, which are those of the open session; whoever had to do with another one is named in its history. */
function participantsOf({ sessionId, chat, participantIds, users }: SessionHistory): readonly Id[] {
  return chat?.session?.sessionId === sessionId ? participantIds : [...users.keys()];
}

function usersOf(history: SessionHistory, ids: readonly Id[]): User[] {
  return ids.map((id) => new User(id, history.users.get(id)));
}

function rateableLines({ rateableLines: lines }: SessionHistory): OpenLine[] {
  return [...lines].flatMap(([id, canRate]) => (canRate ? [new OpenLine(id)] : []));
}

/** `dialog.get` finds the chat of a session, which is far less than its history. */
function chatOf(session: Session, context: OperationContext): Chat | Promise<Chat> {
  const chatId = session.chatId ?? session.history?.chatId;
  if (chatId !== undefined) return new Chat(chatId);
  return context.loaders.chats.bySession(session.id).then((record) => new Chat(record.id));
}

async function openSessionOf<T>(
  session: Session,
  context: OperationContext,
  derive: (open: ChatRecord["session"]) => T,
): Promise<T | null> {
  const chat = await chatOf(session, context);
  return chatRecord.from(chat, context, ["session"], (record) => derive(record.session));
}
