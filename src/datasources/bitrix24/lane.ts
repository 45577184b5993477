import type { Authorization } from "./connection.ts";
import type { Endpoint } from "./credentials.ts";
import { createOperatingTimes } from "./operating-time.ts";
import type { Lane, ReadUnit } from "./queue-records.ts";

export function createLane(endpoint: Endpoint, authorization: Authorization): Lane {
  return {
    endpoint,
    authorization,
    operating: createOperatingTimes(),
    queued: new Map(),
    queuedCommands: 0,
    waiting: new Map(),
    underWay: new Map(),
    requestsInFlight: 0,
    granted: 0,
  };
}

/** Nothing is lost when the lane is forgotten. */
export function isIdle(lane: Lane): boolean {
  return (
    lane.queued.size === 0 &&
    lane.waiting.size === 0 &&
    lane.requestsInFlight === 0 &&
    lane.operating.blocked().length === 0
  );
}

export function forget(units: Map<string, ReadUnit>, unit: ReadUnit): void {
  if (unit.key !== undefined && units.get(unit.key) === unit) units.delete(unit.key);
}

/** Of equal reads the first is remembered, and rather one that nobody's small budget holds up. */
export function remember(units: Map<string, ReadUnit>, unit: ReadUnit): void {
  if (unit.key === undefined) return;
  const known = units.get(unit.key);
  if (known === undefined || (known.party.budget !== "ordinary" && unit.party.budget === "ordinary")) {
    units.set(unit.key, unit);
  }
}
