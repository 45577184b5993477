import type { Authorization } from "./connection.ts";
import type { Endpoint } from "./credentials.ts";
import { createOperatingTimes, type OperatingTimes } from "./operating-time.ts";
import type { ReadCommand, ReadUnit } from "./read-command.ts";

/** The reads of one credential: they may share requests with each other, never with another lane's. */
export interface Lane {
  readonly endpoint: Endpoint;
  readonly authorization: Authorization;
  readonly operating: OperatingTimes;
  /** In order of arrival. */
  queued: ReadUnit[];
  /** Reads that a further, identical one may join: queued ones (those that wait for a repetition too) and those under way. */
  readonly waiting: Map<string, ReadCommand>;
  readonly underWay: Map<string, ReadCommand>;
  requestsInFlight: number;
}

export function createLane(endpoint: Endpoint, authorization: Authorization): Lane {
  return {
    endpoint,
    authorization,
    operating: createOperatingTimes(),
    queued: [],
    waiting: new Map(),
    underWay: new Map(),
    requestsInFlight: 0,
  };
}

/** Nothing is lost when the lane is forgotten. */
export function isIdle(lane: Lane): boolean {
  return (
    lane.queued.length === 0 &&
    lane.waiting.size === 0 &&
    lane.requestsInFlight === 0 &&
    lane.operating.blocked().length === 0
  );
}

export function commandCount(units: readonly ReadUnit[]): number {
  let count = 0;
  for (const unit of units) count += unit.length;
  return count;
}

/** Drops reads that nobody waits for any more. */
export function dropAbandoned(lane: Lane): void {
  if (lane.queued.every(isWanted)) return;
  const kept: ReadUnit[] = [];
  for (const unit of lane.queued) {
    if (isWanted(unit)) kept.push(unit);
    else forget(lane.waiting, unit);
  }
  lane.queued = kept;
}

export function isWanted(unit: ReadUnit): boolean {
  return unit.some((command) => command.waiters.size > 0);
}

export function forget(commands: Map<string, ReadCommand>, unit: ReadUnit): void {
  for (const command of unit) {
    if (command.key !== undefined && commands.get(command.key) === command) commands.delete(command.key);
  }
}

export function remember(commands: Map<string, ReadCommand>, unit: ReadUnit): void {
  for (const command of unit) {
    if (command.key !== undefined && !commands.has(command.key)) commands.set(command.key, command);
  }
}

/**
 * Takes units off the queue for `parts` requests of at most `limit` commands each, dealt out in turn so that each request gets a like
 * share of every kind of command. A command that must travel alone is a part of its own.
 */
export function takeParts(lane: Lane, parts: number, limit: number): ReadUnit[][] {
  const dealt: ReadUnit[][] = Array.from({ length: parts }, () => []);
  const sizes = dealt.map(() => 0);
  const left: ReadUnit[] = [];
  let turn = 0;
  for (const unit of lane.queued) {
    const alone = unit.some((command) => command.alone);
    const found = findPart(sizes, turn, alone ? limit : unit.length, limit);
    const part = found === undefined ? undefined : dealt[found];
    if (found === undefined || part === undefined) {
      left.push(unit);
      continue;
    }
    part.push(unit);
    sizes[found] = alone ? limit : (sizes[found] ?? 0) + unit.length;
    turn = (found + 1) % parts;
  }
  lane.queued = left;
  return dealt.filter((part) => part.length > 0);
}

function findPart(sizes: readonly number[], from: number, needed: number, limit: number): number | undefined {
  for (let step = 0; step < sizes.length; step += 1) {
    const index = (from + step) % sizes.length;
    if ((sizes[index] ?? limit) + needed <= limit) return index;
  }
  return undefined;
}
