import { GraphQLError } from "graphql";
import type { PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import type { SessionActivityFilter } from "../../datasources/crm/activities.ts";
import { walkActivities } from "../../datasources/crm/activity-walk.ts";
import { sessionList } from "../../datasources/imopenlines/statistics/session-list.ts";
import { walkSessions } from "../../datasources/imopenlines/statistics/session-walk.ts";
import type { WalkPlace } from "../../datasources/imopenlines/statistics/walk-page.ts";
import type { Capability } from "../../datasources/loaders/capabilities.ts";
import { badUserInput } from "../../schema/input-errors.ts";
import type { SessionSource } from "../../schema/session-list.ts";
import { missingCapability, useCapability } from "../engine/capability.ts";
import type { OperationContext } from "../engine/context.ts";
import { shownRows } from "../engine/shown-rows.ts";
import { activityFilter, beyondActivities, needsReports, type SessionListing } from "./session-filter.ts";
import { referencesTo, SessionPage, type SessionPosition, sessionCursor } from "./session-page.ts";

/** As far as the portal's offsets go. */
export const MAX_OFFSET = 10_000;

/**
 * One page of the sessions of a portal: from the reports, and from activities of the CRM where those are missing. A page that goes on behind a
 * cursor comes from the same source as the one before.
 */
export async function listSessions(
  context: OperationContext,
  listing: SessionListing,
  size: number,
  position: SessionPosition | undefined,
): Promise<SessionPage> {
  if (position?.in === "activities") return fromActivities(context, listing, size, position);
  const { capabilities } = context.loaders.memory;
  try {
    const page = await fromReports(context, listing, size, position);
    // An empty page of a list that goes on is no empty list.
    if (page.nodes.length > 0 || page.pageInfo.hasNextPage || position !== undefined) return page;
    if (isSeenLately(capabilities.get("sessionList"))) return page;
    return (await isReporter(context)) ? noSessions("REPORTS", true) : await instead(context, listing, size);
  } catch (error) {
    const refusal = missingCapability(error);
    if (refusal === undefined || position !== undefined) throw error;
    return withoutReports(context, listing, size, refusal);
  }
}

/** A right that was withdrawn since leaves nothing but empty answers. */
const BELIEVED_WHEN_EMPTY_MS = 10 * 60_000;

function isSeenLately(reports: Capability | undefined): boolean {
  return reports !== undefined && Date.now() - reports.checkedAt.getTime() < BELIEVED_WHEN_EMPTY_MS;
}

/** Whether the reports tell the caller anything at all, now. */
async function isReporter(context: OperationContext): Promise<boolean> {
  const { capabilities } = context.loaders.memory;
  const probe = sessionList({ filter: {}, order: "CREATED", direction: "DESC", offset: 0, limit: 1 });
  const { sessions } = await useCapability(
    context,
    "sessionList",
    () => context.portal.read(probe),
    () => false,
  );
  const tells = sessions.count > 0;
  if (tells) capabilities.isAvailable("sessionList");
  else capabilities.isUnknown("sessionList");
  return tells;
}

/** Reports that were always empty may be so for want of a right: what activities tell is more, if they tell anything. */
async function instead(context: OperationContext, listing: SessionListing, size: number): Promise<SessionPage> {
  const unsure = noSessions("REPORTS", false);
  if (beyondActivities(listing) !== undefined) return unsure;
  try {
    const page = await fromActivities(context, listing, size, undefined);
    return page.nodes.length > 0 ? page : unsure;
  } catch (error) {
    if (missingCapability(error) === undefined) throw error;
    return unsure;
  }
}

async function withoutReports(
  context: OperationContext,
  listing: SessionListing,
  size: number,
  refusal: PortalRefusal,
): Promise<SessionPage> {
  const beyond = beyondActivities(listing);
  if (beyond !== undefined) throw needsReports(beyond, refusal);
  try {
    return await fromActivities(context, listing, size, undefined);
  } catch (error) {
    // Without both sources the better one is what to ask for.
    throw missingCapability(error) === undefined ? error : refusal;
  }
}

function fromReports(
  context: OperationContext,
  listing: SessionListing,
  size: number,
  position: Exclude<SessionPosition, { in: "activities" }> | undefined,
): Promise<SessionPage> {
  switch (listing.order) {
    case "CREATED":
    case "CLOSED":
      return byDate(context, listing, listing.order, size, position);
    case "WAITED_FOR_ANSWER":
    case "WAITED_FOR_CLOSE":
      return byOffset(context, listing, size, position);
  }
}

async function byDate(
  context: OperationContext,
  listing: SessionListing,
  order: "CREATED" | "CLOSED",
  size: number,
  position: Exclude<SessionPosition, { in: "activities" }> | undefined,
): Promise<SessionPage> {
  if (position?.in === "rows") throw foreignCursor();
  const { filter, direction, key } = listing;
  const { sessions, places, isEnd, place, oldest } = await useCapability(
    context,
    "sessionList",
    () => walkSessions(context.portal, { filter, order, direction, after: position, oldest: position?.oldest, size }),
    (page) => page.sessions.length > 0,
  );
  context.loaders.sessions.prime(sessions);
  const cursorAt = (at: WalkPlace): string =>
    sessionCursor.encode({ in: "dates", of: key, ...at, ...(oldest === undefined ? {} : { oldest }) });
  const cursors = places.map(cursorAt);
  return reportsPage(context, sessions, (index) => cursors[index] ?? "", {
    hasNextPage: !isEnd,
    hasPreviousPage: position !== undefined,
    ...(isEnd || place === undefined ? {} : { endCursor: cursorAt(place) }),
  });
}

async function byOffset(
  context: OperationContext,
  { filter, order, direction, key }: SessionListing,
  size: number,
  position: Exclude<SessionPosition, { in: "activities" }> | undefined,
): Promise<SessionPage> {
  if (position?.in === "dates") throw foreignCursor();
  const offset = position?.offset ?? 0;
  if (offset > MAX_OFFSET) throw beyondOffset();
  const { sessions, hasNextPage: goesOn } = await useCapability(
    context,
    "sessionList",
    () => context.portal.read(sessionList({ filter, order, direction, offset, limit: size + 1 })),
    (page) => page.sessions.items.length > 0,
  );
  context.loaders.sessions.prime(sessions.items);
  const { items, placesAfter, hasNextPage, end } = shownRows(sessions, offset, size, goesOn);
  const cursorAt = (place: number): string => sessionCursor.encode({ in: "rows", of: key, offset: place });
  return reportsPage(context, items, (index) => cursorAt(placesAfter[index] ?? offset), {
    hasNextPage,
    hasPreviousPage: offset > 0,
    ...(end === undefined ? {} : { endCursor: cursorAt(end) }),
  });
}

function reportsPage(
  context: OperationContext,
  sessions: Parameters<typeof referencesTo>[0],
  cursorOf: (index: number) => string,
  bounds: ConstructorParameters<typeof SessionPage>[2],
): SessionPage {
  const isComplete = context.loaders.memory.capabilities.get("sessionList")?.status === "available";
  const source: SessionSource = "REPORTS";
  return new SessionPage(referencesTo(sessions), (_node, index) => cursorOf(index), bounds, { source, isComplete });
}

async function fromActivities(
  context: OperationContext,
  listing: SessionListing,
  size: number,
  position: Extract<SessionPosition, { in: "activities" }> | undefined,
): Promise<SessionPage> {
  const filter = activityFilter(listing);
  if (filter === null) return noSessions("CRM_ACTIVITIES", false);
  return activitiesPage(context, { filter, direction: listing.direction, key: listing.key }, size, position);
}

export interface ActivityListing {
  readonly filter: SessionActivityFilter;
  readonly direction: "ASC" | "DESC";
  readonly key: string;
}

/** A page of the sessions that activities tell, by the age of those. */
export async function activitiesPage(
  context: OperationContext,
  { filter, direction, key }: ActivityListing,
  size: number,
  position: SessionPosition | undefined,
): Promise<SessionPage> {
  if (position !== undefined && position.in !== "activities") throw foreignCursor();
  const { activities, isEnd, place } = await useCapability(
    context,
    "activityEvents",
    () => walkActivities(context.portal, { filter, direction, after: position?.id, size }),
    (page) => page.activities.length > 0,
  );
  const sessions = activities.map(({ session }) => session);
  context.loaders.sessions.prime(sessions);
  const cursorAt = (id: string): string => sessionCursor.encode({ in: "activities", of: key, id });
  const cursors = activities.map(({ activityId }) => cursorAt(activityId));
  return new SessionPage(
    referencesTo(sessions),
    (_node, index) => cursors[index] ?? "",
    {
      hasNextPage: !isEnd,
      hasPreviousPage: position !== undefined,
      ...(isEnd || place === undefined ? {} : { endCursor: cursorAt(place) }),
    },
    { source: "CRM_ACTIVITIES", isComplete: false },
  );
}

export function noSessions(source: SessionSource, isComplete: boolean): SessionPage {
  return new SessionPage([], () => "", { hasNextPage: false, hasPreviousPage: false }, { source, isComplete });
}

function foreignCursor(): GraphQLError {
  return badUserInput("after is not a cursor of this list. Pass a cursor from its own edges or pageInfo, unchanged.");
}

/** The portal goes no further in an order that cannot be narrowed by date. */
export function beyondOffset(): GraphQLError {
  return new GraphQLError(
    `The portal lists no more than ${MAX_OFFSET} rows in this order: narrow the period or the filter.`,
    { extensions: { code: "LIMIT_EXCEEDED" } },
  );
}
