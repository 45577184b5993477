import { Ctx, Query, Resolver } from "type-graphql";
import { EventCursor } from "../../schema/live-events.ts";
import type { OperationContext } from "../engine/context.ts";

/** Where the live log stands. */
@Resolver()
export class EventCursorQuery {
  @Query(() => EventCursor, {
    nullable: true,
    description:
      "The newest place in the portal's log of live events, taken before anything else of the operation is read: a subscription with `after: eventCursor` delivers all that happened since, so that a snapshot and the stream have no seam. Null when the portal has no source of live events. Calls nothing.",
  })
  eventCursor(@Ctx() { live }: OperationContext): Promise<string | null> {
    return live.takeCursor();
  }
}
