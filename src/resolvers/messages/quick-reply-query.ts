import { GraphQLError } from "graphql";
import { Arg, Args, Ctx, Directive, ID, Query, Resolver } from "type-graphql";
import { type QuickReplyRecord, quickReplyList } from "../../datasources/imopenlines/quick-replies.ts";
import { defineOffsetCursor, Page } from "../../schema/connections.ts";
import { parseId, parsePageSize } from "../../schema/input-errors.ts";
import { ForwardPaging } from "../../schema/list-arguments.ts";
import { QuickReplyConnection } from "../../schema/quick-reply.ts";
import { useCapability } from "../engine/capability.ts";
import type { OperationContext } from "../engine/context.ts";

const DEFAULT_PAGE_SIZE = 20;
const MAX_PER_CALL = 50;
const replyCursor = defineOffsetCursor("quick reply");

@Resolver()
export class QuickReplyQueries {
  @Directive('@rest(method: "imopenlines.v2.QuickReply.list")')
  @Query(() => QuickReplyConnection, {
    nullable: true,
    description:
      "The canned responses of a line, the most chosen first. For operators with the right to them: FORBIDDEN with the `reason` where the right is missing, or where the portal does not have the method, which is not documented. Page size 1..100, 20 by default; one call for 50 (`imopenlines.v2.QuickReply.list`).",
  })
  async quickReplies(
    @Ctx() context: OperationContext,
    @Arg("lineId", () => ID, { description: "The line." }) lineId: string,
    @Arg("search", () => String, { nullable: true, description: "Only those with this in title or text." })
    search: string | null | undefined,
    @Args(() => ForwardPaging) { first, after }: ForwardPaging,
  ): Promise<Page<QuickReplyRecord>> {
    const line = parseId(lineId, "lineId");
    const size = parsePageSize(first, "first", DEFAULT_PAGE_SIZE);
    const start = after === null || after === undefined ? 0 : replyCursor.decode(after, "after");
    const replies: QuickReplyRecord[] = [];
    const placesAfter: number[] = [];
    let rowCount = 0;
    let hasMore = true;
    while (hasMore && rowCount < size) {
      const offset = start + rowCount;
      const limit = Math.min(MAX_PER_CALL, size - rowCount);
      const query = { lineId: line, search: search ?? undefined, offset, limit };
      const page = await useCapability(
        context,
        "quickReplies",
        () => context.portal.read(quickReplyList(query)),
        ({ canView }) => canView,
      );
      if (!page.canView) throw noRight();
      const { items, positions, count } = page.replies;
      replies.push(...items);
      placesAfter.push(...positions.map((position) => offset + position + 1));
      rowCount += count;
      hasMore = count > 0 && (page.totalCount === null ? count >= limit : offset + count < page.totalCount);
    }
    return new Page(replies, (_reply, index) => replyCursor.encode(placesAfter[index] ?? start), {
      hasNextPage: hasMore,
      hasPreviousPage: start > 0,
      ...(hasMore ? { endCursor: replyCursor.encode(start + rowCount) } : {}),
    });
  }
}

function noRight(): GraphQLError {
  return new GraphQLError("You need the right to this line's canned responses.", {
    extensions: { code: "FORBIDDEN", reason: "RIGHT" },
  });
}
