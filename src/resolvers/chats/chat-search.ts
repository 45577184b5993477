import { Arg, Args, Ctx, Directive, Query, Resolver } from "type-graphql";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import { chatSearchList } from "../../datasources/im/chat-search.ts";
import { Chat, ChatConnection } from "../../schema/chat.ts";
import { defineOffsetCursor, Page } from "../../schema/connections.ts";
import { badUserInput, parsePageSize } from "../../schema/input-errors.ts";
import { ForwardPaging } from "../../schema/list-arguments.ts";
import type { OperationContext } from "../engine/context.ts";

const DEFAULT_PAGE_SIZE = 20;
const MAX_PER_CALL = 50;
const MIN_LENGTH = 2;
const searchCursor = defineOffsetCursor("chat search");

/** A chat with its place in the portal's list. */
interface Found {
  readonly chat: ChatRecord;
  readonly place: number;
}

@Resolver()
export class ChatSearch {
  @Directive('@rest(method: "im.search.chat.list")')
  @Query(() => ChatConnection, {
    nullable: true,
    description:
      "Open-line chats that the caller may see, by the beginnings of words in their titles and in the names of who takes part, the last changed first: the only search for them that REST has. Texts of messages are not searched. At least two characters. Each chat comes with its record. Page size 1..100, 20 by default; one call for 49, two for more. Needs the scope `im` (`im.search.chat.list`).",
  })
  async chatSearch(
    @Ctx() context: OperationContext,
    @Arg("text", () => String, { description: "What to look for: one or several words or their beginnings." })
    text: string,
    @Args(() => ForwardPaging) { first, after }: ForwardPaging,
  ): Promise<Page<Chat>> {
    const sought = text.trim();
    if ([...sought].length < MIN_LENGTH)
      throw badUserInput(`text must have at least ${MIN_LENGTH} characters. Got ${[...sought].length}.`);
    const size = parsePageSize(first, "first", DEFAULT_PAGE_SIZE);
    const start = after === null || after === undefined ? 0 : searchCursor.decode(after, "after");
    const { found, hasMore, end } = await search(context, sought, start, size);
    const page = found.slice(0, size);
    for (const { chat } of page) context.loaders.chats.prime(chat);
    const nodes = page.map(({ chat }) => new Chat(chat.id));
    return new Page(nodes, (_chat, index) => searchCursor.encode((page[index]?.place ?? start) + 1), {
      hasNextPage: hasMore || found.length > size,
      hasPreviousPage: start > 0,
      // Behind the last chat may lie rows of other kinds, and before it none at all.
      ...(hasMore ? { endCursor: searchCursor.encode(end) } : {}),
    });
  }
}

async function search({ portal }: OperationContext, text: string, start: number, size: number) {
  const found = new Map<string, Found>();
  let offset = start;
  let hasMore = true;
  while (hasMore && found.size <= size && offset - start < size + MAX_PER_CALL) {
    const limit = Math.min(MAX_PER_CALL, size + 1 - found.size);
    const { items, positions, count } = await portal.read(chatSearchList({ text, offset, limit }));
    for (const [index, chat] of items.entries())
      if (!found.has(chat.id)) found.set(chat.id, { chat, place: offset + (positions[index] ?? 0) });
    hasMore = count >= limit;
    offset += count;
  }
  return { found: [...found.values()], hasMore: hasMore && found.size <= size, end: offset };
}
