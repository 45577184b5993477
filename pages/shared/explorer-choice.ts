/** Which of the two explorers a person uses: remembered by the browser, for the address of this gateway. */
export type ExplorerChoice = "own" | "sandbox";

const NAME = "explorer-choice";

export function rememberedChoice(): ExplorerChoice | undefined {
  const value = storage()?.getItem(NAME);
  return value === "own" || value === "sandbox" ? value : undefined;
}

export function rememberChoice(choice: ExplorerChoice): void {
  try {
    storage()?.setItem(NAME, choice);
  } catch {
    // A storage that is full: the next visit begins as the first.
  }
}

/** A browser that keeps nothing throws at the mere look. */
function storage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
