import { useSyncExternalStore } from "react";

/** What the page shows, as the address says behind its `#`. */
export type Route = { readonly page: "inbox"; readonly chatId: string | undefined };

export function useRoute(): Route {
  return readRoute(useSyncExternalStore(onHashChange, () => location.hash));
}

/** The address of a conversation; without one of the list. */
export function inboxAddress(chatId?: string): string {
  return chatId === undefined ? "#/" : `#/chats/${chatId}`;
}

function readRoute(hash: string): Route {
  return { page: "inbox", chatId: /^#\/chats\/(\d+)$/.exec(hash)?.[1] };
}

function onHashChange(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}
