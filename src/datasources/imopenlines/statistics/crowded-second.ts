import type { PortalSession } from "../../bitrix24/calls.ts";
import { sessionList } from "./session-list.ts";
import { BEFORE_ALL_IDS, behindSecond, type WalkPage, type WalkQuery } from "./walk-page.ts";
import { narrowed, restOf, secondsOf } from "./walk-period.ts";

const MAX_LIMIT = 200;
const MAX_OFFSET = 10_000;

/**
 * One page of a second with more sessions than a walk sorts, such as those that were imported together, in the portal's own order: by
 * offset, because nothing narrows them further. With a second on both sides, whichever ends the portal counts in.
 */
export async function readCrowdedSecond(
  portal: Pick<PortalSession, "read">,
  { filter, order, direction, oldest, size }: WalkQuery,
  at: number,
  offset: number,
): Promise<WalkPage> {
  const around = narrowed(filter, order, { from: at - 1, to: at + 1 });
  const { sessions, hasNextPage } = await portal.read(
    sessionList({ filter: around, order, direction, offset, limit: MAX_LIMIT }),
  );
  const matches = restOf(filter, order);
  const found = sessions.items.flatMap((session, index) => {
    const date = order === "CREATED" ? session.startedAt : session.closedAt;
    if (!date || secondsOf(date) !== at || !matches(session)) return [];
    const behind = offset + (sessions.positions[index] ?? index) + 1;
    return [{ session, place: { at, id: session.id, offset: behind } }];
  });
  const shown = found.slice(0, size);
  const next = offset + sessions.count;
  const goesOn = hasNextPage && sessions.count > 0 && next <= MAX_OFFSET;
  const end = goesOn ? { at, id: BEFORE_ALL_IDS, offset: next } : behindSecond(at, direction);
  return {
    sessions: shown.map(({ session }) => session),
    places: shown.map(({ place }) => place),
    isEnd: false,
    place: found.length > size ? undefined : end,
    oldest,
  };
}
