import { describe, expect, it } from "vitest";
import {
  conversationFor,
  customerMessage,
  customerName,
  FILE_KINDS,
  fileOf,
  historyFor,
  LANGUAGES,
  type Language,
  LINE_NAMES,
  OPERATORS,
  openingFor,
  operatorMessage,
  smallTalkFor,
  type Turn,
} from "../../simulator/corpus/corpus.ts";
import { createRandom } from "../../simulator/random.ts";

const SCRIPT_OF: Record<Language, RegExp> = {
  en: /[a-z]/i,
  de: /[a-z]/i,
  es: /[a-z]/i,
  ru: /\p{Script=Cyrillic}/u,
  zh: /\p{Script=Han}/u,
  ar: /\p{Script=Arabic}/u,
  hi: /\p{Script=Devanagari}/u,
  ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u,
};

/** Enough draws that every conversation of a language has come up. */
function manyConversations(language: Language): Turn[][] {
  const random = createRandom(7);
  return Array.from({ length: 400 }, () => conversationFor(language, random.next));
}

function shapeOf(turns: readonly Turn[]): string {
  return turns.map((turn) => `${turn.from} ${turn.text.replace(/[\p{N}\p{P}\p{S}]/gu, "").slice(0, 4)}`).join("|");
}

describe.each(LANGUAGES)("conversations in %s", (language) => {
  const conversations = manyConversations(language);

  it("are at least twelve different ones of 6 to 14 messages, opened by the customer", () => {
    expect(new Set(conversations.map(shapeOf)).size).toBeGreaterThanOrEqual(12);
    for (const turns of conversations) {
      expect(turns.length).toBeGreaterThanOrEqual(6);
      expect(turns.length).toBeLessThanOrEqual(14);
      expect(turns[0]?.from).toBe("customer");
      expect(turns.some((turn) => turn.from === "operator")).toBe(true);
    }
  });

  it("have no empty message, no placeholder left and no mark of who speaks", () => {
    for (const { text } of [...conversations, [...historyFor(language, 300, createRandom(3).next)]].flat()) {
      expect(text.trim()).not.toBe("");
      expect(text).toBe(text.trim());
      expect(text).not.toMatch(/[{}]|undefined|NaN|^[CO]: /m);
    }
  });

  it("are written in the language's script", () => {
    for (const turns of conversations) {
      for (const side of ["customer", "operator"]) {
        const said = turns.filter((turn) => turn.from === side).map((turn) => turn.text);
        expect(said.join(" ")).toMatch(SCRIPT_OF[language]);
      }
    }
  });

  it("bring emoji, BBCode, links and messages of several lines", () => {
    const everything = conversations.flat().map((turn) => turn.text);
    for (const feature of [/\p{Extended_Pictographic}/u, /\[b\].+\[\/b\]/, /https:\/\//, /\n/]) {
      expect(everything.some((text) => feature.test(text))).toBe(true);
    }
  });

  it("name one order throughout, another each time", () => {
    const orders = conversations.map((turns) => new Set(turns.flatMap((turn) => turn.text.match(/#\d{5}/g) ?? [])));
    expect(Math.max(...orders.map((numbers) => numbers.size))).toBe(1);
    expect(new Set(orders.flatMap((numbers) => [...numbers])).size).toBeGreaterThan(50);
  });

  it("have customers with names of the same script", () => {
    const random = createRandom(11);
    const names = Array.from({ length: 100 }, () => customerName(language, random.next));
    expect(new Set(names.map((name) => `${name.firstName} ${name.lastName}`)).size).toBeGreaterThan(40);
    for (const name of names) {
      expect(name.firstName).toMatch(SCRIPT_OF[language]);
      expect(name.lastName).toMatch(SCRIPT_OF[language]);
    }
  });
});

describe("the corpus", () => {
  it("gives a history of any length, in which orders keep changing and nothing comes again before everything else", () => {
    const history = historyFor("en", 5_000, createRandom(1).next);
    expect(history).toHaveLength(5_000);
    const orders = new Set(history.flatMap((turn) => turn.text.match(/#\d{5}/g) ?? []));
    expect(orders.size).toBeGreaterThan(300);
    const openings = history.slice(0, 100).filter((turn) => turn.text.startsWith("Can I still cancel order"));
    expect(openings.length).toBeLessThanOrEqual(1);
    expect(historyFor("ja", 0, createRandom(1).next)).toEqual([]);
  });

  it("repeats itself for the same seed and only for it", () => {
    const draw = (seed: number) => historyFor("ru", 200, createRandom(seed).next);
    expect(draw(4)).toEqual(draw(4));
    expect(draw(4)).not.toEqual(draw(5));
  });

  it("gives Russian customers a last name of the first name's gender", () => {
    const random = createRandom(2);
    for (let draw = 0; draw < 200; draw += 1) {
      const { firstName, lastName } = customerName("ru", random.next);
      const isFemale = /[ая]$/.test(firstName) && firstName !== "Илья";
      expect(lastName.endsWith("а")).toBe(isFemale);
    }
  });

  it("gives messages of either side, and openings that a conversation or an exchange begins with", () => {
    for (const language of LANGUAGES) {
      const random = createRandom(9);
      const draws = Array.from({ length: 40 }, () => [
        customerMessage(language, random.next),
        operatorMessage(language, random.next),
        openingFor(language, random.next),
        smallTalkFor(language, random.next).at(-1)?.text,
      ]).flat();
      expect(draws.filter((text) => text === undefined || text.trim() === "")).toEqual([]);
    }
  });

  it("gives files whose names end as their kind asks and whose sizes are believable", () => {
    const endings = {
      image: /\.(jpg|png|webp)$/,
      pdf: /\.pdf$/,
      voice: /\.(ogg|mp3)$/,
      video: /\.mp4$/,
      spreadsheet: /\.xlsx$/,
      archive: /\.zip$/,
    };
    const random = createRandom(5);
    for (const kind of FILE_KINDS) {
      for (let draw = 0; draw < 30; draw += 1) {
        const file = fileOf(kind, random.next);
        expect(file.name).toMatch(endings[kind]);
        expect(file.name).not.toContain("#");
        expect(file.size).toBeGreaterThan(5_000);
        expect(file.mimeType).toMatch(/^\w+\//);
      }
    }
  });

  it("has a supervisor, at least twelve operators with different names, and six lines", () => {
    expect(OPERATORS.length).toBeGreaterThanOrEqual(13);
    expect(new Set(OPERATORS.map((person) => `${person.firstName} ${person.lastName}`)).size).toBe(OPERATORS.length);
    expect(LINE_NAMES.map((line) => line.name)).toHaveLength(6);
  });
});
