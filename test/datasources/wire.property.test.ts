import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeFrom } from "../../src/datasources/bitrix24/decoding.ts";
import {
  acceptance,
  chatId,
  flag,
  id,
  integer,
  isCanonicalId,
  object,
  optionalFlag,
  optionalId,
  optionalInteger,
  optionalLargeInteger,
  optionalObject,
  optionalText,
  optionalUrl,
  text,
  WireError,
} from "../../src/datasources/bitrix24/wire.ts";
import { entries, list, ornamental } from "../../src/datasources/bitrix24/wire-lists.ts";
import { instant, optionalInstant, optionalUnixTime } from "../../src/datasources/bitrix24/wire-times.ts";

/** Any JSON value, with the scalars and spellings of "none" that portals send far more often than chance would. */
const wireValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, false, true, "", "0", 0, 1, "1", "Y", "N", "y", "n", [], {}, "true", "false", "007", " 12 "),
  fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
  fc.integer().map(String),
  fc.integer(),
  fc.double(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);

const REFUSED = Symbol("refused");

/** What the decoder gives, or REFUSED for its WireError; every other error is a defect and passes through. */
function attempt<T>(decode: () => T): T | typeof REFUSED {
  try {
    return decode();
  } catch (error) {
    if (error instanceof WireError) return REFUSED;
    throw error;
  }
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === "";
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** Decodes every wire value and hands value and outcome to the check. */
function forAnyValue<T>(decode: (value: unknown) => T, check: (value: unknown, decoded: T) => void): void {
  fc.assert(
    fc.property(wireValue, (value) => {
      const decoded = attempt(() => decode(value));
      if (decoded !== REFUSED) check(value, decoded);
    }),
    { numRuns: 1000 },
  );
}

describe("ids", () => {
  test("any id survives as a number, as digits and with leading zeros", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), fc.nat(3), (value, zeros) => {
        const digits = String(value);
        expect(id(digits, "")).toBe(digits);
        expect(isCanonicalId(digits)).toBe(true);
        expect(optionalId("0".repeat(zeros) + digits, "")).toBe(digits);
        expect(chatId(`chat${digits}`, "")).toBe(digits);
        if (value <= BigInt(Number.MAX_SAFE_INTEGER)) expect(id(Number(value), "")).toBe(digits);
      }),
    );
  });

  test("whatever comes, an id has the value that was sent, and null only stands for none", () => {
    forAnyValue(
      (value) => optionalId(value, ""),
      (value, decoded) => {
        if (decoded === null) {
          const isZero = (typeof value === "string" || typeof value === "number") && /^\s*0+\s*$/.test(String(value));
          expect(isNothing(value) || isEmptyList(value) || isZero || Object.is(value, -0)).toBe(true);
        } else {
          expect(decoded).toMatch(/^[1-9][0-9]*$/);
          expect(BigInt(decoded)).toBe(BigInt(String(value)));
        }
      },
    );
  });

  test("a required id is never none", () => {
    forAnyValue(
      (value) => id(value, ""),
      (_value, decoded) => expect(isCanonicalId(decoded)).toBe(true),
    );
  });

  test("numbers that JavaScript cannot hold exactly are refused instead of rounded", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (step) => {
        expect(attempt(() => id(Number.MAX_SAFE_INTEGER + 2 * step, ""))).toBe(REFUSED);
      }),
    );
  });
});

describe("numbers", () => {
  test("any whole number survives as a number and as a string, where clients can be told it", () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(integer(value, "")).toBe(value);
        expect(integer(String(value), "")).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(optionalLargeInteger(value, "")).toBe(value);
        expect(optionalLargeInteger(String(value), "")).toBe(value);
        if (Math.abs(value) > 2 ** 31) expect(attempt(() => integer(value, ""))).toBe(REFUSED);
      }),
    );
  });

  test("whatever comes, a number equals what was sent, and null only stands for none", () => {
    forAnyValue(
      (value) => optionalInteger(value, ""),
      (value, decoded) => {
        if (decoded === null) expect(isNothing(value)).toBe(true);
        else {
          expect(Number.isSafeInteger(decoded)).toBe(true);
          expect(decoded === Number(value)).toBe(true);
        }
      },
    );
  });

  test("fractions are refused", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        fc.pre(!Number.isInteger(value));
        expect(attempt(() => integer(value, ""))).toBe(REFUSED);
      }),
    );
  });
});

describe("flags", () => {
  const yes = [true, 1, "Y", "y", "1", "true"];
  const no = [false, 0, "N", "n", "0", "false"];

  test("only the known spellings are flags", () => {
    forAnyValue(
      (value) => optionalFlag(value, ""),
      (value, decoded) => {
        const spellings = decoded === true ? yes : decoded === false ? [...no, -0] : [undefined, null, ""];
        expect(spellings).toContain(value);
      },
    );
  });

  test.each(yes)("%o is yes", (value) => expect([flag(value, ""), acceptance(value)]).toEqual([true, true]));
  test.each(no)("%o is no", (value) => expect([flag(value, ""), acceptance(value)]).toEqual([false, false]));
  test("no answer is not an accepted one", () => expect(attempt(() => acceptance(null))).toBe(REFUSED));
});

describe("texts", () => {
  test("whatever comes, a text is what was sent, and null only stands for none", () => {
    forAnyValue(
      (value) => optionalText(value, ""),
      (value, decoded) => {
        if (decoded === null) expect(isNothing(value) || isEmptyList(value)).toBe(true);
        else expect(decoded).toBe(String(value));
      },
    );
  });

  test("any string survives, the empty one too where a text is required", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        expect(text(value, "")).toBe(value);
      }),
    );
  });
});

/** Writes an instant the way portals do, in the given offset. */
function isoWithOffset(time: number, offsetMinutes: number, colon: string): string {
  const local = new Date(time + offsetMinutes * 60_000).toISOString().slice(0, 19);
  const absolute = Math.abs(offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${local}${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(absolute / 60))}${colon}${two(absolute % 60)}`;
}

describe("times", () => {
  const instants = fc.integer({ min: -30_000_000_000, max: 32_000_000_000 }).map((seconds) => seconds * 1000);
  const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 });

  test("any instant survives in any offset and spelling", () => {
    fc.assert(
      fc.property(instants, offsets, fc.constantFrom(":", ""), (time, offset, colon) => {
        const written = isoWithOffset(time, offset, colon);
        fc.pre(/^[0-9]{4}-/.test(written));
        expect(instant(written, "").getTime()).toBe(time);
      }),
      { numRuns: 1000 },
    );
  });

  test("fractions of a second survive", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }), (date) => {
        expect(instant(date.toISOString(), "")).toEqual(date);
      }),
    );
  });

  test("days and times of day that do not exist are refused instead of shifted", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1900, max: 2100 }),
        fc.integer({ min: 0, max: 99 }),
        fc.integer({ min: 0, max: 99 }),
        fc.integer({ min: 0, max: 99 }),
        fc.integer({ min: 0, max: 99 }),
        fc.constantFrom("+01:00", "Z", "+0100"),
        (year, month, day, hour, minute, zone) => {
          const two = (value: number): string => String(value).padStart(2, "0");
          const written = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:00${zone}`;
          const decoded = attempt(() => instant(written, ""));
          if (decoded === REFUSED) return;
          // Midnight at the end of a day may be written as 24:00.
          const local = new Date(decoded.getTime() + (zone === "Z" ? 0 : 3_600_000) - (hour === 24 ? 86_400_000 : 0));
          expect(local.toISOString().slice(0, 10)).toBe(`${year}-${two(month)}-${two(day)}`);
          expect(hour % 24).toBe(local.getUTCHours());
          expect(minute).toBe(local.getUTCMinutes());
        },
      ),
      { numRuns: 3000 },
    );
  });

  test.each([
    "2026-02-30T10:00:00+01:00",
    "2025-02-29T10:00:00+01:00",
    "2026-04-31T10:00:00Z",
    "2026-03-11 13:12:46",
    "2026-03-11T13:12:46",
    "11.03.2026",
    "177322396",
    "17732239660",
  ])("%s is not an instant", (value) => expect(attempt(() => instant(value, ""))).toBe(REFUSED));

  test("whatever comes, a time is a real one, and null only stands for none", () => {
    forAnyValue(
      (value) => optionalInstant(value, ""),
      (value, decoded) => {
        const isSeconds = /^[1-9][0-9]{9}$/.test(String(value));
        if (decoded !== null)
          expect(decoded.getTime()).toBe(isSeconds ? Number(value) * 1000 : Date.parse(String(value)));
        else if (typeof value === "object" && value !== null) expect(Object.keys(value)).toEqual([]);
        else expect(isNothing(value) || value === 0 || value === "0").toBe(true);
      },
    );
  });

  test("unix seconds survive as a number and as digits; 0 is no date", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_102_444_800 }), (seconds) => {
        expect(optionalUnixTime(seconds, "")).toEqual(new Date(seconds * 1000));
        expect(optionalUnixTime(String(seconds), "")).toEqual(new Date(seconds * 1000));
      }),
    );
    expect([optionalUnixTime(0, ""), optionalUnixTime("0", "")]).toEqual([null, null]);
    forAnyValue(
      (value) => optionalUnixTime(value, ""),
      (value, decoded) => {
        if (decoded === null) expect(isNothing(value) || Number(value) === 0).toBe(true);
        else expect(decoded.getTime()).toBe(Number(value) * 1000);
      },
    );
  });
});

describe("addresses", () => {
  const address = (value: unknown) =>
    decodeFrom({ origin: "https://portal.example.com" }, "a.get", () => ornamental(optionalUrl, value, ""));

  test("whatever comes, an address is absolute http or https, or null", () => {
    fc.assert(
      fc.property(fc.oneof(wireValue, fc.webUrl(), fc.webPath(), fc.string()), (value) => {
        const decoded = address(value);
        if (decoded !== null) expect(decoded).toMatch(/^https?:\/\/[^/]/);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["/upload/a.png", "https://portal.example.com/upload/a.png"],
    ["https://cdn.example.com/a.png", "https://cdn.example.com/a.png"],
    ["javascript:alert(1)", null],
    ["data:text/html,x", null],
    ["a.png", null],
    ["", null],
  ])("%s becomes %s", (value, expected) => {
    expect(address(value)).toBe(expected);
  });
});

describe("maps and lists", () => {
  test("a list keeps its items in order, and a map with gaps counts as one", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (values) => {
        expect(list(values, "", integer)).toEqual(values);
        const withGaps = Object.fromEntries(values.map((value, index) => [`${index * 2 + 1}`, value]));
        expect(list(withGaps, "", integer)).toEqual(values);
      }),
    );
  });

  test("a map keeps its keys, and an empty one may come as an empty list", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (map) => {
        expect(new Map(entries(map, "", integer))).toEqual(new Map(Object.entries(map)));
      }),
    );
    expect(entries([], "", integer)).toEqual([]);
    expect(object([], "")).toEqual({});
    expect(optionalObject([], "")).toBeNull();
  });

  test("whatever comes, an object is an object", () => {
    forAnyValue(
      (value) => object(value, ""),
      (_value, decoded) => expect(Object.prototype.toString.call(decoded)).toBe("[object Object]"),
    );
  });

  test("an item that is not understood fails the whole list", () => {
    expect(attempt(() => list([1, "x", 3], "items", integer))).toBe(REFUSED);
  });
});

test("an error names the place and the kind of value, and never repeats the content", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12 }), (secret) => {
      fc.pre(!/^\s*\d+\s*$/.test(secret) && !"a string of characters".includes(secret));
      try {
        id(secret, "message.5.id");
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
        expect(String(error)).toContain("message.5.id");
        expect(String(error)).not.toContain(secret);
      }
    }),
  );
});
