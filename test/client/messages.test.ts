import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { NoAnswer } from "../../client/src/main.ts";
import {
  describe as described,
  ERROR_CODES,
  english,
  german,
  portuguese,
  russian,
  spanish,
  USER_ERROR_CODES,
} from "../../client/src/messages/main.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");
const LANGUAGES = { english, german, russian, spanish, portuguese };

test("every code of the gateway's errors has a sentence, and no other", () => {
  const table = read("docs/errors.md").split("## User errors")[0] ?? "";
  const codes = [...table.matchAll(/^\| `([A-Z][A-Z_]+)` \|/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(15);
  expect([...ERROR_CODES].sort()).toEqual([...codes, "NO_ANSWER"].sort());
});

test("every user error of the schema has a sentence, and no other", () => {
  const [, body = ""] = /^enum UserErrorCode \{([\s\S]*?)^\}/m.exec(read("schema.graphql")) ?? [];
  const codes = [...body.matchAll(/^ {2}([A-Z_]+)$/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(30);
  expect([...USER_ERROR_CODES].sort()).toEqual(codes.sort());
});

test.each(Object.entries(LANGUAGES))("%s has a sentence of its own for each code", (_name, messages) => {
  expect(Object.keys(messages).sort()).toEqual([...ERROR_CODES, ...USER_ERROR_CODES].sort());
  const sentences = Object.values(messages);
  expect(sentences.filter((sentence) => !/^\p{Lu}.{5,119}\.$/u.test(sentence))).toEqual([]);
  if (messages !== english) {
    const alike = Object.entries(messages).filter(([code, text]) => text === english[code as keyof typeof english]);
    expect(alike).toEqual([]);
  }
});

test("whatever goes wrong is told: errors, user errors, no answer, and codes that are added later", () => {
  expect(described({ message: "x", extensions: { code: "UPSTREAM_TIMEOUT" } }, german)).toBe(german.UPSTREAM_TIMEOUT);
  expect(described({ code: "TEXT_EMPTY", message: "x", field: ["text"] }, russian)).toBe(russian.TEXT_EMPTY);
  expect(described(new NoAnswer("x"), spanish)).toBe(spanish.NO_ANSWER);
  expect(described({ code: "OF_TOMORROW", message: "x", field: null }, portuguese)).toBe(portuguese.REFUSED);
  expect(described({ message: "x", extensions: { code: "OF_TOMORROW" } }, english)).toBe(english.INTERNAL_SERVER_ERROR);
  expect(described({ message: "x", extensions: { code: "toString" } }, english)).toBe(english.INTERNAL_SERVER_ERROR);
});
