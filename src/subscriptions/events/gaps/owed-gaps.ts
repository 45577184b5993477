import { earlier, type Moment, type Span, spanFrom, timesOf, widened } from "./moment.ts";

/** Gaps that this process owes its subscribers: deliveries were lost, and it has not been said yet. */
export interface OwedGaps {
  /**
   * Deliveries of a portal, or of whichever (undefined), were lost from this moment on. `state`: whether more may follow at once, so that it
   * is worth waiting a moment and saying one gap.
   */
  note(portal: string | undefined, since: Moment, state: "over" | "goes on"): void;
  /** Since when something is owed; undefined when nothing is. */
  oldest(): Moment | undefined;
  /** When the last outage was noted that may go on; undefined when there is none. */
  latest(): Moment | undefined;
  /**
   * Says what is owed to these portals, the others are owed nothing: nobody reads their log. What is noted meanwhile stays owed. Rejects
   * with what `say` rejects with; what was said until then is no longer owed.
   */
  pay(portals: readonly string[], now: Moment, say: SayGap): Promise<void>;
}

export type SayGap = (portal: string, since: number, until: number) => Promise<void>;

/** Portals whose debts are kept apart; with more, all are owed. Names come from deliveries that nobody could check. */
const MAX_PORTALS = 1_000;

export function createOwedGaps(readClocks: () => Moment): OwedGaps {
  let all: Span | undefined;
  const byPortal = new Map<string, Span>();
  let latest: Moment | undefined;

  function add(portal: string, span: Span): void {
    const known = byPortal.get(portal);
    byPortal.set(portal, known === undefined ? span : widened(known, span));
  }

  /** A moment that was noted late, and the time of the note: the wall clock may have been set between. */
  function spanOf(since: Moment, now: Moment): Span {
    return widened(spanFrom(since), { first: since, low: now.at, high: now.at });
  }

  return {
    note(portal, since, state) {
      const now = readClocks();
      if (state === "goes on") latest = now;
      const span = spanOf(since, now);
      if (portal !== undefined && (byPortal.has(portal) || byPortal.size < MAX_PORTALS)) add(portal, span);
      else all = all === undefined ? span : widened(all, span);
    },
    oldest() {
      let oldest = all?.first;
      for (const { first } of byPortal.values()) oldest = earlier(first, oldest);
      return oldest;
    },
    latest: () => latest,
    async pay(portals, now, say) {
      if (all !== undefined) {
        for (const portal of portals) add(portal, all);
        all = undefined;
      }
      const named = new Set(portals);
      for (const [portal, span] of byPortal) {
        if (named.has(portal)) {
          const { since, until } = timesOf(span, now);
          await say(portal, since, until);
        }
        if (byPortal.get(portal) === span) byPortal.delete(portal);
      }
      if (byPortal.size === 0 && all === undefined) latest = undefined;
    },
  };
}
