import { initializeB24Frame } from "@bitrix24/b24jssdk";
import { browserStorage, createDesk } from "../../../client/src/desk/main.ts";
import { createOpenLinesClient } from "../../../client/src/main.ts";

// As docs/inside-bitrix24.md has it, with what it hears written into the page.
async function run(): Promise<void> {
  const settings = new URLSearchParams(location.search);
  const frame = await initializeB24Frame();
  let handedOver = "";
  const client = createOpenLinesClient({
    url: settings.get("url") ?? "",
    async identity() {
      const known = frame.auth.getAuthData();
      const auth = known && known.access_token !== handedOver ? known : await frame.auth.refreshAuth();
      handedOver = auth.access_token;
      return { token: auth.access_token, portal: new URL(auth.domain).host, expiresAt: auth.expires * 1_000 };
    },
  });
  const desk = createDesk(client, { storage: browserStorage() });
  desk.drafts.write("1", "as long as the page");
  const show = (text: string): void => {
    document.body.appendChild(document.createElement("p")).textContent = text;
  };
  client.subscribe<{ messageAdded: { content: { text: string | null } } }>(
    "subscription Heard($after: EventCursor) { messageAdded(after: $after) { __typename cursor content { text } } }",
    {},
    {
      next: ({ messageAdded }) => show(messageAdded.content.text ?? ""),
      error: ({ message }) => show(`ended: ${message}`),
    },
  );
}

void run();
