import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { dialogUsersList } from "../../datasources/im/members.ts";
import { Chat } from "../../schema/chat.ts";
import { defineOffsetCursor, Page } from "../../schema/connections.ts";
import { parsePageSize } from "../../schema/input-errors.ts";
import { ForwardPaging, TwoWayPaging } from "../../schema/list-arguments.ts";
import type { MessagePage } from "../../schema/message.ts";
import { User } from "../../schema/user.ts";
import type { OperationContext } from "../engine/context.ts";
import { shownRows } from "../engine/shown-rows.ts";
import { parseMessagePaging, readMessages } from "./chat-messages.ts";

const DEFAULT_PAGE_SIZE = 20;
const participantCursor = defineOffsetCursor("participant");

/** The lists of a chat that the portal pages, for participants only. */
@Resolver(() => Chat)
export class ChatLists {
  @FieldResolver()
  messages(
    @Root() chat: Chat,
    @Ctx() context: OperationContext,
    @Args(() => TwoWayPaging) paging: TwoWayPaging,
  ): Promise<MessagePage> {
    return readMessages(chat, parseMessagePaging(paging), context);
  }

  @FieldResolver()
  async participants(
    @Root() chat: Chat,
    @Ctx() context: OperationContext,
    @Args(() => ForwardPaging) { first, after }: ForwardPaging,
  ): Promise<Page<User>> {
    const size = parsePageSize(first, "first", DEFAULT_PAGE_SIZE);
    const offset = after === null || after === undefined ? 0 : participantCursor.decode(after, "after");
    const { portal } = context;
    const found = await portal.read(dialogUsersList({ chatId: chat.id, limit: size + 1, offset }));
    context.loaders.users.prime(found.items);
    const { items, placesAfter, hasNextPage, end } = shownRows(found, offset, size);
    const users = items.map((record) => new User(record.id, record));
    return new Page(users, (_user, index) => participantCursor.encode(placesAfter[index] ?? offset), {
      hasNextPage,
      hasPreviousPage: offset > 0,
      ...(end === undefined ? {} : { endCursor: participantCursor.encode(end) }),
    });
  }
}
