import { describe, expect, it } from "vitest";
import { faults } from "./faults.ts";
import { runFault } from "./run.ts";
import { openScene } from "./scene.ts";

// A short form with every run of the tests; the campaign sets these, to 200,000 deliveries of each fault.
const EVENTS = Number(process.env.HISTORY_EVENTS ?? 1_500);
const BLOWS = Number(process.env.HISTORY_BLOWS ?? 2);
const ONLY = process.env.HISTORY_FAULT;
const IN_SHORT_FORM = [
  "the only gateway is killed at any moment",
  "clients vanish",
  "one of two gateways is cut off from Redis, and comes back, is killed or stopped",
];
const isCampaign = process.env.HISTORY_EVENTS !== undefined;

const chosen = faults.filter(({ name }) =>
  isCampaign ? ONLY === undefined || name.includes(ONLY) : IN_SHORT_FORM.includes(name),
);

describe("of numbered deliveries none is lost after 200, doubled, out of order, foreign, or refused and in no gap, when", () => {
  it.each(chosen)(
    "$name",
    async (fault) => {
      const scene = await openScene(fault.gateways, fault.settings?.());
      const { verdict, accepted, refused, connections, withheld } = await runFault(scene, fault, EVENTS, BLOWS);
      if (isCampaign) {
        const found = Object.entries(verdict).map(([kind, all]) => `${all.length} ${kind}`);
        process.stdout.write(
          `${fault.name}: ${accepted} accepted, ${refused} refused, ${connections} connections, ${withheld} withheld with a word; ${found.join(", ")}\n`,
        );
      }
      const shown = Object.fromEntries(Object.entries(verdict).map(([kind, all]) => [kind, all.slice(0, 5)]));
      expect(shown).toEqual({ lost: [], twice: [], outOfOrder: [], foreign: [], unsaid: [], problems: [] });
      expect(accepted).toBeGreaterThanOrEqual(EVENTS);
      // A fault that took nothing tested nothing.
      if (fault.loses) expect(refused).toBeGreaterThan(0);
    },
    3_600_000,
  );
});
