import { useLayoutEffect } from "react";
import { useKept } from "../parts/use-kept.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Light or dark, as chosen or as the system is. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [kept, choose] = useKept("inbox-theme");
  const theme = THEMES.find((each) => each === kept) ?? "auto";
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return [theme, choose];
}
