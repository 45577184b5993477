import { Args, Ctx, Directive, FieldResolver, Resolver, Root } from "type-graphql";
import type { SessionActivityRecord } from "../../datasources/crm/activities.ts";
import { walkActivities } from "../../datasources/crm/activity-walk.ts";
import type { ChatRecord, CrmReference } from "../../datasources/domain/chat.ts";
import { compareIds } from "../../datasources/domain/id-order.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { SessionRecord } from "../../datasources/domain/session-record.ts";
import { parseUserCode } from "../../datasources/domain/user-code.ts";
import { walkSessions } from "../../datasources/imopenlines/statistics/session-walk.ts";
import { Chat } from "../../schema/chat.ts";
import { defineIdCursor } from "../../schema/connections.ts";
import { CrmEntity } from "../../schema/crm-entity.ts";
import { parsePageSize } from "../../schema/input-errors.ts";
import { ForwardPaging } from "../../schema/list-arguments.ts";
import { Session } from "../../schema/session.ts";
import { SessionConnection, type SessionSource } from "../../schema/session-list.ts";
import { missingCapability, useCapability } from "../engine/capability.ts";
import type { OperationContext } from "../engine/context.ts";
import { keyOf } from "./session-filter.ts";
import { activitiesPage } from "./session-listing.ts";
import { positionAfter, SessionPage } from "./session-page.ts";

const DEFAULT_PAGE_SIZE = 20;

@Resolver(() => CrmEntity)
export class CrmEntitySessions {
  @Directive('@rest(method: "crm.activity.list")')
  @FieldResolver(() => SessionConnection, {
    nullable: true,
    description:
      "Sessions that are entered at the item, newest first, as activities tell them: `source` is `CRM_ACTIVITIES`. Page size 1..100, 20 by default; a call for 50. Needs the scope `crm` and access to the item (`crm.activity.list`).",
  })
  sessions(
    @Root() { type, entityId }: CrmEntity,
    @Ctx() context: OperationContext,
    @Args(() => ForwardPaging) { first, after }: ForwardPaging,
  ): Promise<SessionPage> {
    const size = parsePageSize(first, "first", DEFAULT_PAGE_SIZE);
    const item = { type, id: entityId };
    const key = keyOf(["item", item]);
    const listing = { filter: { boundTo: [item] }, direction: "DESC", key } as const;
    return activitiesPage(context, listing, size, positionAfter(after, key));
  }
}

/** Of both sources together. */
const MAX_PAGES = 5;
/** 150 of the newest activities of the chat's items; the rest is for the reports, which tell of more and alone can be complete. */
const MAX_ACTIVITY_PAGES = 3;
const REPORTS_PER_PAGE = 200;
const chatSessionCursor = defineIdCursor("chat-session");

@Resolver(() => Chat)
export class ChatSessionLists {
  @Directive('@rest(method: "imopenlines.dialog.get")')
  @Directive('@rest(method: "crm.activity.list")')
  @Directive('@rest(method: "imopenlines.v2.Session.list")')
  @FieldResolver(() => SessionConnection, {
    nullable: true,
    description:
      "Sessions of the chat, newest first, as far as they can be found: no method lists them. From activities of the chat's CRM items, else from the reports of its line since the chat began, at most five calls in all; together with those that the gateway met before. `isComplete` is true only where the reports were read to their end. Page size 1..100, 20 by default; the same calls for each page (`crm.activity.list`, `imopenlines.v2.Session.list`).",
  })
  async sessions(
    @Root() chat: Chat,
    @Ctx() context: OperationContext,
    @Args(() => ForwardPaging) { first, after }: ForwardPaging,
  ): Promise<SessionPage> {
    const size = parsePageSize(first, "first", DEFAULT_PAGE_SIZE);
    const before = after === null || after === undefined ? undefined : chatSessionCursor.decode(after, "after");
    const record = await context.loaders.chats.load(chat.id);
    const { source, isComplete } = await findSessions(record, context);
    const { memory } = context.loaders;
    const open = record.session?.sessionId;
    if (open) memory.chatSessions.note(chat.id, open);
    const ids = await memory.chatSessions.of(chat.id);
    const rest = before === undefined ? ids : ids.filter((id) => compareIds(id, before) < 0);
    const nodes = rest.slice(0, size).map((id) => new Session(id, chat.id));
    return new SessionPage(
      nodes,
      ({ id }) => chatSessionCursor.encode(id),
      { hasNextPage: rest.length > size, hasPreviousPage: before !== undefined },
      { source, isComplete },
    );
  }
}

interface Found {
  readonly source: SessionSource;
  readonly isComplete: boolean;
}

/** Looks for a chat's sessions; what is found is known to the loaders and remembered as the chat's. */
async function findSessions(chat: ChatRecord, context: OperationContext): Promise<Found> {
  const { activities, pages } = await fromItems(chat, context);
  const { sessions, memory } = context.loaders;
  sessions.prime(activities);
  for (const { id } of activities) memory.chatSessions.note(chat.id, id);
  if (activities.length > 0) return { source: "CRM_ACTIVITIES", isComplete: false };
  try {
    return { source: "REPORTS", isComplete: await fromLine(chat, context, MAX_PAGES - pages) };
  } catch (error) {
    if (missingCapability(error) === undefined) throw error;
    return { source: "CRM_ACTIVITIES", isComplete: false };
  }
}

interface FromItems {
  readonly activities: readonly SessionRecord[];
  /** What they took. */
  readonly pages: number;
}

/** Sessions of the chat's CRM items with the chat's own code. */
async function fromItems(chat: ChatRecord, context: OperationContext): Promise<FromItems> {
  const items = itemsOf(chat);
  const code = chat.userCode;
  if (items.length === 0 || !code) return { activities: [], pages: 0 };
  let pages = 0;
  try {
    const found = await useCapability(
      context,
      "activityEvents",
      () => {
        pages = 1;
        return walkActivities(context.portal, {
          filter: { boundTo: items },
          direction: "DESC",
          size: Number.POSITIVE_INFINITY,
          maxCalls: MAX_ACTIVITY_PAGES,
        });
      },
      (page) => page.activities.length > 0,
    );
    const ofChat = found.activities.filter((activity) => isOfChat(activity, code));
    return { activities: ofChat.map(({ session }) => session), pages: found.calls };
  } catch (error) {
    if (missingCapability(error) === undefined) throw error;
    return { activities: [], pages };
  }
}

function itemsOf({ session, crmBindings }: ChatRecord): CrmReference[] {
  const all = [...(session?.crmEntity ? [session.crmEntity] : []), ...(crmBindings ?? [])];
  return [...new Map(all.map((item) => [`${item.type} ${item.id}`, item])).values()];
}

/** The line in an activity's code may be an older one. */
function isOfChat({ session }: SessionActivityRecord, code: NonNullable<ChatRecord["userCode"]>): boolean {
  const own = session.userCode ? parseUserCode(session.userCode) : null;
  return (
    own !== null &&
    own.connectorId === code.connectorId &&
    own.externalChatId === code.externalChatId &&
    own.externalUserId === code.externalUserId
  );
}

/** Walks the reports of the chat's lines back to the day the chat began; whether to the end. */
async function fromLine(chat: ChatRecord, context: OperationContext, maxCalls: number): Promise<boolean> {
  const lineIds = [chat.userCode?.lineId, chat.session?.lineId].filter(
    (id): id is Id => id !== null && id !== undefined,
  );
  const { sessions, isEnd } = await useCapability(
    context,
    "sessionList",
    () =>
      walkSessions(context.portal, {
        filter: {
          ...(lineIds.length === 0 ? {} : { lineIds: [...new Set(lineIds)] }),
          created: { from: chat.createdAt ?? undefined },
        },
        order: "CREATED",
        direction: "DESC",
        size: MAX_PAGES * REPORTS_PER_PAGE,
        maxCalls,
      }),
    (page) => page.sessions.length > 0,
  );
  context.loaders.sessions.prime(sessions.filter(({ chatId }) => chatId === chat.id));
  return isEnd;
}
