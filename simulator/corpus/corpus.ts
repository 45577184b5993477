import { intWith, pickWith } from "../random.ts";
import { arabicConversations, arabicSmallTalk } from "./conversations-ar.ts";
import { germanConversations, germanSmallTalk } from "./conversations-de.ts";
import { englishConversations, englishSmallTalk } from "./conversations-en.ts";
import { spanishConversations, spanishSmallTalk } from "./conversations-es.ts";
import { hindiConversations, hindiSmallTalk } from "./conversations-hi.ts";
import { japaneseConversations, japaneseSmallTalk } from "./conversations-ja.ts";
import { russianConversations, russianSmallTalk } from "./conversations-ru.ts";
import { chineseConversations, chineseSmallTalk } from "./conversations-zh.ts";
import { FILE_TEMPLATES, type FileKind } from "./file-names.ts";
import type { Language } from "./language.ts";
import { CUSTOMER_NAMES } from "./names.ts";
import { readScript, type Turn } from "./script.ts";

export { FILE_KINDS, type FileKind } from "./file-names.ts";
export { LANGUAGES, type Language } from "./language.ts";
export { LINE_NAMES, type LineName, OPERATORS, type OperatorPerson } from "./names.ts";
export type { Turn } from "./script.ts";

interface Scripts {
  /** Whole conversations of 6 to 14 messages. */
  readonly conversations: readonly string[];
  /** Short exchanges that may follow any conversation. */
  readonly smallTalk: readonly string[];
}

const SCRIPTS: Record<Language, Scripts> = {
  en: { conversations: englishConversations, smallTalk: englishSmallTalk },
  de: { conversations: germanConversations, smallTalk: germanSmallTalk },
  ru: { conversations: russianConversations, smallTalk: russianSmallTalk },
  zh: { conversations: chineseConversations, smallTalk: chineseSmallTalk },
  ar: { conversations: arabicConversations, smallTalk: arabicSmallTalk },
  hi: { conversations: hindiConversations, smallTalk: hindiSmallTalk },
  ja: { conversations: japaneseConversations, smallTalk: japaneseSmallTalk },
  es: { conversations: spanishConversations, smallTalk: spanishSmallTalk },
};

export interface PersonName {
  readonly firstName: string;
  readonly lastName: string;
}

export interface SeedFile {
  readonly name: string;
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
}

/** A customer's name in the language's own script. */
export function customerName(language: Language, random: () => number): PersonName {
  const group = pickWith(random, CUSTOMER_NAMES[language]);
  return { firstName: pickWith(random, group.first), lastName: pickWith(random, group.last) };
}

/** A support conversation of 6 to 14 messages, opened by the customer, with orders, dates and prices of its own. */
export function conversationFor(language: Language, random: () => number): Turn[] {
  return readScript(pickWith(random, SCRIPTS[language].conversations), language, random);
}

/** A question and its answer (2 or 4 messages, opened by the customer) that can follow any conversation. */
export function smallTalkFor(language: Language, random: () => number): Turn[] {
  return readScript(pickWith(random, SCRIPTS[language].smallTalk), language, random);
}

/**
 * The history of a faithful customer: exactly `length` messages, whole conversations mixed with short exchanges, the
 * last one cut where the length is reached. Nothing comes again, with other details, before everything else has come.
 */
export function historyFor(language: Language, length: number, random: () => number): Turn[] {
  const { conversations, smallTalk } = SCRIPTS[language];
  const turns: Turn[] = [];
  while (turns.length < length) {
    for (const script of shuffled([...conversations, ...smallTalk], random)) {
      if (turns.length < length) turns.push(...readScript(script, language, random));
    }
  }
  return turns.slice(0, length);
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** What a customer writes to open a conversation. */
export function openingFor(language: Language, random: () => number): string {
  const turns = random() < 0.5 ? conversationFor(language, random) : smallTalkFor(language, random);
  return turns[0]?.text ?? "";
}

/** Something a customer may write in the middle of a conversation. */
export function customerMessage(language: Language, random: () => number): string {
  return messageFrom("customer", language, random);
}

/** Something an operator may answer. */
export function operatorMessage(language: Language, random: () => number): string {
  return messageFrom("operator", language, random);
}

function messageFrom(side: Turn["from"], language: Language, random: () => number): string {
  return pickWith(
    random,
    conversationFor(language, random).filter((turn) => turn.from === side),
  ).text;
}

/** A file of the given kind, its name and size drawn by `random`. */
export function fileOf(kind: FileKind, random: () => number): SeedFile {
  const { name, mimeType, size } = pickWith(random, FILE_TEMPLATES[kind]);
  const [smallest, largest] = size;
  return {
    name: name.replace("#", String(intWith(random, 1_000, 99_999))),
    mimeType,
    size: intWith(random, smallest, largest),
  };
}
