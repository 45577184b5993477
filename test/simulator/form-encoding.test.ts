import { describe, expect, test } from "vitest";
import { encodePhpForm } from "../../simulator/events/form-encoding.ts";
import { parsePhpForm } from "../../simulator/protocol/php-form.ts";
import events from "../fixtures/events.json" with { type: "json" };

describe("the form encoding of deliveries", () => {
  test.each([
    [{ a: "b c", d: "ä&=+%" }, "a=b+c&d=%C3%A4%26%3D%2B%25"],
    [{ data: { DATA: [{ id: 7 }, { id: "8" }] } }, "data%5BDATA%5D%5B0%5D%5Bid%5D=7&data%5BDATA%5D%5B1%5D%5Bid%5D=8"],
    [{ yes: true, no: false, zero: 0, half: 1.5, empty: "" }, "yes=1&no=0&zero=0&half=1.5&empty="],
    [{ nothing: null, missing: undefined, list: [], map: {}, deep: { list: [[]] } }, ""],
    [{ marks: "!'()*~-_." }, "marks=%21%27%28%29%2A%7E-_."],
    [{ key: { "a b[]": "x" } }, "key%5Ba+b%5B%5D%5D=x"],
    [{ text: "📦 \ud800!" }, "text=%F0%9F%93%A6+%EF%BF%BD%21"],
    [{ sparse: [null, "second"] }, "sparse%5B1%5D=second"],
  ])("writes %j as PHP does", (values, body) => {
    expect(encodePhpForm(values)).toBe(body);
  });

  test("leaves brackets as they are when asked to, and nothing else", () => {
    const values = { data: { DATA: { text: "[b]Anna:[/b] hello" } } };
    expect(encodePhpForm(values, { rawBrackets: true })).toBe("data[DATA][text]=%5Bb%5DAnna%3A%5B%2Fb%5D+hello");
  });

  test.each(events.map(({ name, example }) => ({ name, example })))("matches the body of $name", ({ example }) => {
    expect(encodePhpForm(example.documentedJson)).toBe(example.formEncoded);
  });

  test("is read back by a PHP-like parser with every scalar as text", () => {
    const values = { data: { DATA: [{ id: 80964, files: [], text: "a=b&c[d]=e" }] }, ts: 1714649632 };
    const read = { data: { DATA: [{ id: "80964", text: "a=b&c[d]=e" }] }, ts: "1714649632" };
    expect(parsePhpForm(encodePhpForm(values))).toEqual(read);
  });
});
