import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatUserCode, parseUserCode } from "../../../src/datasources/domain/user-code.ts";

const anId = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String);
const lineId = fc.option(anId, { nil: null });
const withoutPipe = fc.string({ unit: "binary" }).map((value) => value.replaceAll("|", ""));
const connectorId = withoutPipe.filter((value) => value !== "" && value !== "imol");

function expectToSurvive(code: Parameters<typeof formatUserCode>[0]): void {
  const raw = formatUserCode(code);
  expect(parseUserCode(raw)).toStrictEqual({ raw, ...code });
  expect(parseUserCode(`imol|${raw}`)).toStrictEqual({ raw, ...code });
}

describe("a user code", () => {
  test("survives with any chat of the channel where the user is a number", () => {
    const codes = fc.record(
      { connectorId, lineId, externalChatId: fc.string({ unit: "binary" }), externalUserId: anId },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(codes, expectToSurvive));
  });

  test("survives with any other user where the chat has no pipe", () => {
    const externalUserId = fc.string({ unit: "binary" }).filter((user) => !/(^|\|)[0-9]+$/.test(user));
    const codes = fc.record(
      { connectorId, lineId, externalChatId: withoutPipe, externalUserId },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(codes, expectToSurvive));
  });

  test("of a channel's group has the group's whole id and the user's number", () => {
    expect(parseUserCode("telegrambot|1|channel 123|x|310")).toMatchObject({
      connectorId: "telegrambot",
      lineId: "1",
      externalChatId: "channel 123|x",
      externalUserId: "310",
    });
  });

  test("that is none is null, any other string is one whose parts are its own", () => {
    const part = fc.oneof(fc.constantFrom("imol", "livechat", "0", "", "x"), anId, fc.string());
    const packedLike = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join("|")),
    );
    fc.assert(
      fc.property(packedLike, (packed) => {
        const code = parseUserCode(packed);
        if (code === null) return;
        expect(packed.endsWith(code.raw)).toBe(true);
        const [connector, line, ...rest] = code.raw.split("|");
        expect(code.connectorId).toBe(connector);
        expect(`${code.externalChatId}|${code.externalUserId}`).toBe(rest.join("|"));
        if (code.lineId !== null) expect(BigInt(code.lineId)).toBe(BigInt(line ?? ""));
      }),
    );
  });

  test.each(["", "livechat", "6|587", "|6|a|b", "livechat|6|587"])("%o is none", (packed) => {
    expect(parseUserCode(packed)).toBeNull();
  });
});
