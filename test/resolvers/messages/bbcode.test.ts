import fc from "fast-check";
import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";
import { describe, expect, test } from "vitest";
import { htmlOf } from "../../../src/resolvers/messages/bbcode/html.ts";
import { plainTextOf } from "../../../src/resolvers/messages/bbcode/plain-text.ts";

const A = 'target="_blank" rel="noopener noreferrer nofollow"';

describe("the marks of the portal's chats", () => {
  test.each([
    ["[b]Two[/b] [I]ways[/I] [u]to[/u] [s]go[/s]", "<b>Two</b> <i>ways</i> <u>to</u> <s>go</s>", "Two ways to go"],
    ["one\ntwo[br]three\r\nfour", "one<br>two<br>three<br>four", "one\ntwo\nthree\nfour"],
    [
      "[url=https://a.example/?x=1&y=2]our page[/url]",
      `<a href="https://a.example/?x=1&amp;y=2" ${A}>our page</a>`,
      "our page",
    ],
    ["[url]https://a.example[/url]", `<a href="https://a.example" ${A}>https://a.example</a>`, "https://a.example"],
    [
      "see https://a.example/b, or not",
      `see <a href="https://a.example/b" ${A}>https://a.example/b</a>, or not`,
      "see https://a.example/b, or not",
    ],
    [
      "[user=5]Anna[/user], [chat=7]this[/chat]",
      '<span data-user-id="5">Anna</span>, <span data-chat-id="7">this</span>',
      "Anna, this",
    ],
    ["[user=all]everybody[/user]", '<span data-user-id="all">everybody</span>', "everybody"],
    ["[call=+1 (23) 4]ring[/call]", `<a href="tel:+1234" ${A}>ring</a>`, "ring"],
    ["[send=/buy 1]Buy[/send] [put=/x]Ask[/put]", "Buy Ask", "Buy Ask"],
    ["[color=#FF0000]red[/color] [size=20]big[/size]", '<span style="color:#ff0000">red</span> big', "red big"],
    ["[code][b]<x>[/b]\n[/code]", "<pre><code>[b]&lt;x&gt;[/b]</code></pre>", "[b]<x>[/b]"],
    ["[quote]they[/quote]we", "<blockquote>they</blockquote>we", "they\nwe"],
    [
      `${"-".repeat(54)}\nAnna wrote\nYes\n${"-".repeat(54)}\nNo`,
      "<blockquote>Anna wrote<br>Yes</blockquote>No",
      "Anna wrote\nYes\nNo",
    ],
    [">>they\n>>wrote\nwe", "<blockquote>they<br>wrote</blockquote>we", "they\nwrote\nwe"],
    [
      "[img]https://a.example/p.png[/img]",
      `<a href="https://a.example/p.png" ${A}>https://a.example/p.png</a>`,
      "https://a.example/p.png",
    ],
    ["[icon=https://a.example/i.png size=16 title=Smile]!", "Smile!", "Smile!"],
    [
      "[timestamp=0 format=SHORT]",
      '<time datetime="1970-01-01T00:00:00.000Z">1970-01-01T00:00:00.000Z</time>',
      "1970-01-01T00:00:00.000Z",
    ],
    ["a [disk=17] b", "a  b", "a  b"],
    ["", "", ""],
  ])("%j", (text, html, plain) => {
    expect(htmlOf(text)).toBe(html);
    expect(plainTextOf(text)).toBe(plain);
  });

  test.each([
    ["[b]never closed", "[b]never closed"],
    ["closed [/b] only", "closed [/b] only"],
    ["[b][i]crossed[/b][/i]", "<b>[i]crossed</b>[/i]"],
    ["array[0] = [x]", "array[0] = [x]"],
    ["[constructor]a[/constructor] [toString]", "[constructor]a[/constructor] [toString]"],
    ["[code]open", "[code]open"],
    ["[url=/relative]page[/url]", "page"],
    ["[color=red;background:url(//x)]c[/color]", "c"],
    ["[user=0 onclick=x]nobody[/user]", "nobody"],
  ])("what is no mark is text: %j", (text, html) => {
    expect(htmlOf(text)).toBe(html);
  });
});

const ELEMENTS: Readonly<Record<string, readonly string[]>> = {
  b: [],
  i: [],
  u: [],
  s: [],
  br: [],
  pre: [],
  code: [],
  blockquote: [],
  a: ["href", "target", "rel"],
  span: ["style", "data-user-id", "data-chat-id"],
  time: ["datetime"],
};

/** Everything in the HTML, as a browser reads it, that is not allowed. */
function forbiddenIn(html: string): string[] {
  const found: string[] = [];
  const visit = (node: DefaultTreeAdapterTypes.ChildNode, isInLink: boolean): void => {
    if (node.nodeName === "#text") return;
    if (!("tagName" in node)) {
      found.push(node.nodeName);
      return;
    }
    const attributes = ELEMENTS[node.tagName];
    if (attributes === undefined) found.push(node.tagName);
    if (isInLink && node.tagName === "a") found.push("a link in a link");
    for (const { name, value } of node.attrs) {
      if (attributes?.includes(name) !== true) found.push(`${node.tagName} ${name}`);
      if (name === "href" && !/^(https?|mailto|tel):/i.test(value)) found.push(value);
      if (name === "style" && !/^color:#([0-9a-f]{3}|[0-9a-f]{6})$/.test(value)) found.push(value);
    }
    for (const child of node.childNodes) visit(child, isInLink || node.tagName === "a");
  };
  for (const node of parseFragment(html).childNodes) visit(node, false);
  return found;
}

describe("hostile texts", () => {
  test.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[url=javascript:alert(1)]click[/url]",
    "[url=JaVaScRiPt:alert(1)]click[/url]",
    "[url= javascript:alert(1)]click[/url]",
    "[url]javascript:alert(1)[/url]",
    "[url=data:text/html,<script>alert(1)</script>]x[/url]",
    "[url=vbscript:x]x[/url]",
    "[url=//evil.example]x[/url]",
    'a [url=https://a.example" onmouseover="alert(1)]x[/url]',
    "a [url=https://a.example' onmouseover='alert(1)]x[/url]",
    "[url=https://a.example><script>alert(1)</script>]x[/url]",
    "[img]javascript:alert(1)[/img]",
    '[img]https://a.example/"><script>alert(1)</script>[/img]',
    "[icon=x title=<svg onload=alert(1)>]",
    '[user=5" onclick="alert(1)]x[/user]',
    "[color=#fff;background:url(javascript:alert(1))]x[/color]",
    "[color=expression(alert(1))]x[/color]",
    "[b]<svg/onload=alert(1)>[/b]",
    "[code]</code></pre><script>alert(1)</script>[/code]",
    "[url=https://a.example][url=https://b.example]x[/url][/url]",
    "[url=https://a.example]https://b.example[/url]",
    "[<b>b]x[/b]",
    "https://a.example/<script>",
    'https://a.example/"onmouseover=alert(1)',
    "[call=javascript:alert(1)]x[/call]",
    "[timestamp=9999999999999999]",
    "[timestamp=99999999999]",
    "\u0000<b>\u2028[url=java\tscript:alert(1)]x[/url]",
    "&lt;script&gt; &#106;avascript:",
    "[send=<script>]<script>[/send]",
  ])("%j leaves nothing that runs", (text) => {
    expect(forbiddenIn(htmlOf(text))).toEqual([]);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      ..."b i u s url img user chat call color size quote code br icon timestamp send"
        .split(" ")
        .flatMap((tag) => [`[${tag}]`, `[/${tag}]`, `[${tag}=`, `[${tag} `]),
      ..."] \" ' < > & javascript: https://a.example data: \n >> onload= <script> --> <!-- = / # 5".split(" "),
      "\n",
      `${"-".repeat(54)}\n`,
    ),
    fc.string({ unit: "grapheme", maxLength: 4 }),
  );
  const anyText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

  test("nothing put together of tags and markup runs, and no text is lost", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(forbiddenIn(htmlOf(text))).toEqual([]);
        expect(typeof plainTextOf(text)).toBe("string");
      }),
      { numRuns: 2_000 },
    );
  });

  test("a text is shown the same whether or not there is a mark before it", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(htmlOf(`[b]a[/b]\n${text}`)).toBe(`<b>a</b><br>${htmlOf(text)}`);
        expect(plainTextOf(`[b]a[/b]\n${text}`)).toBe(`a\n${plainTextOf(text)}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test("a text without brackets, quotations and ends of lines is shown as it is", () => {
    const plain = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[[\]\r\n>]/g, ""));
    fc.assert(
      fc.property(plain, (text) => {
        expect(plainTextOf(text)).toBe(text);
      }),
    );
  });

  test.each([
    ["open tags", "[b]".repeat(7_000)],
    ["closed tags", "[/b]".repeat(5_000)],
    ["open code", "[code]".repeat(3_300)],
    ["lines of dashes", `${"-".repeat(54)}\n`.repeat(360)],
    ["an address of punctuation", `http://${"!".repeat(20_000)}`],
    ["addresses", "http://!".repeat(2_500)],
    ["values without an end", `[url=${"x".repeat(50)}`.repeat(360)],
    ["quoted lines", ">>\n".repeat(6_600)],
  ])("the longest message made of %s takes no longer than another", (_, text) => {
    const longest = (source: string): number => {
      const started = performance.now();
      htmlOf(source);
      return performance.now() - started;
    };
    longest("a [b]word[/b] ".repeat(1_400));
    // A tree that grew with the square of the length would take seconds.
    expect(longest(text)).toBeLessThan(500);
  });
});
