import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import qs from "qs";
import { describe, expect, it } from "vitest";
import { type FormValue, parseForm, UnreadableForm } from "../../../src/datasources/bitrix24/form-body.ts";
import { type PhpValue, phpForm } from "../../subscriptions/php-form.ts";

function plain(value: FormValue | undefined): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Lists as maps by place: which of the two a list is differs between parsers, and readers take both. */
function asMaps(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asMaps(inner)]));
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

  it("keeps every item of a long list", () => {
    const items = Array.from({ length: 300 }, (_, index) => ({ id: String(index) }));
    expect(plain(parseForm(phpForm({ list: items })))).toEqual({ list: items });
  });

  it.each([
    ["items without a place follow each other", "a[]=x&a[]=y&a[]=z", { a: ["x", "y", "z"] }],
    ["an item without a place follows the highest one", "a[7]=x&a[k]=y&a[]=z", { a: { 7: "x", k: "y", 8: "z" } }],
    [
      "items of a map go on after a higher one",
      "a[k]=0&a[]=x&a[7]=y&a[]=z&a[2]=2&a[]=3",
      { a: { k: "0", 0: "x", 7: "y", 8: "z", 2: "2", 9: "3" } },
    ],
    [
      "items of a map follow whatever place is the highest",
      "a[999999999]=x&a[]=y&a[]=z",
      { a: { 999999999: "x", 1000000000: "y", 1000000001: "z" } },
    ],
    ["a list with a gap is a map", "a[0]=x&a[2]=z", { a: { 0: "x", 2: "z" } }],
    ["a list that does not begin at 0 is a map", "a[1]=x&a[0]=y", { a: { 1: "x", 0: "y" } }],
    ["a list with a name in it is a map", "a[0][b]=x&a[1]=y&a[n]=z", { a: { 0: { b: "x" }, 1: "y", n: "z" } }],
    ["a place with a leading zero is a name", "a[0]=x&a[01]=y", { a: { 0: "x", "01": "y" } }],
    [
      "an item of a list is completed or replaced",
      "a[0][b]=x&a[0][c]=y&a[1]=1&a[1]=2",
      { a: [{ b: "x", c: "y" }, "2"] },
    ],
    ["of a text and fields of one name the last counts", "a=x&a[b]=y&c[d]=x&c=y", { a: { b: "y" }, c: "y" }],
    ["a field without a value is empty text", "a&b=&c[d]", { a: "", b: "", c: { d: "" } }],
    ["a value may hold what separates names", "a[b]=c[d]=e", { a: { b: "c[d]=e" } }],
    ["what follows a closed bracket is passed over", "a[b]c[d]=1", { a: { b: "1" } }],
    ["a bracket that is not closed is passed over", "a[b=1&c[d][e=2", { a: "1", c: { d: "2" } }],
    ["fields without a name count for nothing", "=1&[a]=2&&b=3&", { b: "3" }],
  ])("has PHP's meaning: %s", (_rule, body, meaning) => {
    expect(plain(parseForm(body))).toEqual(meaning);
  });

  it("is read the same when its names were read before, among thousands of others", () => {
    const body = phpForm({ data: { DATA: [{ chat: { id: 5 }, list: ["a", "b"] }] } });
    const first = plain(parseForm(body));
    for (let round = 0; round < 10; round += 1) {
      parseForm(Array.from({ length: 1_500 }, (_, index) => `${"k".repeat(50)}[${round}-${index}]=1`).join("&"));
    }
    expect(plain(parseForm(body))).toEqual(first);
  });

  it("agrees with the qs library on every name that a portal sends", () => {
    const segment = fc.oneof(fc.stringMatching(/^[a-zA-Z_]{1,6}$/), fc.nat(3).map(String));
    const name = fc
      .tuple(fc.constantFrom("data", "auth", "event"), fc.array(segment, { maxLength: 5 }))
      .map(([first, inner]) => `${first}${inner.map((each) => `[${each}]`).join("")}`)
      .filter((text) => !text.includes("__proto__"));
    const field = fc.tuple(name, fc.string({ unit: "grapheme", maxLength: 10 }));
    fc.assert(
      fc.property(fc.array(field, { maxLength: 12 }), (fields) => {
        // A name that is a text in one field and holds fields in another has another meaning in the library.
        const names = fields.map(([each]) => each);
        fc.pre(names.every((each) => !names.some((other) => other !== each && other.startsWith(`${each}[`))));
        const body = fields
          .map(([each, value]) => `${encodeURIComponent(each)}=${encodeURIComponent(value)}`)
          .join("&");
        fc.pre(body !== "");
        const theirs = qs.parse(body, { depth: 20, plainObjects: true, duplicates: "last", parseArrays: false });
        expect(asMaps(plain(parseForm(body)))).toEqual(JSON.parse(JSON.stringify(theirs)));
      }),
      { numRuns: 500 },
    );
  });

  it("puts a replacement character where bytes are not UTF-8, and keeps the rest", () => {
    expect(plain(parseForm("text=caf%C3%A9%D0+%F0%9F&ts=1"))).toEqual({ text: "café\uFFFD \uFFFD", ts: "1" });
    expect(plain(parseForm("text=%ff%d0%AF%4a%4Fя%09"))).toEqual({ text: "\uFFFDЯJOя\t" });
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
        fc.oneof({ maxDepth: 3 }, leaf, fc.array(leaf, { minLength: 1, maxLength: 5 }), tie("tree")),
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

  it("of a hostile megabyte is read or refused", () => {
    const wide = Array.from({ length: 2_000 }, (_, index) => `a${index}${"[19]".repeat(19)}=1`).join("&");
    expect(Object.keys(parseForm(wide))).toHaveLength(2_000);
    expect(() => parseForm("a&".repeat(500_000))).toThrow(UnreadableForm);
    expect(plain(parseForm(`${"a[".repeat(300_000)}=1`))).toEqual({ a: "1" });
    expect(parseForm(`a=${"%FFa".repeat(250_000)}`)).toEqual({ a: "\uFFFDa".repeat(250_000) });
    const { a = {} } = parseForm(`a[k]=1${"&a[]=2".repeat(1_999)}`);
    expect(plain(a)).toEqual({ ...Array.from({ length: 1_999 }, () => "2"), k: "1" });
  });

  it("that is refused is not kept in memory through its names", () => {
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    if (typeof collect !== "function") throw new Error("no garbage collector to call");
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let round = 0; round < 50; round += 1) {
      const body = Buffer.from(`name_of_this_body[number_${round}_of_fifty]=%zz&${"x".repeat(1_000_000)}`).toString();
      expect(() => parseForm(body)).toThrow(UnreadableForm);
    }
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
  });
});
