import type { PortalSession } from "../bitrix24/calls.ts";
import type { Id } from "../domain/ids.ts";
import {
  ACTIVITY_PAGE_SIZE,
  type SessionActivityFilter,
  type SessionActivityRecord,
  sessionActivityList,
} from "./activities.ts";

export interface ActivityWalkPage {
  /** By age of the activity. */
  readonly activities: readonly SessionActivityRecord[];
  readonly isEnd: boolean;
  /** The activity to go on after, where that is not the last one given. */
  readonly place: Id | undefined;
  /** What it took. */
  readonly calls: number;
}

/** Calls that one page may need: two for a hundred activities, and more where rows could not be read. */
export const MAX_ACTIVITY_CALLS = 4;

/** One page of a walk through activities by their age, from one on (`crm.activity.list`). */
export async function walkActivities(
  portal: Pick<PortalSession, "read">,
  query: {
    readonly filter: SessionActivityFilter;
    readonly direction: "ASC" | "DESC";
    readonly after?: Id | undefined;
    readonly size: number;
    readonly maxCalls?: number;
  },
): Promise<ActivityWalkPage> {
  const { filter, direction, size, maxCalls = MAX_ACTIVITY_CALLS } = query;
  const found = new Map<Id, SessionActivityRecord>();
  let place = query.after;
  let calls = 0;
  const cut = (isEnd: boolean, goOnAfter: Id | undefined): ActivityWalkPage => {
    const activities = [...found.values()];
    return activities.length > size
      ? { activities: activities.slice(0, size), isEnd: false, place: undefined, calls }
      : { activities, isEnd, place: goOnAfter, calls };
  };
  while (calls < maxCalls) {
    calls += 1;
    const page = await portal.read(sessionActivityList({ filter, direction, after: place }));
    for (const activity of page.activities) found.set(activity.activityId, activity);
    if (page.rowCount < ACTIVITY_PAGE_SIZE || page.lastId === null || page.lastId === place)
      return cut(true, undefined);
    place = page.lastId;
    if (found.size > size) break;
  }
  return cut(false, place);
}
