import type { Authorization } from "./connection.ts";
import type { Endpoint } from "./credentials.ts";
import { createOperatingTimes, type OperatingTimes } from "./operating-time.ts";
import type { Party } from "./party.ts";
import type { ReadUnit } from "./read-command.ts";

/** The calls of one credential: its reads may share requests with each other, never with another lane's. */
export interface Lane {
  readonly endpoint: Endpoint;
  readonly authorization: Authorization;
  readonly operating: OperatingTimes;
  /** By who asked, each in order of arrival. */
  readonly queued: Map<Party, Set<ReadUnit>>;
  queuedCommands: number;
  /** Reads that a further, identical one may join: queued ones (those that wait for a repetition too) and those under way. */
  readonly waiting: Map<string, ReadUnit>;
  readonly underWay: Map<string, ReadUnit>;
  requestsInFlight: number;
  /** Requests over which what is queued shall be split and which the allowance has granted already. */
  granted: number;
}

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
