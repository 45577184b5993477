const NAME = "explorer-api-key";

/** The key of this tab's session. It is gone when the tab is closed. */
export function sessionKey(): string | undefined {
  try {
    return window.sessionStorage.getItem(NAME) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keepSessionKey(key: string): void {
  try {
    window.sessionStorage.setItem(NAME, key);
  } catch {
    // A browser that keeps nothing: the key lasts as long as the page.
  }
}
