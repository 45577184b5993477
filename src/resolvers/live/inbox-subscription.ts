import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Directive, Info, Int, Resolver, Root, Subscription } from "type-graphql";
import type { InboxItemRecord } from "../../datasources/domain/inbox-item.ts";
import { InboxChange } from "../../schema/inbox-change.ts";
import { InboxFilter, parseInboxFilter } from "../../schema/inbox-filter.ts";
import { parsePageSize } from "../../schema/input-errors.ts";
import { type InboxDelivery, InboxRequest } from "../../subscriptions/live/inbox/inbox-request.ts";
import { readCompanions } from "../chats/inbox-companions.ts";
import { isWanted, takeRows, traitsOf } from "../chats/inbox-rows.ts";
import { createNameMemory, type NameMemory } from "../chats/name-memory.ts";
import type { OperationContext } from "../engine/context.ts";
import { lookAhead } from "../engine/lookahead.ts";

interface InboxArguments {
  readonly filter?: InboxFilter | null;
  readonly first?: number | null;
}

const DEFAULT_SIZE = 20;

/** Of each subscription, for as long as it is open. */
const names = new WeakMap<InboxRequest, NameMemory>();

function subscribe({ args: { filter, first } }: { args: InboxArguments }): InboxRequest {
  const parsed = parseInboxFilter(filter, traitsOf);
  const request = new InboxRequest({
    first: parsePageSize(first, "first", DEFAULT_SIZE),
    matches: (item: InboxItemRecord) => isWanted(item, parsed),
  });
  names.set(request, createNameMemory());
  return request;
}

@Resolver()
export class InboxSubscription {
  @Directive('@rest(method: "im.recent.get")')
  @Directive('@rest(method: "im.recent.list")')
  @Subscription(() => InboxChange, {
    nullable: true,
    subscribe,
    description:
      "The caller's inbox, kept up to date: the first result is the list as `inbox` tells it, each further one what is different since. Only the caller's own dialogs, whatever events he may see. A new message moves its row at once, with `preview` and `changedAt`; what is unread, the session's step and what events do not tell follow when the list was looked at: soon after an event or an action of the caller, else every `viewer { liveEvents { checkedEverySeconds } }`. Works without any source of events, by looking alone. There is no cursor: subscribe anew and the first result is the whole list again; nothing that happened meanwhile can be missed. A client that is slow gets fewer results, not older ones. A list that cannot be read now is an error that does not end the stream; the next look brings it. `first`: 1..100, 20 by default. Line, operator and customer of the rows are read once, and their names again after 10 minutes. Needs the scope `im` (`im.recent.get`, or `im.recent.list` with 200 rows on portals that do not know it) and the right to live events.",
  })
  async inboxChanged(
    @Root() delivery: InboxDelivery,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("filter", () => InboxFilter, { nullable: true, description: "Narrows the list." })
    _filter?: InboxFilter | null,
    @Arg("first", () => Int, { nullable: true, defaultValue: DEFAULT_SIZE, description: "Rows to show, 1..100." })
    _first?: number | null,
  ): Promise<InboxChange> {
    const { changed, users, request, isWholeList, order, removedIds, hasMore } = delivery;
    takeRows(changed, users, context);
    const chats = [lookAhead(info).child("changed").child("chat")];
    await readCompanions(changed, chats, context, names.get(request));
    return Object.assign(new InboxChange(), { isWholeList, order, changed, removedIds, hasMore });
  }
}
