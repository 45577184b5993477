import { describe, expect, test } from "vitest";
import { type OddOutcome, type Read, startReading } from "./odd-answers/odd-portal.ts";
import { type OddAnswer, oddAnswers, otherGoodValues } from "./odd-answers/oddities.ts";
import { additions, differences, isCovered } from "./odd-answers/outcome.ts";
import { isLeaf, nameOf, type Place, placesOf, recordOf, renamed, replaced, valueAt } from "./odd-answers/places.ts";
import { type Reading, readings } from "./odd-answers/readings.ts";

const SEED = Number(process.env.CAMPAIGN_SEED ?? 1);
/** One of so many is tried, in a campaign each. */
const ONE_OF = process.env.CAMPAIGN === undefined ? 24 : 1;

describe("an odd value costs its own field, at most its record", () => {
  test.each(readings.map((reading) => [reading.method, reading] as const))(
    "%s",
    { timeout: 600_000 },
    async (_method, reading) => {
      const faults: string[] = [];
      const read = await startReading(reading);
      const usual = await read(reading.answer);
      expect(usual.errors).toEqual([]);
      const uses = usesOf(reading, read, usual);
      let tried = 0;
      for (const place of placesOf(reading.answer)) {
        for (const odd of oddAnswers(reading.answer, place)) {
          if (place.length > 0 && !isChosen(`${reading.method} ${nameOf(place)} ${odd.what}`)) continue;
          tried += 1;
          const outcome = await read(odd.answer);
          const found = await faultsOf(reading, place, odd, { usual, outcome, uses });
          faults.push(...found.map((fault) => `${nameOf(place)} as ${odd.what}: ${fault}`));
        }
      }
      expect(tried).toBeGreaterThan(0);
      expect(faults).toEqual([]);
    },
  );
});

/** Which parts of the data a place of the answer is read for. */
type Uses = (place: Place) => Promise<ReadonlySet<string>>;

/** Found by putting another good value in the place of each leaf. */
function usesOf(reading: Reading, read: Read, usual: OddOutcome): Uses {
  const known = new Map<string, Promise<readonly string[]>>();

  async function ofLeaf(leaf: Place): Promise<readonly string[]> {
    const { good, guesses } = otherGoodValues(valueAt(reading.answer, leaf));
    const uses: string[] = [];
    for (const value of good) uses.push(...differences(usual, await read(replaced(reading.answer, leaf, value))));
    for (const value of guesses) uses.push(...additions(usual, await read(replaced(reading.answer, leaf, value))));
    return uses;
  }

  async function ofKey(place: Place): Promise<readonly string[]> {
    const other = renamed(reading.answer, place);
    return other === undefined ? [] : differences(usual, await read(other));
  }

  function once(name: string, find: () => Promise<readonly string[]>): Promise<readonly string[]> {
    const found = known.get(name) ?? find();
    known.set(name, found);
    return found;
  }

  return async (place) => {
    const uses = new Set<string>();
    for (const each of placesOf(valueAt(reading.answer, place), place)) {
      for (const path of await once(`key ${nameOf(each)}`, () => ofKey(each))) uses.add(path);
      if (!isLeaf(valueAt(reading.answer, each))) continue;
      for (const path of await once(nameOf(each), () => ofLeaf(each))) uses.add(path);
    }
    return uses;
  };
}

interface Comparison {
  readonly usual: OddOutcome;
  readonly outcome: OddOutcome;
  readonly uses: Uses;
}

async function faultsOf(
  reading: Reading,
  place: Place,
  odd: OddAnswer,
  { usual, outcome, uses }: Comparison,
): Promise<string[]> {
  const isEssential = place.length === 0 || reading.essential.test(nameOf(place));
  const record = isEssential ? recordOf(place) : place;
  const region = await uses(record);
  const changed = differences(usual, outcome);
  const faults: string[] = [];
  for (const { code, path, message } of outcome.errors) {
    const isTheRecord = isEssential && record.length === 0;
    if (!isTheRecord || code !== "UPSTREAM_PROTOCOL") faults.push(`${code} at ${path}: ${message}`);
  }
  if (outcome.errors.length > 0) return faults;
  const beside: string[] = [];
  for (const path of changed) {
    const told = outcome.values.get(path);
    if (isDerived(place, path)) continue;
    if (!isCovered(path, region, usual, outcome)) beside.push(path);
    else if (!isTold(told, odd.value, usual.values.get(path))) faults.push(`tells ${path} = ${told}`);
  }
  if (beside.length > 0) faults.push(`also changes ${beside[0]} and ${beside.length - 1} more`);
  for (const { method } of outcome.leftOut) if (method !== reading.method) faults.push(`put down to ${method}`);
  return faults;
}

/** What the gateway makes of several places: what it makes of each that is missing is for the tests of that field. */
const DERIVED: readonly (readonly [place: RegExp, path: RegExp])[] = [
  [/(^|\.)owner$/, /\.state$/],
  [/(^|\.)(connector|bot|network|extranet)$/, /\.kind$/],
  [/CONNECTOR_TITLE$/, /\.connector\.title$/],
  [/entity_?[dD]ata_?1$/, /\.(state|isSaved|isPinned|isWaitingForAction|isCurrent|line\.id)$/],
  [/entity_?[dD]ata_?3$/, /\.isSilent$/],
  [/\.(author_id|senderid)$/, /\.isSystem$/],
  [/^WORKTIME_(FROM|TO)$/, /\.(from|to)$/],
  [/mute_?list(\.\d+)?$/i, /\.viewerIsMuted$/],
  [/\.lines\.status$/, /\.sessionStatus$/],
  [/\.size$/, /\.size$/],
  [/^the whole answer$/, /\.hasNextPage$/],
];

function isDerived(place: Place, path: string): boolean {
  return DERIVED.some(([from, to]) => from.test(nameOf(place)) && to.test(path));
}

/** Whether what is told is nothing, what stands there, or a part of what was told before. */
function isTold(value: unknown, odd: unknown, usual: unknown): boolean {
  if (value === undefined || value === null || value === "[]" || value === "{}" || value === "" || value === "UNKNOWN")
    return true;
  if (typeof value === "boolean") return odd === value || (!value && isEmpty(odd));
  const there = isLeaf(odd) ? [odd] : placesOf(odd).map((place) => valueAt(odd, place));
  if (there.some((part) => String(part) === String(value))) return true;
  const words = new Set([...String(usual).split(" "), String(odd)]);
  return String(value)
    .split(" ")
    .every((word) => words.has(word));
}

/** Other spellings of "no", and of a list or map that holds nothing. */
function isEmpty(odd: unknown): boolean {
  return odd === 0 || (typeof odd === "object" && odd !== null && Object.keys(odd).length === 0);
}

/** A slice by what is tried, so that it stays the same for a seed whatever is added beside it. */
function isChosen(name: string): boolean {
  let hash = SEED;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 16_777_619);
  return ((hash >>> 0) ^ (hash >>> 15)) % ONE_OF === 0;
}
