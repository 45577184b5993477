import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from "type-graphql";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { FileRecord } from "../../datasources/domain/file.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { SessionHistory } from "../../datasources/domain/session.ts";
import type { SessionRecord, SessionTransferRecord } from "../../datasources/domain/session-record.ts";
import { parseUserCode } from "../../datasources/domain/user-code.ts";
import { Chat } from "../../schema/chat.ts";
import { defineIdCursor, type Page } from "../../schema/connections.ts";
import { Connector } from "../../schema/connector.ts";
import { CrmEntity } from "../../schema/crm-entity.ts";
import { ForwardPaging, TwoWayPaging } from "../../schema/list-arguments.ts";
import { MessagePage } from "../../schema/message.ts";
import { OpenLine, openLineRef } from "../../schema/open-line.ts";
import { parseWindow, sliceById } from "../../schema/pagination.ts";
import { Session } from "../../schema/session.ts";
import type { SessionTransfer } from "../../schema/session-details.ts";
import { User, userRef } from "../../schema/user.ts";
import { messageCursor } from "../chats/chat-messages.ts";
import { chatRecord } from "../chats/chat-record.ts";
import type { OperationContext } from "../engine/context.ts";
import { defineFields } from "../engine/field-table.ts";
import { lookAhead } from "../engine/lookahead.ts";
import { fromHistory, fromReadHistory, keptOf } from "./session-history.ts";
import {
  derivedFromLists,
  type MaybePromise,
  readStatistics,
  readTransfers,
  toldByFigures,
  toldByLists,
} from "./session-record.ts";
import { isTailEnough, readTail } from "./session-tail.ts";

/** Fields of a session that take no arguments. */
export const sessionFields = defineFields<Session>(Session, {
  chat: (session, context) => chatOf(session, context),
  isCurrent: (session, context) =>
    isOpenByRecord(recordOf(session, context)) ??
    openSessionOf(session, context, (open) => (open?.sessionId === undefined ? null : open.sessionId === session.id)),
  startedAt,
  closedAt: toldByLists("closedAt"),
  firstAnsweredAt: toldByLists("firstAnsweredAt"),
  operatorAnsweredAt: toldByLists("operatorAnsweredAt"),
  state: toldByLists("state"),
  closeReason: toldByLists("closeReason"),
  operator: derivedFromLists("operatorId", (id) => userRef(id)),
  line: derivedFromLists("lineId", (id) => openLineRef(id)),
  sourceCode: toldByLists("sourceCode"),
  customer: derivedFromLists("customerId", (id) => userRef(id)),
  userCode: toldByLists("userCode"),
  connector: derivedFromLists("userCode", (code) => connectorOf(code)),
  crmEntity: derivedFromLists("crmEntity", (item) => (item === null ? null : new CrmEntity(item))),

  customerRating: toldByFigures("customerRating", "customerRating"),
  waitedForAnswerSeconds: toldByFigures("waitedForAnswerSeconds", "waitedForAnswerSeconds"),
  waitedForCloseSeconds: toldByFigures("waitedForCloseSeconds", "waitedForCloseSeconds"),
  isFirstAnswerInTime: toldByFigures("isFirstAnswerInTime", "isFirstAnswerInTime"),
  messageCount: toldByFigures("messageCount", "messageCount"),
  queueTransferCount: toldByFigures("queueTransferCount", "transferCount"),
  statistics: ({ id }, context) => readStatistics(id, context),
  transfers: async ({ id }, context) => (await readTransfers(id, context)).map(transferOf),

  supervisorRating: (session, context) =>
    fromListOrHistory(session, context, recordOf(session, context)?.supervisorRating, (each) => each.supervisorRating),
  supervisorComment: (session, context) =>
    fromListOrHistory(
      session,
      context,
      recordOf(session, context)?.supervisorComment,
      (each) => each.supervisorComment,
    ),
  viewerCanRate: (session, context) => fromReadHistory(session, context, (history) => history.viewerCanRate),
  viewerCanJoin: (session, context) => fromReadHistory(session, context, (history) => history.viewerCanJoin),
  viewerRateableLines: (session, context) => fromReadHistory(session, context, rateableLines),
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
    @Info() info: GraphQLResolveInfo,
    @Args(() => TwoWayPaging) paging: TwoWayPaging,
  ): MessagePage | Promise<MessagePage | null> {
    const window = parseWindow(paging, messageCursor, DEFAULT_PAGE_SIZE);
    const cut = (history: SessionHistory): MessagePage =>
      new MessagePage(sliceById(history.messages, window, messageCursor), "SESSION");
    const kept = keptOf(session, context);
    if (kept !== undefined) return cut(kept);
    if (!isTailEnough(session, window, lookAhead(info), context)) return fromReadHistory(session, context, cut);
    return readTail(session, window, context).then((tail) =>
      tail === undefined ? fromReadHistory(session, context, cut) : new MessagePage(tail, "SESSION"),
    );
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

/**
 * The portal lists the chat's members of today, which are those of the open session; whoever had to do with another one is named in its history, or
 * wrote in it. Where no members are told those of the history stand for them.
 */
function participantsOf({ sessionId, chat, participantIds, users, messages }: SessionHistory): readonly Id[] {
  if (chat?.session?.sessionId === sessionId && participantIds.length > 0) return participantIds;
  const authors = messages.flatMap(({ authorId }) => authorId ?? []);
  return [...new Set([...users.keys(), ...authors])];
}

function usersOf(history: SessionHistory, ids: readonly Id[]): User[] {
  return ids.map((id) => new User(id, history.users.get(id)));
}

function rateableLines({ rateableLines: lines }: SessionHistory): OpenLine[] {
  return [...lines].flatMap(([id, canRate]) => (canRate ? [new OpenLine(id)] : []));
}

/** The first part of a code of four parts names the channel's connector. */
function connectorOf(code: string | null): Connector | null {
  const parsed = code === null ? null : parseUserCode(code);
  return parsed === null ? null : new Connector(parsed.connectorId);
}

function transferOf(transfer: SessionTransferRecord): SessionTransfer {
  const { at, reason, mode, target } = transfer;
  return {
    at,
    reason,
    mode,
    target,
    fromOperator: userRef(transfer.fromOperatorId),
    toOperator: userRef(transfer.toOperatorId),
    fromLine: openLineRef(transfer.fromLineId),
    toLine: openLineRef(transfer.toLineId),
    initiator: userRef(transfer.initiatorId),
  };
}

/** The reports tell a rating where the caller may see it, activities never; a history that is there is sure. */
function fromListOrHistory<Value>(
  session: Session,
  context: OperationContext,
  told: Value | undefined,
  pick: (history: SessionHistory) => Value,
): MaybePromise<Value | null> {
  const { histories, sessions } = context.loaders;
  const isDownloaded = (session.history ?? histories.known(session.id)) !== undefined;
  if (isDownloaded || !sessions.isListed(session.id)) return fromReadHistory(session, context, pick);
  return told ?? null;
}

function recordOf({ id }: Session, { loaders }: OperationContext): SessionRecord | undefined {
  return loaders.sessions.known(id);
}

/** A closed session whose end is not told is none that is open. */
function isOpenByRecord(record: SessionRecord | undefined): boolean | undefined {
  if (record?.state === "CLOSED" || record?.state === "SPAM") return false;
  if (record?.closedAt === undefined) return undefined;
  return record.closedAt === null;
}

/** The chat's record tells it for its open session. */
function startedAt(session: Session, context: OperationContext): MaybePromise<Date | null> {
  const known = context.loaders.sessions.known(session.id);
  if (known !== undefined) return known.startedAt;
  return openSessionOf(session, context, (open) =>
    open?.sessionId === session.id ? open.sessionStartedAt : null,
  ).then((open) => open ?? toldByLists("startedAt")(session, context));
}

/** `dialog.get` finds the chat of a session, which is far less than its history. */
function chatOf(session: Session, context: OperationContext): Chat | Promise<Chat> {
  const chatId = session.chatId ?? session.history?.chatId ?? context.loaders.sessions.known(session.id)?.chatId;
  if (chatId) return new Chat(chatId);
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
