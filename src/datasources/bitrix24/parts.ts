import { BATCH_LIMIT } from "./batch.ts";
import type { CommandCosts } from "./command-costs.ts";
import type { ReadUnit } from "./queue-records.ts";

interface Part {
  readonly units: Set<ReadUnit>;
  /** How long it may be beside the others. */
  readonly weight: number;
  commands: number;
  milliseconds: number;
}

/**
 * What the next of several requests shall carry that run side by side, so that the last of them is done with as early as can be: the longest
 * reads are placed first, each where it ends soonest. Each later part may be a little longer, because the answers of the earlier ones are worked
 * on meanwhile. Keeps the order of the units.
 */
export function nextPart(units: readonly ReadUnit[], count: number, costs: CommandCosts): ReadUnit[] {
  const growth = costs.growth();
  const parts = Array.from(
    { length: count },
    (_, index): Part => ({ units: new Set(), weight: growth ** index, commands: 0, milliseconds: 0 }),
  );
  const byLength = units
    .map((unit) => ({ unit, milliseconds: unit.commands.reduce((sum, { call }) => sum + costs.of(call), 0) }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
  for (const { unit, milliseconds } of byLength) {
    const place = soonest(parts, unit.commands.length, milliseconds);
    if (place === undefined) continue;
    place.units.add(unit);
    place.commands += unit.commands.length;
    place.milliseconds += milliseconds;
  }
  const next = parts.find((part) => part.units.size > 0);
  return units.filter((unit) => next?.units.has(unit));
}

/** The part that would end first with so much more, of those with room for it. */
function soonest(parts: readonly Part[], commands: number, milliseconds: number): Part | undefined {
  let best: Part | undefined;
  let earliest = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    if (part.commands + commands > BATCH_LIMIT) continue;
    const end = (part.milliseconds + milliseconds) / part.weight;
    if (end >= earliest) continue;
    earliest = end;
    best = part;
  }
  return best;
}
