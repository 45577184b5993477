import { expect, test } from "vitest";
import { createProvenAddresses } from "../../../../src/subscriptions/intake/receiver/proven-addresses.ts";

test("the portals of an address are known for a day after their last delivery", () => {
  let now = 1_000;
  const proven = createProvenAddresses(() => now);
  proven.note("192.0.2.1", "first");
  now += 23 * 3_600_000;
  proven.note("192.0.2.1", "second");
  expect([...proven.portalsAt("192.0.2.1")].toSorted()).toEqual(["first", "second"]);
  now += 2 * 3_600_000;
  expect([...proven.portalsAt("192.0.2.1")]).toEqual(["second"]);
  expect([...proven.portalsAt("192.0.2.2")]).toEqual([]);
});

test("of more than a thousand addresses, and more than a hundred portals of one, the longest silent are forgotten", () => {
  const proven = createProvenAddresses();
  for (let each = 0; each < 101; each += 1) proven.note("192.0.2.1", `portal-${each}`);
  const known = [...proven.portalsAt("192.0.2.1")];
  expect(known).toHaveLength(100);
  expect(known).not.toContain("portal-0");
  for (let each = 0; each < 1_000; each += 1) proven.note(`2001:db8::${each}`, "portal");
  expect([...proven.portalsAt("192.0.2.1")]).toEqual([]);
  expect([...proven.portalsAt("2001:db8::0")]).toEqual(["portal"]);
});
