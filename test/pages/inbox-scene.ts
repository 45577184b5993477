import { onTestFinished } from "vitest";
import type { RunningPortal } from "../../simulator/portal.ts";
import { keyFor } from "../e2e/gateway.ts";
import { type LiveOffice, openLiveOffice } from "../e2e/live-office.ts";
import type { TestBrowser, WatchedPage } from "../kit/browser.ts";

interface Row {
  readonly id: string;
  readonly chat: {
    readonly operator: { readonly id: string } | null;
    readonly connector: { readonly id: string };
    readonly messageCount: number;
  };
}

/** Channels of whose messages the portal sends no events. */
const WITHOUT_EVENTS = ["livechat"];

type Person = RunningPortal["users"][number];

/** A gateway that serves the inbox to people of a simulated portal. */
export interface InboxScene extends LiveOffice {
  /** Opens the inbox as somebody, at a place behind the `#`. */
  enter(browser: TestBrowser, person: Person, place?: string): Promise<WatchedPage>;
  /** Dialogs in which something was said: somebody's own, or those that he sees and nobody has taken. */
  chatsOf(person: Person, state: "ASSIGNED" | "UNASSIGNED"): Promise<readonly string[]>;
}

export async function openInboxScene(): Promise<InboxScene> {
  const office = await openLiveOffice({}, (portal) => ({
    GATEWAY_EXPLORER: "true",
    GATEWAY_EXPLORER_PEOPLE: portal.users.map((user) => `${user.name}:${keyFor(user)}-key-of-a-test`).join(","),
  }));
  const { gateway } = office;
  return {
    ...office,
    async enter(browser, person, place = "") {
      const watched = await browser.open();
      onTestFinished(() => watched.page.close());
      const key = gateway.keyOf(keyFor(person));
      await watched.page.addInitScript(`sessionStorage.setItem("inbox-api-key", ${JSON.stringify(key)})`);
      await watched.page.goto(new URL(`/inbox${place}`, gateway.url).href);
      return watched;
    },
    async chatsOf(person, state) {
      const { data } = await gateway.graphql(
        "query ($states: [ChatState!]) { inbox(first: 50, filter: { states: $states }) { nodes { id chat { operator { id } connector { id } messageCount } } } }",
        { states: [state] },
        { key: keyFor(person) },
      );
      const nodes: readonly Row[] = data?.inbox?.nodes ?? [];
      const own = state === "ASSIGNED" ? String(person.id) : undefined;
      return nodes
        .filter(({ chat }) => chat.operator?.id === own && !WITHOUT_EVENTS.includes(chat.connector.id))
        .filter(({ chat }) => chat.messageCount > 4)
        .map(({ id }) => id);
    },
  };
}

/** What a page complained of, apart from pictures that the portal shows only to those who are logged in there. */
export function complaints({ consoleErrors }: WatchedPage): readonly string[] {
  return consoleErrors.filter((text) => !/404 \(Not Found\)/.test(text));
}
