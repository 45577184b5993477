/** One numbered delivery, as whoever posted it knows it. */
export interface Posted {
  /** `lane.number`: a lane posts its next delivery when the one before was answered or given up. */
  readonly text: string;
  /** Milliseconds of the poster's clock. */
  readonly postedAt: number;
  readonly endedAt: number;
  /** Undefined when there was no answer. */
  readonly status: number | undefined;
  /** By how many milliseconds the gateway's clock may have differed from the poster's meanwhile. */
  readonly clockShifts: readonly number[];
}

/** What one subscriber was handed, in order. */
export type Heard =
  | { readonly kind: "event"; readonly text: string; readonly cursor: string }
  | { readonly kind: "gap"; readonly since: number; readonly until: number }
  /** An event was left out, and it was said: the portal could not be asked in time who may see it. */
  | { readonly kind: "withheld"; readonly cursor: string }
  /** Anything else: errors that nobody expects. */
  | { readonly kind: "problem"; readonly what: string };

export interface Listening {
  readonly name: string;
  /** Whether its scope and filter let a delivery through. */
  readonly wants: (text: string) => boolean;
  readonly heard: readonly Heard[];
}

export interface History {
  readonly posted: readonly Posted[];
  readonly listening: readonly Listening[];
}

/** What is wrong with a history, a sentence each. All lists empty: the promises were kept. */
export interface Verdict {
  /** Answered 200, or seen by somebody else, and not seen by one who wants it. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  readonly outOfOrder: readonly string[];
  /** Not for this subscriber, or never posted. */
  readonly foreign: readonly string[];
  /** Not taken, and in no gap that the subscriber heard. */
  readonly unsaid: readonly string[];
  readonly problems: readonly string[];
}

/** How many events were left out for one or another, with a word. */
export function withheldIn({ listening }: History): number {
  return listening.reduce((sum, { heard }) => sum + heard.filter(({ kind }) => kind === "withheld").length, 0);
}

export function faultsIn(verdict: Verdict): number {
  return Object.values(verdict).reduce((sum, sentences) => sum + sentences.length, 0);
}

export function verdictOf({ posted, listening }: History): Verdict {
  const verdict = { lost: [], twice: [], outOfOrder: [], foreign: [], unsaid: [], problems: [] } as {
    readonly [Fault in keyof Verdict]: string[];
  };
  const byText = new Map(posted.map((each) => [each.text, each]));
  const seenBySomebody = new Set<string>();
  const textAt = new Map<string, string>();
  for (const { heard } of listening) {
    for (const each of heard) {
      if (each.kind !== "event") continue;
      seenBySomebody.add(each.text);
      textAt.set(each.cursor, each.text);
    }
  }
  const order = new SharedOrder();

  for (const { name, wants, heard } of listening) {
    const seen = new Set<string>();
    const withheld = new Set<string>();
    const lastOfLane = new Map<string, number>();
    const gaps: { since: number; until: number }[] = [];
    const texts: string[] = [];
    for (const each of heard) {
      if (each.kind === "gap") {
        if (each.until < each.since) verdict.problems.push(`${name}: a gap that ends before it begins`);
        gaps.push(each);
        continue;
      }
      if (each.kind === "withheld") {
        const text = textAt.get(each.cursor);
        if (text === undefined) verdict.problems.push(`${name}: something was withheld that nobody saw`);
        else withheld.add(text);
        continue;
      }
      if (each.kind === "problem") {
        verdict.problems.push(`${name}: ${each.what}`);
        continue;
      }
      const { text } = each;
      if (seen.has(text)) verdict.twice.push(`${name} saw ${text} twice`);
      else texts.push(text);
      seen.add(text);
      const origin = byText.get(text);
      if (origin === undefined || !wants(text)) verdict.foreign.push(`${name} saw ${text}`);
      // One that was not answered may be kept later than the next of its lane.
      if (origin?.status !== 200) continue;
      const { lane, number } = partsOf(text);
      if (number < (lastOfLane.get(lane) ?? -1)) verdict.outOfOrder.push(`${name} saw ${text} late in its lane`);
      lastOfLane.set(lane, Math.max(number, lastOfLane.get(lane) ?? -1));
    }
    for (const text of order.conflictsWith(texts)) verdict.outOfOrder.push(`${name} saw ${text} in another order`);
    for (const each of posted) {
      if (each.status === 200 || seenBySomebody.has(each.text)) {
        if (wants(each.text) && !seen.has(each.text) && !withheld.has(each.text))
          verdict.lost.push(`${name} did not see ${each.text}`);
      } else if (!gaps.some((gap) => isCovered(each, gap))) {
        verdict.unsaid.push(
          `${name} heard no gap with ${each.text} (${each.status ?? "no answer"}, ${new Date(each.postedAt).toISOString()})`,
        );
      }
    }
  }
  return verdict;
}

/** Some moment of the delivery lies in the gap, by one of the clocks that the gateway had. */
function isCovered({ postedAt, endedAt, clockShifts }: Posted, { since, until }: { since: number; until: number }) {
  return [0, ...clockShifts].some((shift) => postedAt + shift <= until && endedAt + shift >= since);
}

function partsOf(text: string): { lane: string; number: number } {
  const [lane = "", number = ""] = text.split(".");
  return { lane, number: Number(number) };
}

/** The order in which whoever was looked at so far saw what he saw. */
class SharedOrder {
  readonly #place = new Map<string, number>();

  /** Texts that stand before one which others saw earlier. New ones are learned from the first subscriber that sees all. */
  conflictsWith(texts: readonly string[]): string[] {
    if (this.#place.size === 0) {
      for (const [index, text] of texts.entries()) this.#place.set(text, index);
      return [];
    }
    let last = -1;
    const conflicts: string[] = [];
    for (const text of texts) {
      const place = this.#place.get(text);
      if (place === undefined) continue;
      if (place < last) conflicts.push(text);
      last = Math.max(last, place);
    }
    return conflicts;
  }
}
