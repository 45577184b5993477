import { onTestFinished } from "vitest";
import type { RunningPortal } from "../../simulator/portal.ts";
import type { TestBrowser, WatchedPage } from "../kit/browser.ts";
import { keyFor } from "../kit/gateway.ts";
import { type LiveOffice, openLiveOffice } from "../kit/live-office.ts";

interface Row {
  readonly id: string;
  readonly chat: {
    readonly operator: { readonly id: string } | null;
    readonly connector: { readonly id: string };
    readonly externalUserId: string | null;
  };
}

/** Channels of whose messages the portal sends no events. Those of group chats name no chat of the portal. */
const WITHOUT_EVENTS = ["livechat"];

type Person = RunningPortal["users"][number];

/** A page of the inbox that somebody looks at; it is there when `shows` is. */
export interface Place {
  readonly person: Person;
  /** Behind the `#`, with it. */
  readonly place: string;
  readonly shows: string;
}

/** A gateway that serves the inbox to people of a simulated portal. */
export interface InboxScene extends LiveOffice {
  /** Opens the inbox as somebody, at a place behind the `#`. */
  enter(browser: TestBrowser, person: Person, place?: string): Promise<WatchedPage>;
  /** Somebody's own dialogs, or those that he sees and nobody has taken. */
  chatsOf(person: Person, state: "ASSIGNED" | "UNASSIGNED"): Promise<readonly string[]>;
  /** One of each page of the inbox; `chat` is the one of a conversation, with its operator. */
  everyPlace(): Promise<{ readonly chat: Place; readonly places: readonly Place[] }>;
  /** A dialog that nobody has taken and two people see. */
  sharedChat(): Promise<{ readonly people: readonly [Person, Person]; readonly chatId: string }>;
  /** Calls a method as the portal's own interface would, past the gateway. */
  actInPortal(person: Person, method: string, chatId: string, more?: Readonly<Record<string, unknown>>): Promise<void>;
}

export async function openInboxScene(): Promise<InboxScene> {
  const office = await openLiveOffice({}, (portal) => ({
    GATEWAY_EXPLORER: "true",
    GATEWAY_EXPLORER_PEOPLE: portal.users.map((user) => `${user.name}:${keyFor(user)}-key-of-a-test`).join(","),
  }));
  const { gateway, portal } = office;
  const scene: InboxScene = {
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
        "query ($states: [ChatState!]) { inbox(first: 50, filter: { states: $states }) { nodes { id chat { operator { id } connector { id } externalUserId } } } }",
        { states: [state] },
        { key: keyFor(person) },
      );
      const nodes: readonly Row[] = data?.inbox?.nodes ?? [];
      const own = state === "ASSIGNED" ? String(person.id) : undefined;
      return nodes
        .filter(({ chat }) => chat.operator?.id === own && !WITHOUT_EVENTS.includes(chat.connector.id))
        .filter(({ chat }) => chat.externalUserId !== null)
        .map(({ id }) => id);
    },
    async everyPlace() {
      const [helena, anna] = portal.users;
      if (anna === undefined || helena === undefined) throw new Error("nobody");
      const [chatId] = await scene.chatsOf(anna, "ASSIGNED");
      const chat = { person: anna, place: `#/chats/${chatId}`, shows: ".message" };
      const places = [
        { person: anna, place: "", shows: ".dialog-row" },
        chat,
        { person: helena, place: "#/supervisor/sessions", shows: ".session-table a" },
        { person: helena, place: "#/supervisor/load", shows: ".load-view tbody tr" },
        { person: helena, place: "#/supervisor/statistics", shows: ".tiles" },
      ];
      return { chat, places };
    },
    async sharedChat() {
      const operators = portal.users.slice(1);
      const seen = await Promise.all(operators.map((person) => scene.chatsOf(person, "UNASSIGNED")));
      for (const [index, first] of operators.entries()) {
        for (const chatId of seen[index] ?? []) {
          const second = operators.find((other, at) => other !== first && seen[at]?.includes(chatId));
          if (second !== undefined) return { people: [first, second], chatId };
        }
      }
      throw new Error("no dialog that two people see");
    },
    async actInPortal({ webhookUrl }, method, chatId, more = {}) {
      const response = await fetch(`${webhookUrl}${method}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ CHAT_ID: Number(chatId), DIALOG_ID: `chat${chatId}`, ...more }),
      });
      if (!response.ok) throw new Error(`${method}: ${await response.text()}`);
    },
  };
  return scene;
}

/** What a page complained of, apart from pictures that the portal shows only to those who are logged in there. */
export function complaints({ consoleErrors }: WatchedPage): readonly string[] {
  return consoleErrors.filter((text) => !/404 \(Not Found\)/.test(text));
}
