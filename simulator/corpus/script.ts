import { intWith, pickWith } from "../random.ts";
import type { Language } from "./language.ts";
import { WORDINGS } from "./wording.ts";

/** One message of a conversation. */
export interface Turn {
  readonly from: "customer" | "operator";
  readonly text: string;
}

/** What the placeholders of one conversation stand for; the same throughout it. */
type Details = Record<"order" | "code" | "date" | "time" | "product" | "price" | "link", string>;

/**
 * Reads a written conversation: a line that begins with `C: ` is a customer's message, one that begins with `O: ` an
 * operator's, and every other line continues the message above it. `{order}`, `{code}`, `{date}`, `{time}`, `{product}`,
 * `{price}` and `{link}` are filled with details drawn by `random`.
 */
export function readScript(script: string, language: Language, random: () => number): Turn[] {
  const details = drawDetails(language, random);
  return script.split(/\n(?=[CO]: )/).map((message) => ({
    from: message.startsWith("C: ") ? "customer" : "operator",
    text: fill(message.slice("C: ".length), details),
  }));
}

function fill(text: string, details: Details): string {
  return text.replace(/\{(\w+)\}/g, (placeholder: string, name: string) => {
    if (!isDetail(details, name)) throw new Error(`A conversation has an unknown placeholder ${placeholder}`);
    return details[name];
  });
}

function isDetail(details: Details, name: string): name is keyof Details {
  return Object.hasOwn(details, name);
}

function drawDetails(language: Language, random: () => number): Details {
  const wording = WORDINGS[language];
  const order = `#${intWith(random, 10_000, 99_999)}`;
  return {
    order,
    code: String(intWith(random, 1_000, 9_999)),
    date: wording.date(intWith(random, 1, 28), intWith(random, 1, 12)),
    time: `${intWith(random, 9, 17)}:${pickWith(random, ["00", "15", "30", "45"])}`,
    product: pickWith(random, wording.products),
    price: wording.price(intWith(random, 900, 24_999)),
    link: `https://help.example.com/${language}/${intWith(random, 100, 999)}`,
  };
}
