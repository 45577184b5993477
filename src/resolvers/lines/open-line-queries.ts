import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Directive, ID, Info, Int, Query, Resolver } from "type-graphql";
import type { ApiRevisionRecord, PublicPageRecord } from "../../datasources/domain/line.ts";
import { configPathGet, type LineListQuery, revisionGet } from "../../datasources/imopenlines/config/config-reads.ts";
import { defineOffsetCursor, Page } from "../../schema/connections.ts";
import { badUserInput, parseId, parsePageSize } from "../../schema/input-errors.ts";
import { OpenLine } from "../../schema/open-line.ts";
import { OpenLineConnection, OpenLineFilter, OpenLineOrder } from "../../schema/open-line-list.ts";
import { ApiRevision, PublicPage } from "../../schema/portal-info.ts";
import type { OperationContext } from "../engine/context.ts";
import { lookAhead } from "../engine/lookahead.ts";
import { shownRows } from "../engine/shown-rows.ts";
import { selectedParts } from "./selected-parts.ts";

const lineCursor = defineOffsetCursor("openLines");
const DEFAULT_PAGE_SIZE = 20;
const MAX_FILTER_IDS = 100;

@Resolver()
export class OpenLineQueries {
  @Directive('@rest(method: "imopenlines.config.get")')
  @Query(() => OpenLine, {
    nullable: true,
    description:
      "A line with its settings and queue; null when there is no such line. Anybody with access to the portal's REST may read it. One call (`imopenlines.config.get`).",
  })
  async openLine(
    @Arg("id", () => ID, { description: "The line's id." }) id: string,
    @Ctx() context: OperationContext,
  ): Promise<OpenLine | null> {
    const line = await context.loaders.lines.load(parseId(id, "id"));
    return line === null ? null : new OpenLine(line.id, line);
  }

  @Directive('@rest(method: "imopenlines.config.list.get")')
  @Query(() => OpenLineConnection, {
    nullable: true,
    description:
      "The lines of the portal with all their settings, a page at a time. Anybody with access to the portal's REST sees all lines. One call for the whole page; only `queue.members` and `queue.isOnline` cost one more for each line. The portal numbers the rows of a list, so a line that is created or deleted between two pages can shift them (`imopenlines.config.list.get`).",
  })
  async openLines(
    @Arg("filter", () => OpenLineFilter, { nullable: true, description: "Which lines; all by default." })
    filter: OpenLineFilter | null,
    @Arg("orderBy", () => OpenLineOrder, { nullable: true, description: "In which order; oldest first by default." })
    orderBy: OpenLineOrder | null,
    @Arg("first", () => Int, { nullable: true, description: "How many, 1 to 100; 20 by default." }) first:
      | number
      | null,
    @Arg("after", () => String, { nullable: true, description: "Cursor of the line to go on from." })
    after: string | null,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<OpenLine>> {
    const size = parsePageSize(first, "first", DEFAULT_PAGE_SIZE);
    const offset = (after ?? null) === null ? 0 : lineCursor.decode(after ?? "", "after");
    const conditions = readFilter(filter ?? {});
    if (conditions.ids?.length === 0) return emptyPage(offset);
    const page = lookAhead(info);
    const lines = await context.loaders.lines.page(
      {
        ...conditions,
        orderBy: orderBy?.field ?? "ID",
        direction: orderBy?.direction ?? "ASC",
        // The portal tells no total: one row more than the page shows whether it goes on.
        limit: size + 1,
        offset,
      },
      selectedParts([page.child("nodes"), page.child("edges").child("node")]),
    );
    context.loaders.lines.prime(lines.items);
    const { items, placesAfter, hasNextPage, end } = shownRows(lines, offset, size);
    return new Page(
      items.map((line) => new OpenLine(line.id, line)),
      (_line, index) => lineCursor.encode(placesAfter[index] ?? offset),
      {
        hasNextPage,
        hasPreviousPage: offset > 0,
        ...(end === undefined ? {} : { endCursor: lineCursor.encode(end) }),
      },
    );
  }

  @Directive('@rest(method: "imopenlines.config.path.get")')
  @Query(() => PublicPage, {
    nullable: true,
    description: "Where the portal's public contact-centre page is. Anybody may ask (`imopenlines.config.path.get`).",
  })
  publicPage(@Ctx() context: OperationContext): Promise<PublicPageRecord> {
    return context.portal.read(configPathGet());
  }

  @Directive('@rest(method: "imopenlines.revision.get")')
  @Query(() => ApiRevision, {
    nullable: true,
    description:
      "Revision numbers of the portal's Open Channels module, to tell portals of different age apart. Anybody may ask (`imopenlines.revision.get`).",
  })
  apiRevision(@Ctx() context: OperationContext): Promise<ApiRevisionRecord> {
    return context.portal.read(revisionGet());
  }
}

function emptyPage(offset: number): Page<OpenLine> {
  return new Page<OpenLine>([], () => lineCursor.encode(offset), { hasNextPage: false, hasPreviousPage: offset > 0 });
}

function readFilter(filter: OpenLineFilter): Omit<LineListQuery, "orderBy" | "direction" | "limit" | "offset"> {
  const { ids, isActive, isTemporary, languageCode, nameContains } = filter;
  if ((ids?.length ?? 0) > MAX_FILTER_IDS) throw badUserInput(`filter.ids may have at most ${MAX_FILTER_IDS} ids.`);
  return {
    ...(isGiven(ids) ? { ids: ids.map((id) => parseId(id, "filter.ids")) } : {}),
    ...(isGiven(isActive) ? { isActive } : {}),
    ...(isGiven(isTemporary) ? { isTemporary } : {}),
    ...(isGiven(languageCode) ? { languageCode } : {}),
    ...(isGiven(nameContains) && nameContains !== "" ? { nameContains } : {}),
  };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
