import fc from "fast-check";
import { expect, test } from "vitest";
import { isoText } from "../../src/schema/iso-text.ts";

test("an instant is written as the language writes it, whatever was written before", () => {
  fc.assert(
    fc.property(fc.array(fc.date({ noInvalidDate: true }), { maxLength: 20 }), (instants) => {
      expect(instants.map(isoText)).toEqual(instants.map((instant) => instant.toISOString()));
    }),
  );
  const near = Array.from({ length: 2_000 }, (_, index) => new Date(1_773_705_600_000 + (index - 1_000) * 43_201_237));
  expect(near.map(isoText)).toEqual(near.map((instant) => instant.toISOString()));
});
