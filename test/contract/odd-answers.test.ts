import { describe, expect, test } from "vitest";
import type { LeftOut } from "../../src/datasources/bitrix24/decoding.ts";
import { allReadings } from "./odd-answers/all-readings.ts";
import { type OddOutcome, type Read, startReading } from "./odd-answers/odd-portal.ts";
import { type OddAnswer, oddAnswers, otherGoodValues } from "./odd-answers/oddities.ts";
import { additions, differences, isCovered } from "./odd-answers/outcome.ts";
import { isLeaf, nameOf, type Place, placesOf, recordOf, renamed, replaced, valueAt } from "./odd-answers/places.ts";
import { isWrite, type Reading } from "./odd-answers/readings.ts";

const SEED = Number(process.env.CAMPAIGN_SEED ?? 1);
/** Of the places of each answer so many are tried, and at each so many of the odd values; in a campaign all. */
const SLICE = process.env.CAMPAIGN === undefined ? { places: 2, values: 3 } : undefined;

describe("an odd value costs its own field, at most its record, and is told of", () => {
  test.each(allReadings.map((reading) => [reading.method, reading] as const))(
    "%s",
    { timeout: 600_000 },
    async (_method, reading) => {
      const faults: string[] = [];
      const read = await startReading(reading);
      const usual = await read(reading.answer);
      expect(usual.errors).toEqual([]);
      const refused = isWrite(reading) ? await read(false) : undefined;
      const uses = usesOf(reading, read, usual);
      let tried = 0;
      for (const place of chosen(placesOf(reading.answer), SLICE?.places, nameOf)) {
        const odd = oddAnswers(reading.answer, place);
        for (const each of chosen(odd, SLICE?.values, ({ what }) => `${reading.method} ${nameOf(place)} ${what}`)) {
          tried += 1;
          const outcome = await read(each.answer);
          const found = await faultsOf(reading, place, each, { usual, refused, outcome, uses });
          faults.push(...found.map((fault) => `${nameOf(place)} as ${each.what}: ${fault}`));
        }
      }
      expect(tried).toBeGreaterThan(0);
      expect(faults).toEqual([]);
    },
  );
});

describe("numbers that are too large for a client", () => {
  test.each(allReadings.map((reading) => [reading.method, reading] as const))(
    "in all places of %s at once are no fault of the gateway",
    async (_method, reading) => {
      const read = await startReading(reading);
      const { errors } = await read(withLargeNumbers(reading.answer));
      expect(errors.filter(({ code }) => !ODD_RECORD.has(code))).toEqual([]);
    },
  );
});

/** As what an answer without its record is told. */
const ODD_RECORD: ReadonlySet<string> = new Set(["UPSTREAM_PROTOCOL", "OUTCOME_UNKNOWN", "SET_ASIDE"]);

/** Ids may have as many digits, so that what is read by them is still there. */
function withLargeNumbers(value: unknown): unknown {
  if (typeof value === "number") return 3_000_000_000;
  if (typeof value === "string" && /^[0-9]+$/.test(value)) return "3000000000";
  if (Array.isArray(value)) return value.map(withLargeNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withLargeNumbers(entry)]));
}

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
  /** What a write that was not carried out is told as. */
  readonly refused: OddOutcome | undefined;
  readonly outcome: OddOutcome;
  readonly uses: Uses;
}

async function faultsOf(
  reading: Reading,
  place: Place,
  odd: OddAnswer,
  { usual, refused, outcome, uses }: Comparison,
): Promise<string[]> {
  const isEssential = place.length === 0 || reading.essential.test(nameOf(place));
  const record = isEssential ? recordOf(place) : place;
  // All of the answer may be missing without what makes it one.
  const region = record.length === 0 ? undefined : await uses(record);
  if (refused !== undefined && region === undefined && isVerdict(outcome, refused)) return [];
  const changed = differences(usual, outcome);
  const faults: string[] = [];
  for (const { code, path, message } of outcome.errors) {
    const isTheRecord = isEssential && (record.length === 0 || code === "SET_ASIDE");
    if (!isTheRecord || !(code === "UPSTREAM_PROTOCOL" || code === "SET_ASIDE"))
      faults.push(`${code} at ${path}: ${message}`);
  }
  if (outcome.errors.length > 0) return faults;
  const beside: string[] = [];
  for (const path of changed) {
    const told = outcome.values.get(path);
    if (isDerived(place, path)) continue;
    if (region !== undefined && !isCovered(path, region, usual, outcome)) beside.push(path);
    else if (isMoved(path, told, usual)) continue;
    else if (!isTold(told, travelled(reading, odd.value), usual.values.get(path)))
      faults.push(`tells ${path} = ${told}`);
  }
  if (beside.length > 0) faults.push(`also changes ${beside[0]} and ${beside.length - 1} more`);
  const lost = changed.filter((path) => !isDerived(place, path));
  const isLost = lost.some((path) => isMissing(outcome.values.get(path)) && !isMissing(usual.values.get(path)));
  const all = new Set([...outcome.values.values()].map(String));
  const isElsewhere = placesOf(odd.value).every((at) => {
    const part = valueAt(odd.value, at);
    return !isLeaf(part) || all.has(String(part));
  });
  // What the documented answer itself has too many of is told each time.
  const before = new Set(usual.leftOut.flatMap(({ paths }) => paths));
  const leftOut = outcome.leftOut.flatMap((parts) =>
    parts.paths.filter((path) => !before.has(path)).map((path) => ({ ...parts, path })),
  );
  if (isLost && !isElsewhere && !isNone(odd.value) && leftOut.length === 0)
    faults.push(`${lost[0]} is lost without a word`);
  return [...faults, ...leftOut.flatMap((part) => untrueWords(reading, place, part))];
}

/** Whether a write that was answered oddly is told as not done, or as one of which nobody knows. */
function isVerdict(outcome: OddOutcome, refused: OddOutcome): boolean {
  if (outcome.errors.length > 0) return outcome.errors.every(({ code }) => code === "OUTCOME_UNKNOWN");
  return differences(refused, outcome).length === 0;
}

/** What is told of a part that was left out: how many, of which method's answer and where, and nothing that stands there. */
function untrueWords({ method, kind }: Reading, place: Place, part: LeftOut & { readonly path: string }): string[] {
  const faults: string[] = [];
  if (part.method !== method) faults.push(`put down to ${part.method}`);
  if (part.count < 1) faults.push("told without a count");
  // Which of thousands of messages, or of an event's items, it was is not told.
  const isWithoutIds = kind === "event" || method === "imopenlines.session.history.get";
  const keys = (path: readonly string[]) => path.filter((key) => !isWithoutIds || !/^[0-9]+$/.test(key));
  const told = keys(part.path.split(/[.[\]]+/).filter((key) => key !== "" && key !== "result"));
  const here = keys(place);
  const [shorter, longer] = told.length < here.length ? [told, here] : [here, told];
  if (!shorter.every((key, index) => spelled(longer[index]) === spelled(key))) faults.push(`put down to ${part.path}`);
  return faults;
}

/** One method writes the same keys with and without underscores. */
function spelled(key: string | undefined): string | undefined {
  return key?.replaceAll("_", "").toLowerCase();
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || value === "[]" || value === "{}";
}

/** The portal's spellings of "none": who reads them so loses nothing. */
function isNone(odd: unknown): boolean {
  return odd === false || isMissing(odd) || isEmpty(odd);
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
  [/^(the whole answer|hasNextPage)$/, /\.hasNextPage$/],
  [/^sessions$/, /\.isComplete$/],
  [/^votedSessions$/, /\.positiveRate$/],
  [/^events/, /^\.told\.broken/],
  // Of chats that are no open lines nothing is told.
  [/(^|\.)entity_?[tT]ype$/, /./],
  [/\.lines\.status$/, /\.status$/],
  [/USER_TYPE$/, /\.(isExtranet|kind)$/],
  [/(^|\.)(role|can_?[pP]ost)$/, /\.viewerCanSend$/],
  [/^sessionsBySource\.\d+\.source$/, /\.bySource/],
  [/\.maxChat$/, /\.freeSlotCount$/],
  // Of events: whose chat it is and who wrote is put together of what is told of both.
  [/\.chat\.id$|\.connector\.chat_id$/, /\.(namedChatId|externalChatId|chatId)$/],
  [/\.(authorId|isSystem)$|^data\.user(\.(id|connector))?$/, /\.(direction|isSystem|authorId|userId)$/],
  [/\.message\.id$/, /\.direction$/],
];

function isDerived(place: Place, path: string): boolean {
  return DERIVED.some(([from, to]) => from.test(nameOf(place)) && to.test(path));
}

/** Elements without a name of their own move up where one before them is gone. */
function isMoved(path: string, told: unknown, usual: OddOutcome): boolean {
  const [, list, rest] = /^(.*\[#)[^\]]*(\].*)$/.exec(path) ?? [];
  if (list === undefined || rest === undefined) return false;
  return [...usual.values].some(([known, value]) => value === told && known.startsWith(list) && known.endsWith(rest));
}

/** In a form `false` travels as 0. */
function travelled({ kind }: Reading, odd: unknown): unknown {
  return kind === "event" && odd === false ? 0 : odd;
}

/** Whether what is told is nothing, what stands there, or a part of what was told before. */
function isTold(value: unknown, odd: unknown, usual: unknown): boolean {
  if (value === undefined || value === null || value === "[]" || value === "{}" || value === "" || value === "UNKNOWN")
    return true;
  if (typeof value === "boolean") return odd === value || (!value && isEmpty(odd));
  const there = isLeaf(odd) ? [odd] : placesOf(odd).map((place) => valueAt(odd, place));
  if (there.some((part) => String(part).toLowerCase() === String(value).toLowerCase())) return true;
  const words = new Set([...String(usual).split(" "), String(odd)]);
  return String(value)
    .split(" ")
    .every((word) => words.has(word));
}

/** Other spellings of "no", and of a list or map that holds nothing. */
function isEmpty(odd: unknown): boolean {
  return odd === 0 || (typeof odd === "object" && odd !== null && Object.keys(odd).length === 0);
}

/** So many of them, by their names and the seed; all without a count. */
function chosen<T>(all: readonly T[], count: number | undefined, name: (each: T) => string): readonly T[] {
  if (count === undefined) return all;
  const drawn = all.map((each) => ({ each, lot: hashOf(name(each)) })).sort((a, b) => a.lot - b.lot);
  return drawn.slice(0, count).map(({ each }) => each);
}

function hashOf(name: string): number {
  let hash = Math.imul(SEED, 2_654_435_761);
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 16_777_619);
  return (hash ^ (hash >>> 15)) >>> 0;
}
