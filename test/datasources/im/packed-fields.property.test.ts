import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WireError } from "../../../src/datasources/bitrix24/wire.ts";
import type { ChatSessionData, CrmEntityType, CrmReference } from "../../../src/datasources/domain/chat.ts";
import { upperSnake } from "../../../src/datasources/im/message-params.ts";
import { parseCrmBindings, parseSessionData, parseSilentMode } from "../../../src/datasources/im/packed-fields.ts";
import { formatCrmBindings, formatSessionData } from "./packed.ts";

const anId = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String);
const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
const crmTypes: CrmEntityType[] = ["LEAD", "DEAL", "CONTACT", "COMPANY"];
const crmReference: fc.Arbitrary<CrmReference> = fc.record(
  { type: fc.constantFrom(...crmTypes), id: anId },
  { noNullPrototype: true },
);
const aTime = fc.integer({ min: 1, max: 4_102_444_800 }).map((seconds) => new Date(seconds * 1000));

/** Strings that look like packed fields, and strings that do not. */
const packedLike = fc.oneof(
  fc.string(),
  fc
    .array(fc.oneof(fc.constantFrom("Y", "N", "0", "", "LEAD", "NONE", "CONTACT", "x"), anId, fc.string()), {
      maxLength: 12,
    })
    .map((parts) => parts.join("|")),
);

describe("session data", () => {
  const data: fc.Arbitrary<ChatSessionData> = fc.record(
    {
      isSavedInCrm: fc.boolean(),
      crmEntity: orNull(crmReference),
      isPinned: fc.boolean(),
      isWaitingForAction: fc.boolean(),
      sessionId: orNull(anId),
      sessionStartedAt: orNull(aTime),
      lineId: orNull(anId),
      blockedAt: orNull(aTime),
      blockReason: orNull(fc.string({ minLength: 1 }).filter((value) => value !== "0")),
    },
    { noNullPrototype: true },
  );

  test("any data survives, a reason with pipes included", () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(parseSessionData(formatSessionData(value), "")).toStrictEqual(value);
      }),
    );
  });

  test("an older, shorter text tells null for what it lacks and the same for the rest", () => {
    fc.assert(
      fc.property(data, fc.integer({ min: 3, max: 9 }), (value, positions) => {
        const short = formatSessionData(value).split("|").slice(0, positions).join("|");
        const parsed = parseSessionData(short, "");
        expect(parsed).toStrictEqual({
          isSavedInCrm: value.isSavedInCrm,
          crmEntity: value.crmEntity,
          isPinned: positions > 3 ? value.isPinned : null,
          isWaitingForAction: positions > 4 ? value.isWaitingForAction : null,
          sessionId: positions > 5 ? value.sessionId : null,
          sessionStartedAt: positions > 6 ? value.sessionStartedAt : null,
          lineId: positions > 7 ? value.lineId : null,
          blockedAt: positions > 8 ? value.blockedAt : null,
          blockReason: null,
        });
      }),
    );
  });

  test("any other string is refused or read without inventing a session", () => {
    fc.assert(
      fc.property(packedLike, (packed) => {
        let parsed: ChatSessionData | null;
        try {
          parsed = parseSessionData(packed, "entity_data_1");
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
          return;
        }
        const session = packed.split("|")[5] ?? "";
        if (parsed?.sessionId == null) expect(session).toMatch(/^(\s*0+\s*)?$/);
        else expect(BigInt(parsed.sessionId)).toBe(BigInt(session));
      }),
      { numRuns: 1000 },
    );
  });

  test("a session id that is not a number is refused instead of read as none", () => {
    expect(() => parseSessionData("Y|NONE|0|N|N|abc|0|0|0|0", "entity_data_1")).toThrow(WireError);
  });

  test("an empty text says that there has never been a session", () => {
    expect(parseSessionData("", "")).toMatchObject({ sessionId: null, isPinned: false, isWaitingForAction: false });
  });
});

describe("CRM bindings", () => {
  test("any set of bindings survives", () => {
    const bindings = fc.uniqueArray(crmReference, { selector: (binding) => binding.type });
    fc.assert(
      fc.property(bindings, (value) => {
        const parsed = parseCrmBindings(formatCrmBindings(value), "");
        const byType = (a: CrmReference, b: CrmReference): number => a.type.localeCompare(b.type);
        expect(parsed.sort(byType)).toEqual([...value].sort(byType));
      }),
    );
  });

  test("they are read by name, in any order and any case, and other kinds are left out", () => {
    expect(parseCrmBindings("deal|7|SMART|9|LEAD|0", "")).toEqual([{ type: "DEAL", id: "7" }]);
  });

  test.each(["LEAD|abc|DEAL|7", "DEAL|7|LEAD"])("one of %s that cannot be read costs no other", (packed) => {
    expect(parseCrmBindings(packed, "entity_data_2")).toEqual([{ type: "DEAL", id: "7" }]);
  });
});

test.each([
  ["Y", true],
  ["N", false],
  ["", false],
  ["?", null],
])("silent mode %o is %o", (packed, expected) => {
  expect(parseSilentMode(packed)).toBe(expected);
});

test.each([
  ["connectorMid", "CONNECTOR_MID"],
  ["fileId", "FILE_ID"],
  ["CONNECTOR_MID", "CONNECTOR_MID"],
  ["imolVoteSid", "IMOL_VOTE_SID"],
  ["like", "LIKE"],
  ["__proto__", "__PROTO__"],
])("the message parameter %s is %s", (key, expected) => {
  expect(upperSnake(key)).toBe(expected);
});
