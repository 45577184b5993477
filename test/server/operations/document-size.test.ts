import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { Lexer, Source, TokenKind } from "graphql";
import { expect, test } from "vitest";
import { documentSize } from "../../../src/server/operations/document-size.ts";

const OPENING: readonly string[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L];
const CLOSING: readonly string[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R];

/** As the lexer of graphql-js tells it; throws what it throws. */
function lexed(text: string) {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let open = 0;
  let nesting = 0;
  while (lexer.advance().kind !== TokenKind.EOF) {
    tokens += 1;
    if (OPENING.includes(lexer.token.kind)) open += 1;
    else if (CLOSING.includes(lexer.token.kind)) open -= 1;
    nesting = Math.max(nesting, open);
  }
  return { tokens, nesting };
}

test.each(readdirSync("examples/operations"))(
  "the documents of examples/operations/%s count as they are read",
  (file) => {
    const text = readFileSync(`examples/operations/${file}`, "utf8");
    expect(documentSize(text)).toEqual(lexed(text));
  },
);

const piece = fc.constantFrom(
  ...'{ } [ ] ( ) ! $ & : = @ | ... a _b1 -1 0.5 -1.5e-3 1E9 , # "x" "\\"{" """{\\""" "q" }""" "" """"""'.split(" "),
  "\n",
  "# {\n",
  "\ufeff",
  " ",
  '"\\u007b"',
);

test("whatever a lexer can read counts as it reads it", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join(" ");
      let expected: ReturnType<typeof lexed>;
      try {
        expected = lexed(text);
      } catch {
        return;
      }
      read += 1;
      expect(documentSize(text)).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
  expect(read).toBeGreaterThan(500);
});

test("what nobody can read ends too", () => {
  for (const text of ['"', '"""', '"\\', '"""\\"""', "\\", "-", "..", "#"])
    expect(documentSize(text).tokens).toBeLessThan(3);
});
