/** How large a document is, told without parsing it. */
export interface DocumentSize {
  readonly tokens: number;
  /** Brackets that are open at once at the deepest place. */
  readonly nesting: number;
}

const QUOTE = '"'.charCodeAt(0);
const HASH = "#".charCodeAt(0);
const BACKSLASH = "\\".charCodeAt(0);

const IGNORED = codesOf(" \t\n\r,\ufeff");
const OPENING = codesOf("{[(");
const CLOSING = codesOf("}])");

/** What a token that is no string may be; matched where it begins. */
const TOKEN = /[_A-Za-z][_0-9A-Za-z]*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\.\./y;
const LINE_END = /[\n\r]/g;

/**
 * Counts a document's tokens and the depth of its brackets in one pass over its characters: parsing and validating recurse and take far
 * longer. What is in strings and comments does not count. Where a lexer would find a fault, what follows may be counted otherwise.
 */
export function documentSize(source: string): DocumentSize {
  let tokens = 0;
  let open = 0;
  let nesting = 0;
  let at = 0;
  while (at < source.length) {
    const code = source.charCodeAt(at);
    if (IGNORED.has(code)) {
      at += 1;
    } else if (code === HASH) {
      at = endOfLine(source, at);
    } else if (code === QUOTE) {
      tokens += 1;
      at = endOfString(source, at);
    } else {
      tokens += 1;
      if (OPENING.has(code)) {
        open += 1;
        nesting = Math.max(nesting, open);
      } else if (CLOSING.has(code)) {
        open -= 1;
      }
      TOKEN.lastIndex = at;
      at = TOKEN.test(source) ? TOKEN.lastIndex : at + 1;
    }
  }
  return { tokens, nesting };
}

function codesOf(characters: string): ReadonlySet<number> {
  return new Set([...characters].map((character) => character.charCodeAt(0)));
}

function endOfLine(source: string, start: number): number {
  LINE_END.lastIndex = start;
  return LINE_END.test(source) ? LINE_END.lastIndex : source.length;
}

function endOfString(source: string, start: number): number {
  return source.startsWith('"""', start) ? endOfBlock(source, start + 3) : endOfPlain(source, start + 1);
}

/** Strings that are not closed on their line are a fault, after which nothing is read. */
function endOfPlain(source: string, start: number): number {
  for (let at = start; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  return source.length;
}

/** Only three quotes can be escaped there, with one backslash before them. */
function endOfBlock(source: string, start: number): number {
  let end = source.indexOf('"""', start);
  while (end !== -1 && source.charCodeAt(end - 1) === BACKSLASH) end = source.indexOf('"""', end + 3);
  return end === -1 ? source.length : end + 3;
}
