import { Arg, Ctx, Directive, ID, Int, Query, Resolver } from "type-graphql";
import type { UserRecord } from "../../datasources/domain/user.ts";
import { userSearch } from "../../datasources/im/users.ts";
import { type ConnectionFields, defineOffsetCursor, Page } from "../../schema/connections.ts";
import { parseId, parsePageSize } from "../../schema/input-errors.ts";
import { User, UserConnection } from "../../schema/user.ts";
import type { OperationContext } from "../engine/context.ts";

const DEFAULT_PAGE_SIZE = 20;

/** Rows on a page of `user.search`; its `start` must be a multiple of it. */
const ROWS_PER_SEARCH = 50;

/** A page of at most 100 people never needs more, unless most rows are people who have left. */
const MAX_SEARCHES = 5;

/** Counts the rows up to and with an operator. */
const cursor = defineOffsetCursor("operators");

/** An operator and the number of rows up to and with them in the whole list. */
interface Row {
  readonly user: UserRecord;
  readonly position: number;
}

@Resolver()
export class OperatorsQuery {
  @Directive('@rest(method: "user.search")')
  @Directive('@rest(method: "imopenlines.config.get")')
  @Directive('@rest(method: "im.user.list.get")')
  @Query(() => UserConnection, {
    nullable: true,
    description:
      "People to whom a chat can be transferred: active employees of the portal, or the queue of one line, in the queue's order. Null when there is no such line. The caller is among them, although nobody can transfer a chat to himself, and whether somebody has the right to work on open lines is not told by REST. " +
      "With `lineId` it costs one call for the line and one for the people (`imopenlines.config.get`, `im.user.list.get`); without it one call for each 50 people (`user.search`, needs one of the scopes `user`, `user_basic`, `user_brief`).",
  })
  async operators(
    @Ctx() context: OperationContext,
    @Arg("search", () => String, {
      nullable: true,
      description: "Looked for in name, position and, without `lineId`, department. Not given or empty: everybody.",
    })
    search?: string | null,
    @Arg("lineId", () => ID, { nullable: true, description: "Only people in the queue of this line." })
    lineId?: string | null,
    @Arg("first", () => Int, { nullable: true, description: "Page size, 1..100; 20 when not given." })
    first?: number | null,
    @Arg("after", () => String, { nullable: true, description: "A cursor of this list: what follows it." })
    after?: string | null,
  ): Promise<ConnectionFields<User> | null> {
    const size = parsePageSize(first, "first", DEFAULT_PAGE_SIZE);
    const offset = typeof after === "string" ? cursor.decode(after, "after") : 0;
    const text = search?.trim() ?? "";
    // One row more than the page tells whether there is a next one.
    const rows =
      typeof lineId === "string"
        ? await queueRows(context, parseId(lineId, "lineId"), text, offset)
        : await directoryRows(context, text, offset, size + 1);
    if (rows === null) return null;
    const page = rows.slice(0, size);
    context.loaders.users.prime(page.map(({ user }) => user));
    return new Page(
      page.map(({ user }) => new User(user.id, user)),
      (_, index) => cursor.encode(page[index]?.position ?? offset),
      { hasNextPage: rows.length > size, hasPreviousPage: offset > 0 },
    );
  }
}

/** Active members of a line's queue after `offset` whose name or position contains the text; null when there is no such line. */
async function queueRows(
  context: OperationContext,
  lineId: string,
  text: string,
  offset: number,
): Promise<Row[] | null> {
  const line = await context.loaders.lines.load(lineId);
  if (line === null) return null;
  const members = (line.queue.members ?? []).slice(offset);
  const users = await Promise.all(members.map(({ userId }) => context.loaders.users.load(userId)));
  return users.flatMap((user, index) =>
    user !== null && user.isActive !== false && matches(user, text) ? [{ user, position: offset + index + 1 }] : [],
  );
}

/** Active employees after `offset`, at least `wanted` of them while there are any. */
async function directoryRows(context: OperationContext, text: string, offset: number, wanted: number): Promise<Row[]> {
  const { portal } = context;
  const rows: Row[] = [];
  let start = offset - (offset % ROWS_PER_SEARCH);
  for (let searches = 0; searches < MAX_SEARCHES && rows.length < wanted; searches += 1) {
    const found = await portal.read(userSearch({ text, start }));
    for (const [index, user] of found.items.entries()) {
      const position = start + (found.positions[index] ?? 0) + 1;
      if (position > offset && user.isActive !== false) rows.push({ user, position });
    }
    if (found.count < ROWS_PER_SEARCH) break;
    start += ROWS_PER_SEARCH;
  }
  return rows;
}

function matches(user: UserRecord, text: string): boolean {
  const wanted = text.toLocaleLowerCase();
  return [user.name, user.firstName, user.lastName, user.position].some((part) =>
    (part ?? "").toLocaleLowerCase().includes(wanted),
  );
}
