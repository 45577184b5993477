import { createContext, type ReactNode, useContext } from "react";
import { english, type Words } from "./english.ts";

const WordsContext = createContext<Words>(english);

export function WordsProvider({ words, children }: { readonly words: Words; readonly children: ReactNode }) {
  return <WordsContext value={words}>{children}</WordsContext>;
}

/** The words of the interface in the language that was chosen. */
export function useWords(): Words {
  return useContext(WordsContext);
}
