// What snippets of the documents take for given: whoever reads them has it in his own code.
import { createElement } from "react";
import { createDesk } from "../../../client/src/desk/main.ts";
import { createOpenLinesClient } from "../../../client/src/main.ts";

const settings = new URLSearchParams(location.search);
const apiKey = settings.get("key") ?? "";
const url = settings.get("url") ?? "";

export const client = createOpenLinesClient({ url, identity: { apiKey } });
export const desk = createDesk(client);
export const chatId = settings.get("chatId") ?? "";
export const element = document.body.appendChild(document.createElement("div"));
export const App = () => createElement("p");
export const show = (text: string): void => void element.append(text);
export const key = (): string => apiKey;
export const file = new File(["A line of text"], "note.txt", { type: "text/plain" });
export const SNAPSHOT_TEXT = "query Snapshot { eventCursor }";
export const SEND = `mutation Send($chatId: ID!, $text: String!) {
  chatMessageSend(chatId: $chatId, text: $text) { messageId userErrors { code message field } }
}`;
export const text = "   ";

export async function readAgain(): Promise<{ readonly eventCursor: string | undefined }> {
  const { data } = await client.request<{ eventCursor: string | null }>("{ eventCursor }");
  return { eventCursor: data?.eventCursor ?? undefined };
}

export async function readAgainAndTellItsCursor(): Promise<string | undefined> {
  return (await readAgain()).eventCursor;
}

/** The data of an answer; throws its first error. */
export async function graphql<Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Data> {
  const { data, errors } = await client.request<Data>(query, variables);
  if (!data) throw new Error(errors?.[0]?.message);
  return data;
}

/** Relay's, as far as a snippet needs it. */
export class Environment {
  readonly names: readonly (string | undefined)[];
  constructor({
    getDataID,
  }: { readonly getDataID: (node: { readonly id?: string }, typename: string) => string | undefined }) {
    this.names = [getDataID({ id: "5" }, "Chat"), getDataID({}, "Viewer")];
  }
}
export const network = {};
export const store = {};
