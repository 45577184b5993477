import { english, type Words } from "./english.ts";

interface Language {
  /** In itself. */
  readonly name: string;
  readonly load: () => Promise<Words>;
}

/** The languages of the interface. Only the one that is chosen is loaded. */
export const LANGUAGES = {
  en: { name: "English", load: async () => english },
  de: { name: "Deutsch", load: async () => (await import("./german.ts")).german },
  ru: { name: "Русский", load: async () => (await import("./russian.ts")).russian },
} as const satisfies Readonly<Record<string, Language>>;

export type LanguageCode = keyof typeof LANGUAGES;

export function isLanguage(code: string | null | undefined): code is LanguageCode {
  return typeof code === "string" && Object.hasOwn(LANGUAGES, code);
}

/** The first of the browser's languages that there is. */
export function browserLanguage(): LanguageCode {
  return navigator.languages.map((each) => each.split("-")[0]).find(isLanguage) ?? "en";
}
