import { RestError } from "../../rest-error.ts";
import type { Session } from "../../world/records.ts";
import type { World } from "../../world/world.ts";
import type { Call } from "../method.ts";
import type { Period } from "./arguments.ts";

/** Refuses whoever may not use reports at all: plans without them, and guests of the portal. */
export function requireReports({ world, userId, portal }: Call): void {
  if (world.users.get(userId)?.extranet) {
    throw new RestError("allowed_only_intranet_user", "Only intranet users may use this method");
  }
  if (!portal.hasReports) {
    throw new RestError("TARIFF_RESTRICTION", "Statistics reports are not available on the current tariff plan");
  }
}

/** Lines on which the caller may report; everything else is left out without a word. */
export function reportedLines({ world, userId }: Call): Set<number> {
  const lineIds = world.lines.all().map((line) => line.id);
  return new Set(lineIds.filter((lineId) => world.rights.has(userId, "REPORTS", lineId)));
}

const ordered = new WeakMap<World, readonly Session[]>();

/** All sessions by creation, the oldest first; sorted anew only when there are more of them. */
export function sessionsInOrder(world: World): readonly Session[] {
  const known = ordered.get(world);
  if (known?.length === world.sessions.size) return known;
  const sorted = [...world.sessions.values()].sort((a, b) => a.createdAt - b.createdAt || a.id - b.id);
  ordered.set(world, sorted);
  return sorted;
}

/** The first place in the sorted sessions whose creation is not before the time. */
function placeOf(sessions: readonly Session[], at: number): number {
  let [low, high] = [0, sessions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sessions[middle]?.createdAt ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Those of the sorted sessions that were created in the period. */
export function createdIn(world: World, { from, to }: Period): readonly Session[] {
  const all = sessionsInOrder(world);
  if (from === undefined && to === undefined) return all;
  return all.slice(from === undefined ? 0 : placeOf(all, from), to === undefined ? all.length : placeOf(all, to + 1));
}

/** The session if the caller may report on it. */
export function reportedSession(call: Call, sessionId: number): Session | undefined {
  const session = call.world.sessions.get(sessionId);
  return session && call.world.rights.has(call.userId, "REPORTS", session.lineId) ? session : undefined;
}
