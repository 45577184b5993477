import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WireError } from "../../src/datasources/bitrix24/wire.ts";
import { decodeEmojiTokens, encodeEmojiTokens } from "../../src/datasources/imopenlines/config/emoji-tokens.ts";
import {
  decodeHoliday,
  decodeTimeOfDay,
  encodeTimeOfDay,
  isHoliday,
  isTimeZone,
} from "../../src/datasources/imopenlines/config/working-hours.ts";
import { parseTimeOfDay } from "../../src/schema/time-of-day.ts";

const two = (value: number): string => String(value).padStart(2, "0");
const timeOfDay = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hours, minutes]) => `${two(hours)}:${two(minutes)}`);

describe("times of day", () => {
  test("every time survives the way to the portal and back", () => {
    fc.assert(
      fc.property(timeOfDay, (time) => {
        expect(decodeTimeOfDay(encodeTimeOfDay(time), "")).toBe(time);
      }),
    );
  });

  test("what is written is H or H.MM with a dot, which the portal does not replace", () => {
    fc.assert(
      fc.property(timeOfDay, (time) => {
        expect(encodeTimeOfDay(time)).toMatch(/^(\d|1\d|2[0-3])(\.[0-5]\d)?$/);
      }),
    );
  });

  test("order on the clock is order of the texts", () => {
    const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
    fc.assert(
      fc.property(timeOfDay, timeOfDay, (a, b) => {
        expect(Math.sign(minutes(a) - minutes(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  test.each([
    ["0", "00:00"],
    ["9", "09:00"],
    ["18.30", "18:30"],
    ["18.3", "18:30"],
    ["9.05", "09:05"],
    ["23.59", "23:59"],
    ["09:00", "09:00"],
    [9, "09:00"],
    [18.3, "18:30"],
    ["", null],
    [null, null],
    [undefined, null],
  ])("the portal's %j is %j", (wire, expected) => {
    expect(decodeTimeOfDay(wire, "")).toBe(expected);
  });

  test("anything else is a time, nothing, or an error, never a wrong value", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.stringMatching(/^[0-9.: ]{0,7}$/)), (value) => {
        let decoded: string | null;
        try {
          decoded = decodeTimeOfDay(value, "");
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
          return;
        }
        if (decoded !== null) expect(decoded).toMatch(/^([01]\d|2[0-3]):[0-5]\d$/);
      }),
    );
  });

  test("the scalar takes every time, with or without its leading zero, and gives it out in one form", () => {
    fc.assert(
      fc.property(timeOfDay, (time) => {
        expect(parseTimeOfDay(time)).toBe(time);
        expect(parseTimeOfDay(time.replace(/^0/, ""))).toBe(time);
      }),
    );
  });

  test.each(["24:00", "9:60", "9", "09:00:00", "", " 9:00", 9, null])("the scalar refuses %j", (value) => {
    expect(() => parseTimeOfDay(value)).toThrow("HH:MM");
  });
});

describe("emoji tokens", () => {
  const text = fc.string({ unit: "grapheme" });

  test("every text without a token survives the way to the portal and back", () => {
    fc.assert(
      fc.property(
        text.filter((value) => decodeEmojiTokens(value) === value),
        (value) => {
          expect(decodeEmojiTokens(encodeEmojiTokens(value))).toBe(value);
        },
      ),
    );
  });

  test("an encoded text holds no character beyond the basic plane", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(encodeEmojiTokens(value)).not.toMatch(/[\u{10000}-\u{10ffff}]/u);
      }),
    );
  });

  test.each([
    [":f09f9880:", "😀"],
    ["a:f09f9880::f09f9881:b", "a😀😁b"],
    [":F09F9880:", "😀"],
    [":f4ffffff:", ":f4ffffff:"],
    [":f09f98:", ":f09f98:"],
    ["12:30:f0", "12:30:f0"],
  ])("the stored %j reads %j", (stored, shown) => {
    expect(decodeEmojiTokens(stored)).toBe(shown);
  });
});

describe("days off", () => {
  test("every day of a leap year is a holiday that can be written, and is read back from its short form", () => {
    for (let day = Date.UTC(2024, 0, 1); day < Date.UTC(2025, 0, 1); day += 86_400_000) {
      const date = new Date(day);
      const written = `${two(date.getUTCDate())}.${two(date.getUTCMonth() + 1)}`;
      expect(isHoliday(written)).toBe(true);
      expect(decodeHoliday(`${date.getUTCDate()}.${date.getUTCMonth() + 1}`)).toBe(written);
    }
  });

  test.each(["30.02", "31.04", "00.01", "01.00", "1.1", "01.13", "01.01.2026", ""])("%j is none", (day) => {
    expect(isHoliday(day)).toBe(false);
  });
});

test.each([
  ["Europe/Berlin", true],
  ["Asia/Kolkata", true],
  ["UTC", true],
  ["Berlin", false],
  ["", false],
])("the time zone %j: %s", (name, isOne) => {
  expect(isTimeZone(name)).toBe(isOne);
});
