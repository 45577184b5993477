import { Arg, Args, Ctx, Directive, Query, Resolver } from "type-graphql";
import { parsePageSize } from "../../schema/input-errors.ts";
import { ForwardPaging } from "../../schema/list-arguments.ts";
import { SessionConnection, SessionFilter, SessionOrder } from "../../schema/session-list.ts";
import type { OperationContext } from "../engine/context.ts";
import { parseSessionListing } from "./session-filter.ts";
import { listSessions, noSessions } from "./session-listing.ts";
import { positionAfter, type SessionPage } from "./session-page.ts";

const DEFAULT_PAGE_SIZE = 20;

@Resolver()
export class SessionQueries {
  @Directive('@rest(method: "imopenlines.v2.Session.list")')
  @Directive('@rest(method: "crm.activity.list")')
  @Query(() => SessionConnection, {
    nullable: true,
    description:
      "Sessions of the portal, of any age, newest first unless ordered otherwise: of all lines the caller may report on. Where portal, plan or right have no reports, from activities of the CRM, which know only sessions that touched it and less about each; `source` says which, and a condition that the source cannot apply is refused: FORBIDDEN with the `reason`. By creation and closing the list goes on without end, for periods longer than a year too; other orders end after 10,000 sessions: LIMIT_EXCEEDED. A cursor belongs to its filter and order. Page size 1..100, 20 by default; usually one call a page, at most five. " +
      "Needs access to the reports, or the scope `crm` (`imopenlines.v2.Session.list`, else `crm.activity.list`).",
  })
  async sessions(
    @Ctx() context: OperationContext,
    @Arg("filter", () => SessionFilter, { nullable: true, description: "Narrows the list." })
    filter: SessionFilter | null | undefined,
    @Arg("orderBy", () => SessionOrder, { nullable: true, description: "By default by creation, newest first." })
    orderBy: SessionOrder | null | undefined,
    @Args(() => ForwardPaging) { first, after }: ForwardPaging,
  ): Promise<SessionPage> {
    const size = parsePageSize(first, "first", DEFAULT_PAGE_SIZE);
    const listing = parseSessionListing(filter, orderBy);
    const position = positionAfter(after, listing.key);
    return listing.findsNothing ? noSessions("REPORTS", true) : listSessions(context, listing, size, position);
  }
}
