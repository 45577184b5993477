import { z } from "zod";
import type { SessionRecord } from "../../datasources/domain/session-record.ts";
import { defineCursor, Page, type PageBounds } from "../../schema/connections.ts";
import { badUserInput } from "../../schema/input-errors.ts";
import { Session } from "../../schema/session.ts";
import type { SessionSource } from "../../schema/session-list.ts";

const ID = z.string().regex(/^(0|[1-9][0-9]{0,18})$/);
const SECONDS = z.int().min(0).max(100_000_000_000);
const OFFSET = z.int().min(0).max(1_000_000);

/** A place in a list of sessions: `of` names the filter and the order that it belongs to. */
const positionSchema = z.discriminatedUnion("in", [
  // By the date and the id of a session, in the reports; `offset` in a second with very many.
  z.strictObject({
    in: z.literal("dates"),
    of: z.string(),
    at: SECONDS,
    id: ID,
    offset: OFFSET.optional(),
    oldest: SECONDS.optional(),
  }),
  // By a number of sessions, in the reports.
  z.strictObject({ in: z.literal("rows"), of: z.string(), offset: OFFSET }),
  // By an activity.
  z.strictObject({ in: z.literal("activities"), of: z.string(), id: ID }),
]);
export type SessionPosition = z.infer<typeof positionSchema>;

export const sessionCursor = defineCursor<SessionPosition>("session", positionSchema);

/** The place that a cursor names. Throws BAD_USER_INPUT for one of another filter or order. */
export function positionAfter(after: string | null | undefined, key: string): SessionPosition | undefined {
  if (after === null || after === undefined) return undefined;
  const position = sessionCursor.decode(after, "after");
  if (position.of === key) return position;
  throw badUserInput("after belongs to a list with another filter or order: begin that list anew, without after.");
}

/** A page of sessions that says where it comes from. */
export class SessionPage extends Page<Session> {
  readonly source: SessionSource;
  readonly isComplete: boolean;

  constructor(
    nodes: readonly Session[],
    cursorOf: (node: Session, index: number) => string,
    bounds: PageBounds,
    told: { readonly source: SessionSource; readonly isComplete: boolean },
  ) {
    super(nodes, cursorOf, bounds);
    this.source = told.source;
    this.isComplete = told.isComplete;
  }
}

/** References to sessions whose records the loaders know. */
export function referencesTo(records: readonly SessionRecord[]): Session[] {
  return records.map(({ id, chatId }) => new Session(id, chatId ?? undefined));
}
