import { Arg, Args, Ctx, Directive, ID, Query, Resolver } from "type-graphql";
import { z } from "zod";
import type {
  LineStatisticsRecord,
  OperatorLoadRecord,
  SessionRatingRecord,
} from "../../datasources/domain/session-record.ts";
import { statGet } from "../../datasources/imopenlines/statistics/line-statistics.ts";
import { sessionRatingList } from "../../datasources/imopenlines/statistics/session-ratings.ts";
import { defineCursor, Page } from "../../schema/connections.ts";
import { badUserInput, parseId, parsePageSize } from "../../schema/input-errors.ts";
import { ForwardPaging } from "../../schema/list-arguments.ts";
import { OpenLine, openLineRef } from "../../schema/open-line.ts";
import { Session } from "../../schema/session.ts";
import { LineStatistics } from "../../schema/session-details.ts";
import {
  type CustomerRatingFilter,
  CustomerRatingFilterEnum,
  type OperatorLoad,
  OperatorLoadConnection,
  PeriodInput,
  SessionRatingConnection,
  type SessionRatingEntry,
} from "../../schema/session-list.ts";
import { User, userRef } from "../../schema/user.ts";
import { useCapability } from "../engine/capability.ts";
import type { OperationContext } from "../engine/context.ts";
import { type ShownRows, shownRows } from "../engine/shown-rows.ts";
import { keyOf, parseCodes, parseIds, parsePeriod } from "./session-filter.ts";
import { beyondOffset, MAX_OFFSET } from "./session-listing.ts";

const DEFAULT_PAGE_SIZE = 20;
const reportCursor = defineCursor<{ readonly of: string; readonly offset: number }>(
  "report",
  z.strictObject({ of: z.string(), offset: z.int().min(0).max(1_000_000) }),
);

const LINES = {
  nullable: true,
  description: "Only these lines, at most 1000; without it all that the caller may report on.",
};
const OPERATORS = { nullable: true, description: "Only these operators, at most 1000." };
const SOURCES = { nullable: true, description: "Only these channels, by their codes in statistics, at most 1000." };

/** Reports of Open Channels: what operators do, figures of a period, ratings. */
@Resolver()
export class ReportQueries {
  @Directive('@rest(method: "imopenlines.v2.Operator.list")')
  @Query(() => OperatorLoadConnection, {
    nullable: true,
    description:
      "What operators have to do at this moment, a row for each operator and line of all lines the caller may report on. The portal is asked at most once in 30 seconds for each credential, whoever asks and for whichever line: one call for 200 rows, else none. Page size 1..100, 20 by default. Needs access to the reports: FORBIDDEN with the `reason` where portal, plan or right lack them (`imopenlines.v2.Operator.list`).",
  })
  async operatorLoad(
    @Ctx() context: OperationContext,
    @Arg("lineId", () => ID, { nullable: true, description: "Only this line." }) lineId: string | null | undefined,
    @Args(() => ForwardPaging) { first, after }: ForwardPaging,
  ): Promise<Page<OperatorLoad>> {
    const size = parsePageSize(first, "first", DEFAULT_PAGE_SIZE);
    const line = lineId === null || lineId === undefined ? undefined : parseId(lineId, "lineId");
    const key = keyOf(["operators", line ?? null]);
    const offset = offsetAfter(after, key);
    const { rows, lookedAt } = await useCapability(
      context,
      "operatorLoad",
      () => context.loaders.memory.operatorLoads.look(context.portal),
      (look) => look.rows.length > 0,
    );
    const wanted = rows.filter((row) => line === undefined || row.lineId === line);
    const page = wanted.slice(offset, offset + size + 1);
    const shown = shownRows({ items: page, positions: [...page.keys()], count: page.length }, offset, size);
    return offsetPage(shown, key, offset, (row) => loadOf(row, lookedAt));
  }

  @Directive('@rest(method: "imopenlines.v2.Stat.get")')
  @Query(() => LineStatistics, {
    nullable: true,
    description:
      "Figures of a period of at most 366 days: totals, averages, by channel, by hour, by operator, over all lines the caller may report on or some of them; zeros when there were no sessions. One call. Needs access to the reports: FORBIDDEN with the `reason` where portal, plan or right lack them (`imopenlines.v2.Stat.get`).",
  })
  async lineStatistics(
    @Ctx() context: OperationContext,
    @Arg("period", () => PeriodInput, { description: "Which time." }) period: PeriodInput,
    @Arg("lineIds", () => [ID], LINES) lineIds: string[] | null | undefined,
    @Arg("operatorIds", () => [ID], OPERATORS) operatorIds: string[] | null | undefined,
    @Arg("sourceCodes", () => [String], SOURCES) sourceCodes: string[] | null | undefined,
  ): Promise<LineStatistics> {
    const query = { ...parseWhose({ lineIds, operatorIds, sourceCodes }), period: parsePeriod(period, "period") };
    const figures = await useCapability(
      context,
      "lineStatistics",
      () => context.portal.read(statGet(query)),
      ({ sessionCount }) => (sessionCount ?? 0) > 0,
    );
    return statisticsOf(figures);
  }

  @Directive('@rest(method: "imopenlines.v2.Session.Rating.list")')
  @Query(() => SessionRatingConnection, {
    nullable: true,
    description:
      "Sessions that customers rated in a period of at most 366 days, in the portal's order, which it does not tell; of all lines the caller may report on or some of them. Ends after 10,000 ratings: LIMIT_EXCEEDED, narrow the period. Page size 1..100, 20 by default; one call a page. Needs access to the reports: FORBIDDEN with the `reason` where portal, plan or right lack them (`imopenlines.v2.Session.Rating.list`).",
  })
  async sessionRatings(
    @Ctx() context: OperationContext,
    @Arg("period", () => PeriodInput, { description: "When the customers rated." }) period: PeriodInput,
    @Arg("lineIds", () => [ID], LINES) lineIds: string[] | null | undefined,
    @Arg("operatorIds", () => [ID], OPERATORS) operatorIds: string[] | null | undefined,
    @Arg("sourceCodes", () => [String], SOURCES) sourceCodes: string[] | null | undefined,
    @Arg("customerRating", () => CustomerRatingFilterEnum, { nullable: true, description: "`LIKE` or `DISLIKE`." })
    customerRating: CustomerRatingFilter | null | undefined,
    @Arg("hasSupervisorRating", () => Boolean, { nullable: true, description: "Rated by a supervisor too, or not." })
    hasSupervisorRating: boolean | null | undefined,
    @Args(() => ForwardPaging) { first, after }: ForwardPaging,
  ): Promise<Page<SessionRatingEntry>> {
    const size = parsePageSize(first, "first", DEFAULT_PAGE_SIZE);
    if (customerRating === "NONE")
      throw badUserInput("customerRating must be LIKE, DISLIKE or ANY: only sessions with a rating are listed.");
    const filter = {
      ...parseWhose({ lineIds, operatorIds, sourceCodes }),
      period: parsePeriod(period, "period"),
      customerRating: customerRating === "ANY" ? undefined : (customerRating ?? undefined),
      hasSupervisorRating: hasSupervisorRating ?? undefined,
    };
    const key = keyOf(["ratings", filter]);
    const offset = offsetAfter(after, key);
    if (offset > MAX_OFFSET) throw beyondOffset();
    const { ratings, hasNextPage } = await useCapability(
      context,
      "sessionRatings",
      () => context.portal.read(sessionRatingList({ ...filter, offset, limit: size + 1 })),
      (page) => page.ratings.items.length > 0,
    );
    return offsetPage(shownRows(ratings, offset, size, hasNextPage), key, offset, ratingOf);
  }
}

interface Whose {
  readonly lineIds: string[] | null | undefined;
  readonly operatorIds: string[] | null | undefined;
  readonly sourceCodes: string[] | null | undefined;
}

function parseWhose({ lineIds, operatorIds, sourceCodes }: Whose) {
  for (const [name, list] of Object.entries({ lineIds, operatorIds, sourceCodes })) {
    // To the portal an empty list is none.
    if (list?.length === 0) throw badUserInput(`${name} must name at least one, or be left out.`);
  }
  return {
    lineIds: parseIds(lineIds, "lineIds"),
    operatorIds: parseIds(operatorIds, "operatorIds"),
    sourceCodes: parseCodes(sourceCodes, "sourceCodes"),
  };
}

function offsetAfter(after: string | null | undefined, key: string): number {
  if (after === null || after === undefined) return 0;
  const { of, offset } = reportCursor.decode(after, "after");
  if (of !== key)
    throw badUserInput("after belongs to a list with other arguments: begin that list anew, without after.");
  return offset;
}

function offsetPage<Row, Node>(
  { items, placesAfter, hasNextPage, end }: ShownRows<Row>,
  key: string,
  offset: number,
  nodeOf: (row: Row) => Node,
): Page<Node> {
  const cursorAt = (place: number): string => reportCursor.encode({ of: key, offset: place });
  return new Page(items.map(nodeOf), (_node, index) => cursorAt(placesAfter[index] ?? offset), {
    hasNextPage,
    hasPreviousPage: offset > 0,
    ...(end === undefined ? {} : { endCursor: cursorAt(end) }),
  });
}

function loadOf({ operatorId, lineId, ...load }: OperatorLoadRecord, lookedAt: Date): OperatorLoad {
  return { ...load, operator: new User(operatorId), line: new OpenLine(lineId), lookedAt };
}

function statisticsOf(figures: LineStatisticsRecord): LineStatistics {
  return {
    ...figures,
    byOperator: figures.byOperator.map(({ operatorId, positiveRate, ...operator }) => ({
      ...operator,
      operator: new User(operatorId),
      positiveRate: positiveRate === 0 ? null : positiveRate,
    })),
  };
}

function ratingOf({ sessionId, lineId, operatorId, ...rating }: SessionRatingRecord): SessionRatingEntry {
  return { ...rating, session: new Session(sessionId), line: openLineRef(lineId), operator: userRef(operatorId) };
}
