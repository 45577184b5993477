import { expect, test } from "vitest";
import { PortalProtocolError } from "../../../../src/datasources/bitrix24/errors.ts";
import { JSONObject, JSONValue } from "../../../../src/schema/scalars.ts";
import { leafWriter } from "../../../../src/server/operations/compiled/leaf-text.ts";

test.each([JSONObject, JSONValue])(
  "what a portal nests too deeply to be written again as %s is the portal's fault",
  (type) => {
    const levels = 100_000;
    // Texts hide from a sample how deep it is.
    const value: unknown = JSON.parse(`{"a":${'["]",'.repeat(levels)}0${',"["]'.repeat(levels)}}`);
    expect(() => leafWriter(type)(value)).toThrow(PortalProtocolError);
    expect(leafWriter(type)({ a: ["]"] })).toBe('{"a":["]"]}');
  },
);
