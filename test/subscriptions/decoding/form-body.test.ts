import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FormValue, parseForm, UnreadableForm } from "../../../src/subscriptions/decoding/form-body.ts";
import { type PhpValue, phpForm } from "../php-form.ts";

function plain(value: FormValue | undefined): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe("a form body", () => {
  it("is read with nested names, all scalars as text", () => {
    const body = phpForm({ event: "X", ts: 5, data: { DATA: [{ id: 7, text: "a+b & ü=1", none: null, empty: [] }] } });
    expect(plain(parseForm(body))).toEqual({ event: "X", ts: "5", data: { DATA: [{ id: "7", text: "a+b & ü=1" }] } });
  });

  it("is read the same with brackets that are not percent-encoded", () => {
    expect(plain(parseForm("data[DATA][chat][id]=17&data[DATA][chat][x]=%D0%AF"))).toEqual({
      data: { DATA: { chat: { id: "17", x: "Я" } } },
    });
  });

  it("keeps the last value of a name that occurs twice", () => {
    expect(plain(parseForm("ts=1&ts=2&a[b]=1&a[b]=2"))).toEqual({ ts: "2", a: { b: "2" } });
  });

  it("keeps every item of a list longer than the parser's own lists", () => {
    const items = Array.from({ length: 300 }, (_, index) => ({ id: index }));
    const { list = "" } = parseForm(phpForm({ list: items }));
    expect(Object.values(list).map((item) => plain(item))).toEqual(items.map(({ id }) => ({ id: String(id) })));
  });

  it("puts a replacement character where bytes are not UTF-8, and keeps the rest", () => {
    expect(plain(parseForm("text=caf%C3%A9%D0+%F0%9F&ts=1"))).toEqual({ text: "café\uFFFD \uFFFD", ts: "1" });
  });

  it.each([
    ["nothing", ""],
    ["white space", " \r\n"],
    ["brackets ten thousand deep", `a${"[b]".repeat(10_000)}=1`],
    ["more fields than any event has", Array.from({ length: 2_001 }, (_, index) => `k${index}=1`).join("&")],
    ["percent signs that escape nothing", "event=ONSESSIONSTART&ts=%zz"],
    ["a percent sign at the end", "event=ONSESSIONSTART&ts=1%"],
  ])("that holds %s is refused", (_name, body) => {
    expect(() => parseForm(body)).toThrow(UnreadableForm);
  });

  it("cannot reach the prototype of any object", () => {
    const form = parseForm("__proto__[polluted]=1&a[__proto__][polluted]=1&constructor[prototype][polluted]=1&a[b]=1");
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(plain(form.a)).toEqual({ b: "1" });
    expect(Object.getPrototypeOf(form)).toBeNull();
  });

  it("of any text is read or refused as unreadable, never a crash", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.constantFrom(
        "[",
        "]",
        "%",
        "&",
        "=",
        "%5B",
        "%5D",
        "[]",
        "__proto__",
        "data",
        "[0]",
        "[99999999]",
        "%00",
        "%FF",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        try {
          return typeof parseForm(pieces.join("")) === "object";
        } catch (error) {
          return error instanceof UnreadableForm;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives back every text and nesting that PHP would send", () => {
    const name = fc.stringMatching(/^[a-zA-Z_]{1,8}$/).filter((text) => text !== "__proto__");
    const leaf = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    const { tree } = fc.letrec<{ tree: Record<string, PhpValue> }>((tie) => ({
      tree: fc.dictionary(
        name,
        fc.oneof({ maxDepth: 5 }, leaf, fc.array(leaf, { minLength: 1, maxLength: 5 }), tie("tree")),
        {
          minKeys: 1,
          maxKeys: 4,
        },
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(plain(parseForm(phpForm(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 200 },
    );
  });

  it("of a hostile megabyte is dealt with in little time", () => {
    const wide = Array.from({ length: 2_000 }, (_, index) => `a${index}${"[19]".repeat(19)}=1`).join("&");
    const startedAt = performance.now();
    parseForm(wide);
    expect(() => parseForm("a&".repeat(500_000))).toThrow(UnreadableForm);
    expect(() => parseForm(`${"a[".repeat(300_000)}=1`)).not.toThrow(TypeError);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
