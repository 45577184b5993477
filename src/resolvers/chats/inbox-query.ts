import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, Directive, Info, Query, Resolver } from "type-graphql";
import { z } from "zod";
import { PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import type { InboxItemRecord } from "../../datasources/domain/inbox-item.ts";
import { type RecentPage, recentGet, recentList } from "../../datasources/im/recent.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";
import { defineCursor, Page } from "../../schema/connections.ts";
import { InboxFilter, type ParsedInboxFilter, parseInboxFilter } from "../../schema/inbox-filter.ts";
import { InboxConnection } from "../../schema/inbox-item.ts";
import { parsePageSize } from "../../schema/input-errors.ts";
import { ForwardPaging } from "../../schema/list-arguments.ts";
import type { OperationContext } from "../engine/context.ts";
import { lookAhead } from "../engine/lookahead.ts";
import { readCompanions } from "./inbox-companions.ts";
import { isWanted, takeRows, traitsOf } from "./inbox-rows.ts";

/** A place in the portal's list: its pages are asked for by offset and limit, and `index` counts the chats of that page that are done with. */
interface InboxPosition {
  readonly offset: number;
  readonly limit: number;
  readonly index: number;
}

const MAX_PORTAL_PAGE = 200;
const inboxCursor = defineCursor<InboxPosition>(
  "inbox",
  z.strictObject({
    offset: z.int().min(0).max(1_000_000),
    limit: z.int().min(1).max(MAX_PORTAL_PAGE),
    index: z.int().min(0).max(1_000_000),
  }),
);

const DEFAULT_PAGE_SIZE = 20;
/** With a filter that the portal does not know, larger pages find a match sooner. */
const FILTERED_PORTAL_PAGE = MAX_PORTAL_PAGE;
/** A filter that matches little must not read a whole list within one operation. */
const MAX_PORTAL_PAGES = 3;

@Resolver()
export class InboxQueries {
  @Directive('@rest(method: "im.recent.list")')
  @Directive('@rest(method: "im.recent.get")')
  @Query(() => InboxConnection, {
    nullable: true,
    description:
      "The caller's open-line dialogs: pinned ones first, then the last changed. Only the caller's own: REST lists nobody else's. Each item's chat comes with its record and counters, and the author of the last message, so that selecting these costs nothing more; line, operator and customer of all chats of a page together cost one further request (at pages of up to 48; two at 100), whatever else is selected costs what the field says. Page size 1..100, 20 by default; one call per page, with a filter up to three of 200: then a page may hold fewer items than asked for, even none, while `hasNextPage` is true. A chat that moves while a client pages may come twice: keep items by id. Needs the scope `im` (`im.recent.list`; `im.recent.get` on portals that do not know it).",
  })
  async inbox(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Args(() => ForwardPaging) { first, after }: ForwardPaging,
    @Arg("filter", () => InboxFilter, { nullable: true, description: "Narrows the list." }) filter?: InboxFilter | null,
  ): Promise<Page<InboxItemRecord>> {
    const size = parsePageSize(first, "first", DEFAULT_PAGE_SIZE);
    const parsed = parseInboxFilter(filter, traitsOf);
    const limit = parsed.matches === undefined ? size : FILTERED_PORTAL_PAGE;
    const start =
      after === null || after === undefined ? { offset: 0, limit, index: 0 } : inboxCursor.decode(after, "after");
    const page = await readInbox(context, parsed, size, start);
    const selected = lookAhead(info);
    const chats = [selected.child("nodes").child("chat"), selected.child("edges").child("node").child("chat")];
    await readCompanions(page.nodes, chats, context);
    return page;
  }
}

/** Walks the portal's pages from `start` until `size` chats match, the list ends, or enough pages were read. */
async function readInbox(
  context: OperationContext,
  filter: ParsedInboxFilter,
  size: number,
  start: InboxPosition,
): Promise<Page<InboxItemRecord>> {
  const found = new Map<string, { readonly item: InboxItemRecord; readonly position: InboxPosition }>();
  let position = start;
  let hasMore = true;
  for (let pages = 0; pages < MAX_PORTAL_PAGES && hasMore && found.size < size; pages++) {
    const { page, isWhole } = await readPortalPage(context, filter, position);
    takeRows([], page.users, context);
    for (let index = position.index; index < page.items.length && found.size < size; index++) {
      position = { ...position, index: index + 1 };
      const item = page.items[index];
      if (item === undefined || found.has(item.id)) continue;
      if (!(isWhole ? isWanted(item, filter) : (filter.matches?.(item.record) ?? true))) continue;
      takeRows([item], [], context);
      found.set(item.id, { item, position });
    }
    const isRead = position.index >= page.items.length;
    hasMore = page.hasMore || !isRead;
    // Offsets grow by the limit, not by the number of items, which may be smaller.
    if (isRead && page.hasMore) position = { ...position, offset: position.offset + position.limit, index: 0 };
  }
  const items = [...found.values()].map(({ item }) => item);
  return new Page(items, ({ id }) => inboxCursor.encode(found.get(id)?.position ?? position), {
    hasNextPage: hasMore,
    hasPreviousPage: start.offset > 0 || start.index > 0,
    endCursor: inboxCursor.encode(position),
  });
}

interface PortalPage {
  readonly page: RecentPage;
  /** Whether this is the whole list, as the older method gives it: without the newer one's filters. */
  readonly isWhole: boolean;
}

async function readPortalPage(
  context: OperationContext,
  filter: ParsedInboxFilter,
  { offset, limit }: InboxPosition,
): Promise<PortalPage> {
  const { portal } = context;
  const unreadOnly = filter.unreadOnly ? true : undefined;
  const skipUndistributed = filter.skipUndistributed ? true : undefined;
  try {
    const page = await portal.read(recentList({ offset, limit, unreadOnly, skipUndistributed }));
    return { page, isWhole: false };
  } catch (error) {
    if (!(error instanceof PortalRefusal && refusalClass(error) === "unknown-method")) throw error;
    return { page: await portal.read(recentGet()), isWhole: true };
  }
}
