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

/** However so few characters nest, whatever is done with what they say has room on the stack. */
const FEW_CHARACTERS = 4_000;
/** However deep so few brackets nest, parsing them takes no more than some milliseconds. */
const FEW_BRACKETS = 50_000;
/** One character of so many is looked at: a prime number, because what repeats itself does so at even distances. */
const STRIDE = 17;
/** So many more of them open than close, or close than open, only where thousands of brackets nest, or texts hold those that are to hide it. */
const MANY_MORE = 120;
/** After so many characters the sample begins elsewhere, so that nobody can lay brackets between what is looked at. */
const WINDOW = 65_536;

/**
 * The same for large texts that are seldom hostile, at a fraction of the time: a sample of the characters tells whether so many brackets open that
 * it matters how they nest. `false` for a text with few of them.
 */
export function nestsHarmfully(text: string, limit: number): boolean {
  return text.length > FEW_CHARACTERS && mayNestHarmfully(text) && nestsDeeper(text, limit);
}

function mayNestHarmfully(text: string): boolean {
  let opening = 0;
  let closing = 0;
  for (let window = 0; window < text.length; window += WINDOW) {
    const end = Math.min(window + WINDOW, text.length);
    for (let at = window + Math.floor(Math.random() * STRIDE); at < end; at += STRIDE) {
      const code = text.charCodeAt(at);
      if (isOpening(code)) opening += 1;
      else if (code === CLOSING_BRACE || code === CLOSING_BRACKET) closing += 1;
      else continue;
      if (Math.abs(opening - closing) > MANY_MORE) return true;
    }
    if (opening * STRIDE > FEW_BRACKETS) return true;
  }
  return false;
}
