import type { TextStorage } from "../cursors.ts";

/**
 * The browser's storage; undefined where it has none for this page. In a frame of another site, and where cookies are blocked, the mere look
 * at `localStorage` throws, and a page that looks by itself stays empty.
 */
export function browserStorage(name: "localStorage" | "sessionStorage" = "localStorage"): TextStorage | undefined {
  try {
    return globalThis[name];
  } catch {
    return undefined;
  }
}
