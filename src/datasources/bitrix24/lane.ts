import type { Authorization } from "./connection.ts";
import type { Endpoint } from "./credentials.ts";
import { createOperatingTimes } from "./operating-time.ts";
import type { Lane, Party, ReadUnit } from "./queue-records.ts";

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

/** Commands that may share a request of the party: those of background work only where that sends it. */
export function commandsFor(lane: Lane, party: Party): number {
  return party.budget === "background" ? lane.queuedCommands : foregroundCommands(lane);
}

/** Commands that somebody waits for. */
export function foregroundCommands(lane: Lane): number {
  let count = lane.queuedCommands;
  for (const [party, units] of lane.queued) {
    if (party.budget === "background") for (const unit of units) count -= unit.commands.length;
  }
  return count;
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
