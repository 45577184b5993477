import { expect, test } from "vitest";
import { partOf, singleRange } from "../../../../src/server/transports/files/range.ts";

test.each([undefined, "", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes=1-2-3"])(
  "what asks for no part (%j) is answered with the whole",
  (header) => {
    expect(singleRange(header)).toBeUndefined();
  },
);

test.each([
  ["bytes=0-3", { from: 0, to: 3 }],
  ["bytes=2-", { from: 2, to: 9 }],
  ["bytes=-4", { from: 6, to: 9 }],
  ["bytes=8-999999", { from: 8, to: 9 }],
  ["bytes=10-", undefined],
  ["bytes=-0", undefined],
])("of ten bytes %s is %j", (header, part) => {
  const range = singleRange(header);
  expect(range).toBe(header);
  expect(partOf(range ?? "", 10)).toEqual(part);
});
