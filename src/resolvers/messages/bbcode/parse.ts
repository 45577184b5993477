import type { Node } from "./nodes.ts";
import { isTag, loneNode, pairedNode, standsAlone } from "./tags.ts";

/** Deeper tags are text. */
const MAX_DEPTH = 30;

/** `[tag]`, `[tag=value]`, `[tag key=value]`, `[/tag]`. Values end with the bracket, or with the line. */
const TAG = /\[(\/?)([a-z]{1,12})(?:[=\s]([^[\]\n]{0,2048}))?\]/gi;
const CODE_TAG = /\[\/?code\]/i;
const EACH_CODE_TAG = /\[\/?code\]/gi;
const CODE = "[code]";
const END_OF_CODE = "[/code]";
/** How the portal's own client writes a quotation: between two lines of 54 dashes. */
const QUOTATION = /^-{54}\n([\s\S]*?)\n-{54}(?:\n|$)/gm;
/** Or line by line. */
const QUOTED_LINES = /(?:^>>.*(?:\n|$))+/gm;
/** A quotation needs one of these. */
const QUOTING = />>|-{54}/;
/** What makes a text more than its lines: a tag, a quotation, or ends of lines as Windows writes them. */
const MARKED = /[[\r]|>>|-{54}/;

interface Open {
  readonly name: string;
  readonly value: string;
  readonly raw: string;
  readonly children: Node[];
}

/**
 * Reads a text with the BBCode of Bitrix24's chats. Any text can be read: a tag that is not known, not closed or closed in a wrong place is text.
 * Takes time in proportion to the text's length.
 */
export function parseBbCode(text: string): readonly Node[] {
  const source = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  if (!CODE_TAG.test(source)) return parseOutsideOfCode(source);
  const nodes: Node[] = [];
  const folded = source.replace(EACH_CODE_TAG, (tag) => tag.toLowerCase());
  let end = 0;
  for (;;) {
    const from = folded.indexOf(CODE, end);
    const to = from === -1 ? -1 : folded.indexOf(END_OF_CODE, from);
    if (to === -1) break;
    nodes.push(...parseOutsideOfCode(source.slice(end, from)));
    nodes.push({ kind: "code", text: source.slice(from + CODE.length, to).replace(/^\n|\n$/g, "") });
    end = to + END_OF_CODE.length;
  }
  nodes.push(...parseOutsideOfCode(source.slice(end)));
  return nodes;
}

/** Whether there is anything to parse: most texts are nothing but lines. */
export function isMarked(text: string): boolean {
  return MARKED.test(text);
}

function withQuotations(text: string): string {
  if (!QUOTING.test(text)) return text;
  return text
    .replace(QUOTATION, "[quote]$1[/quote]")
    .replace(QUOTED_LINES, (lines) => `[quote]${lines.replace(/^>>/gm, "").replace(/\n$/, "")}[/quote]`);
}

function parseOutsideOfCode(text: string): readonly Node[] {
  const quoted = withQuotations(text);
  const stack: Open[] = [{ name: "", value: "", raw: "", children: [] }];
  let end = 0;
  TAG.lastIndex = 0;
  for (let match = TAG.exec(quoted); match !== null; match = TAG.exec(quoted)) {
    const [raw, slash = "", tag = "", value = ""] = match;
    const name = tag.toLowerCase();
    if (!isTag(name)) continue;
    addText(top(stack), quoted.slice(end, match.index));
    end = match.index + raw.length;
    if (standsAlone(name)) {
      if (slash === "") top(stack).push(...loneNode(name, unquoted(value)));
    } else if (slash !== "") close(stack, name, raw);
    else if (stack.length > MAX_DEPTH) addText(top(stack), raw);
    else stack.push({ name, value: unquoted(value), raw, children: [] });
  }
  addText(top(stack), quoted.slice(end));
  giveUpAbove(stack, 0);
  return top(stack);
}

/** Ends the innermost open tag of that name; those inside of it were never closed. */
function close(stack: Open[], name: string, raw: string): void {
  const at = stack.findLastIndex((open, index) => index > 0 && open.name === name);
  if (at === -1) {
    addText(top(stack), raw);
    return;
  }
  giveUpAbove(stack, at);
  const open = stack.pop();
  if (open !== undefined) top(stack).push(pairedNode(open.name, open.value, open.children));
}

/** Makes the tags inside of one, which were never closed, into text. All at once: what they hold is not handed on from each to the next. */
function giveUpAbove(stack: Open[], at: number): void {
  for (const { raw, children } of stack.splice(at + 1)) {
    addText(top(stack), raw);
    for (const child of children) top(stack).push(child);
  }
}

function top(stack: readonly Open[]): Node[] {
  return stack.at(-1)?.children ?? [];
}

function addText(nodes: Node[], text: string): void {
  if (!text.includes("\n")) {
    if (text !== "") nodes.push({ kind: "text", text });
    return;
  }
  for (const [index, line] of text.split("\n").entries()) {
    if (index > 0) nodes.push({ kind: "break" });
    if (line !== "") nodes.push({ kind: "text", text: line });
  }
}

function unquoted(value: string): string {
  const trimmed = value.trim();
  return /^"(.*)"$/.exec(trimmed)?.[1] ?? trimmed;
}
