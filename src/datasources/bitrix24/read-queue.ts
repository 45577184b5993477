import { BATCH_LIMIT } from "./batch.ts";
import type { CommandCosts } from "./command-costs.ts";
import { forget, remember } from "./lane.ts";
import { nextPart } from "./parts.ts";
import { isWaiting } from "./party.ts";
import type { Lane, Party, ReadUnit } from "./queue-records.ts";
import type { Turns } from "./turns.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** Reads of one portal that wait for their turn, by who asked and by credential. */
export interface ReadQueue {
  readonly lanes: ReadonlySet<Lane>;
  add(unit: ReadUnit): void;
  remove(unit: ReadUnit): void;
  /**
   * Takes off what the next of `parts` requests of a lane shall carry: reads of the party first, then of the others in turns. Several
   * parts are made so that they end together. A read that must travel alone is a part of its own.
   */
  take(lane: Lane, party: Party, parts: number): ReadUnit[];
  /** The newest read of a party that only it waits for; undefined when it has none. */
  newestOf(party: Party): ReadUnit | undefined;
  /** Takes off everything. */
  drain(): ReadUnit[];
}

export interface ReadQueueOptions {
  readonly turns: Turns<Party>;
  readonly room: WaitingRoom;
  readonly costs: CommandCosts;
  /** Nothing of the lane waits any more. */
  readonly emptied: (lane: Lane) => void;
}

export function createReadQueue({ turns, room, costs, emptied }: ReadQueueOptions): ReadQueue {
  const lanes = new Set<Lane>();

  function takeOff(unit: ReadUnit): void {
    const { lane, party } = unit;
    const own = lane.queued.get(party);
    if (own === undefined || !own.delete(unit)) return;
    unit.queued = false;
    lane.queuedCommands -= unit.commands.length;
    room.leave(party);
    if (own.size > 0) return;
    lane.queued.delete(party);
    party.reads.delete(lane);
    if (!isWaiting(party)) turns.leave(party);
    if (lane.queued.size > 0) return;
    lanes.delete(lane);
    emptied(lane);
  }

  return {
    lanes,
    add(unit) {
      const { lane, party } = unit;
      let own = lane.queued.get(party);
      if (own === undefined) {
        own = new Set();
        lane.queued.set(party, own);
        party.reads.set(lane, own);
        lanes.add(lane);
      }
      own.add(unit);
      unit.queued = true;
      lane.queuedCommands += unit.commands.length;
      room.enter(party);
      remember(lane.waiting, unit);
      turns.enter(party, false);
    },
    remove(unit) {
      takeOff(unit);
      forget(unit.lane.waiting, unit);
    },
    take(lane, party, parts) {
      const units = chooseUnits(inTurns(lane, party), parts, costs);
      for (const unit of units) takeOff(unit);
      return units;
    },
    newestOf(party) {
      let newest: ReadUnit | undefined;
      for (const units of party.reads.values()) {
        for (const unit of units) {
          const shared = unit.commands.some((command) => command.waiters.size > 1);
          if (!shared && (newest === undefined || unit.enqueuedAt >= newest.enqueuedAt)) newest = unit;
        }
      }
      return newest;
    },
    drain() {
      const drained = [...lanes].flatMap((lane) => [...lane.queued.values()].flatMap((units) => [...units]));
      for (const unit of drained) {
        takeOff(unit);
        forget(unit.lane.waiting, unit);
      }
      return drained;
    },
  };
}

/** The party's own reads in order of arrival, then those of the others, one of each in turn. */
function* inTurns(lane: Lane, party: Party): Generator<ReadUnit> {
  const own = lane.queued.get(party);
  if (own !== undefined) yield* own;
  // A batch's commands run one after another: what nobody waits for must not make one longer that somebody does.
  let others = [...lane.queued]
    .filter(([other]) => other !== party && (other.budget !== "background" || party.budget === "background"))
    .map(([, units]) => units.values());
  while (others.length > 0) {
    const more: typeof others = [];
    for (const units of others) {
      const next = units.next();
      if (next.done === true) continue;
      yield next.value;
      more.push(units);
    }
    others = more;
  }
}

/** Of what fits into that many full requests, in the order given, what the next one carries. */
function chooseUnits(units: Iterable<ReadUnit>, parts: number, costs: CommandCosts): ReadUnit[] {
  const candidates: ReadUnit[] = [];
  let size = 0;
  for (const unit of units) {
    if (unit.alone) {
      if (candidates.length === 0) return [unit];
      continue;
    }
    size += unit.commands.length;
    if (size > parts * BATCH_LIMIT) break;
    candidates.push(unit);
  }
  return parts === 1 ? candidates : nextPart(candidates, parts, costs);
}
