const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = "\\".charCodeAt(0);
const OPENING_BRACKET = "[".charCodeAt(0);
const OPENING_BRACE = "{".charCodeAt(0);
const CLOSING_BRACKET = "]".charCodeAt(0);
const CLOSING_BRACE = "}".charCodeAt(0);

function isOpening(code: number): boolean {
  return code === OPENING_BRACE || code === OPENING_BRACKET;
}

/** Whether JSON text nests deeper than the limit, told without parsing it. */
export function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) {
      quoted = true;
    } else if (isOpening(code)) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === CLOSING_BRACE || code === CLOSING_BRACKET) {
      depth -= 1;
    }
  }
  return false;
}

/** However deep so few brackets nest, parsing them takes no more than some milliseconds. */
const FEW_BRACKETS = 50_000;
/** One character of so many is looked at, another one in each block. */
const STRIDE = 16;
const BLOCK = 4_096;

/**
 * The same for large texts that are seldom hostile, at a fraction of the time: a sample of the characters tells whether there are so many brackets that
 * it matters how they nest. `false` for a text with few of them.
 */
export function nestsHarmfully(text: string, limit: number): boolean {
  return text.length > FEW_BRACKETS && mayHaveManyBrackets(text) && nestsDeeper(text, limit);
}

function mayHaveManyBrackets(text: string): boolean {
  let found = 0;
  for (let block = 0; block < text.length; block += BLOCK) {
    const end = Math.min(block + BLOCK, text.length);
    for (let at = block + Math.floor(Math.random() * STRIDE); at < end; at += STRIDE)
      if (isOpening(text.charCodeAt(at))) found += 1;
    if (found * STRIDE > FEW_BRACKETS) return true;
  }
  return false;
}
