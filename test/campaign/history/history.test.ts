import { describe, expect, it } from "vitest";
import { faultsIn, type Heard, type History, type Listening, type Posted, verdictOf, withheldIn } from "./history.ts";

const START = Date.parse("2026-05-05T12:00:00.000Z");

function posted(text: string, second: number, answer: number | "none" = 200): Posted {
  const postedAt = START + second * 1_000;
  return { text, postedAt, endedAt: postedAt + 50, status: answer === "none" ? undefined : answer, clockShifts: [] };
}

function event(text: string): Heard {
  return { kind: "event", text, cursor: `behind ${text}` };
}

function gap(from: number, to: number): Heard {
  return { kind: "gap", since: START + from * 1_000, until: START + to * 1_000 };
}

const deliveries = [
  posted("0.0", 0),
  posted("1.0", 0),
  posted("0.1", 1),
  posted("1.1", 2, 503),
  posted("0.2", 3, "none"),
  posted("0.3", 6),
  posted("1.2", 6),
];

const everything = ["0.0", "1.0", "0.1", "0.3", "1.2"].map(event);
const whole = [...everything.slice(0, 3), gap(1.5, 5), ...everything.slice(3)];

/** Two subscribers: one of everything, one of lane 0. */
function history(
  all: readonly Heard[] = whole,
  lane?: readonly Heard[],
  deliveredToo: readonly Posted[] = [],
): History {
  const ofLane: Listening = {
    name: "lane 0",
    wants: (text) => text.startsWith("0."),
    heard: lane ?? whole.filter((each) => each.kind !== "event" || each.text.startsWith("0.")),
  };
  return {
    posted: [...deliveries, ...deliveredToo],
    listening: [{ name: "all", wants: () => true, heard: all }, ofLane],
  };
}

describe("the verdict over a history", () => {
  it("finds nothing in one where every promise was kept", () => {
    expect(faultsIn(verdictOf(history()))).toBe(0);
  });

  it("takes for kept what was refused and is seen all the same, by everybody who wants it", () => {
    const kept = [...whole.slice(0, 4), event("1.1"), ...whole.slice(4)];
    expect(faultsIn(verdictOf(history(kept)))).toBe(0);
    const keptForOne = [...whole.slice(0, 4), event("0.2"), ...whole.slice(4)];
    expect(verdictOf(history(keptForOne)).lost).toEqual(["lane 0 did not see 0.2"]);
  });

  it("finds an event that was lost after 200", () => {
    const verdict = verdictOf(history(whole.filter((each) => each.kind !== "event" || each.text !== "0.3")));
    expect(verdict.lost).toEqual(["all did not see 0.3"]);
    expect(faultsIn(verdict)).toBe(1);
  });

  it("takes an event that was withheld with a word for said, for whoever was told alone, and finds one that never was", () => {
    const withheld = whole.map(
      (each): Heard =>
        each.kind === "event" && each.text === "0.3" ? { kind: "withheld", cursor: each.cursor } : each,
    );
    const ofLane = whole.filter((each) => each.kind !== "event" || each.text.startsWith("0."));
    expect(faultsIn(verdictOf(history(withheld, ofLane)))).toBe(0);
    expect(withheldIn(history(withheld, ofLane))).toBe(1);
    const silent = ofLane.filter((each) => each.kind !== "event" || each.text !== "0.3");
    expect(verdictOf(history(whole, silent)).lost).toEqual(["lane 0 did not see 0.3"]);
    const unknown = history([...whole, { kind: "withheld", cursor: "of nothing" }]);
    expect(verdictOf(unknown).problems.length).toBe(1);
  });

  it("finds an event that came twice", () => {
    const verdict = verdictOf(history([...whole, event("1.2")]));
    expect(verdict.twice).toEqual(["all saw 1.2 twice"]);
    expect(faultsIn(verdict)).toBe(1);
  });

  it("finds events out of order in their lane", () => {
    const [first, second, third, ...rest] = whole;
    if (first === undefined || second === undefined || third === undefined) throw new Error("no events");
    const verdict = verdictOf({ ...history([third, second, first, ...rest]) });
    expect(verdict.outOfOrder).toContain("all saw 0.0 late in its lane");
  });

  it("finds two subscribers who saw the same in different order", () => {
    const [first, second, ...rest] = whole;
    if (first === undefined || second === undefined) throw new Error("no events");
    const listening = [whole, [second, first, ...rest]].map((heard, index) => ({
      name: `subscriber ${index}`,
      wants: () => true,
      heard,
    }));
    expect(verdictOf({ posted: deliveries, listening }).outOfOrder).toEqual(["subscriber 1 saw 0.0 in another order"]);
  });

  it("finds an event that is not for a subscriber, and one that nobody posted", () => {
    const wrong = whole.filter((each) => each.kind !== "event" || each.text.startsWith("0."));
    expect(verdictOf(history(whole, [...wrong, event("1.2")])).foreign).toEqual(["lane 0 saw 1.2"]);
    expect(verdictOf(history([...whole, event("7.7")])).foreign).toEqual(["all saw 7.7"]);
  });

  it.each([
    ["no gap at all", []],
    ["a gap that begins too late", [gap(2.5, 5)]],
    ["a gap that ends too early", [gap(1.5, 2.5)]],
    ["a gap of another time", [gap(100, 200)]],
  ])("finds a refused delivery in %s", (_what, gaps) => {
    const verdict = verdictOf(history([...everything, ...gaps]));
    expect(verdict.unsaid.length).toBeGreaterThan(0);
    expect(verdict.unsaid.every((sentence) => sentence.startsWith("all heard no gap with"))).toBe(true);
  });

  it("asks each subscriber for the gap, whatever its filter", () => {
    const deaf = everything.filter((each) => each.kind !== "event" || each.text.startsWith("0."));
    expect(verdictOf(history(whole, deaf)).unsaid.length).toBe(2);
  });

  it("measures a gap by the clock that the gateway had", () => {
    const shifted = { ...posted("1.9", 20, 503), clockShifts: [-3_600_000] };
    const hourAgo = gap(-3_590, -3_570);
    const unknown = history([...whole, hourAgo], undefined, [posted("1.9", 20, 503)]);
    expect(verdictOf(unknown).unsaid.length).toBe(2);
    const lane = whole.filter((each) => each.kind !== "event" || each.text.startsWith("0."));
    expect(faultsIn(verdictOf(history([...whole, hourAgo], [...lane, hourAgo], [shifted])))).toBe(0);
  });

  it("finds a gap whose times are not in order, and anything that is no event", () => {
    const verdict = verdictOf(history([...whole, gap(9, 8), { kind: "problem", what: "INTERNAL_SERVER_ERROR" }]));
    expect(verdict.problems.length).toBe(2);
  });
});
