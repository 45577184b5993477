import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { useKept } from "../parts/use-kept.ts";
import { english, type Words } from "./english.ts";
import { browserLanguage, isLanguage, LANGUAGES, type LanguageCode } from "./languages.ts";

interface ChosenLanguage {
  readonly words: Words;
  readonly language: LanguageCode;
  readonly choose: (language: LanguageCode) => void;
}

const LanguageContext = createContext<ChosenLanguage>({ words: english, language: "en", choose: () => undefined });

/** Gives the words of the interface to all below, in the language that was chosen or else the browser's. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [kept, choose] = useKept("inbox-language");
  const language = isLanguage(kept) ? kept : browserLanguage();
  const [words, setWords] = useState<Words>();
  useEffect(() => {
    let isCurrent = true;
    document.documentElement.lang = language;
    LANGUAGES[language].load().then(
      (loaded) => isCurrent && setWords(loaded),
      () => isCurrent && setWords(english),
    );
    return () => {
      isCurrent = false;
    };
  }, [language]);
  if (words === undefined) return null;
  return <LanguageContext value={{ words, language, choose }}>{children}</LanguageContext>;
}

export function useWords(): Words {
  return useContext(LanguageContext).words;
}

export function useLanguage(): Omit<ChosenLanguage, "words"> {
  return useContext(LanguageContext);
}
