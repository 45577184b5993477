import { useSyncExternalStore } from "react";

export const VIEWS = ["sessions", "load", "statistics"] as const;
/** What a supervisor looks at. */
export type View = (typeof VIEWS)[number];

/** What the page shows, as the address says behind its `#`. */
export type Route =
  | { readonly page: "inbox"; readonly chatId: string | undefined }
  | { readonly page: "supervisor"; readonly view: View; readonly sessionId: string | undefined };

export function useRoute(): Route {
  return readRoute(useSyncExternalStore(onHashChange, () => location.hash));
}

/** The address of a conversation; without one of the list. */
export function inboxAddress(chatId?: string): string {
  return chatId === undefined ? "#/" : `#/chats/${chatId}`;
}

export function supervisorAddress(view: View, sessionId?: string): string {
  return sessionId === undefined ? `#/supervisor/${view}` : `#/supervisor/${view}/${sessionId}`;
}

function readRoute(hash: string): Route {
  const [, page = "", place = "", id] = hash.split("/");
  const view = VIEWS.find((each) => each === place);
  if (page === "supervisor") return { page, view: view ?? "sessions", sessionId: id };
  return { page: "inbox", chatId: page === "chats" && /^\d+$/.test(place) ? place : undefined };
}

function onHashChange(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}
