import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startBrowser, type TestBrowser } from "../kit/browser.ts";
import { keyFor } from "../kit/gateway.ts";
import { openLiveOffice } from "../kit/live-office.ts";
import { openInFrame } from "../kit/portal-frame.ts";
import { eventually } from "../kit/until.ts";
import { servePage } from "./page.ts";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

test("inside a frame of the portal the next token is handed over on the open socket, before the one in use ends", async () => {
  const { portal, gateway } = await openLiveOffice({}, ({ url }) => ({
    BITRIX24_PORTALS: new URL(url).host,
    GATEWAY_CORS_ORIGINS: "loopback",
  }));
  const [, operator] = portal.users;
  if (operator === undefined) throw new Error("nobody");
  const { data } = await gateway.graphql(
    "query ($me: [ID!]) { inbox(first: 20, filter: { operatorIds: $me, states: [ASSIGNED] }) { nodes { id chat { connector { id } } } } }",
    { me: [String(operator.id)] },
    { key: keyFor(operator) },
  );
  const nodes: readonly { readonly id: string; readonly chat: { readonly connector: { readonly id: string } } }[] =
    data?.inbox?.nodes ?? [];
  const chatId = Number(nodes.find(({ chat }) => !["livechat", "myconnector"].includes(chat.connector.id))?.id);

  const address = new URL(await servePage("apps/frame-app.ts"));
  // Another site than the portal's, as in life: the browser denies such a frame its storage and its locks.
  address.hostname = "localhost";
  address.searchParams.set("url", gateway.url);
  const watched = await browser.open();
  onTestFinished(() => watched.page.close());
  const tokens: string[] = [];
  const frame = await openInFrame(watched.page, address.href, {
    portal,
    userId: operator.id,
    // The client asks for the next when three quarters of such a short life are over.
    livesForSeconds: 6,
    onToken: (token) => tokens.push(token),
  });
  const sent = (pattern: RegExp) => watched.frames.filter(({ isSent, text }) => isSent && pattern.test(text)).length;
  const accepted = () => watched.frames.filter(({ isSent, text }) => !isSent && text.includes('"renewed":true')).length;
  await expect(frame.evaluate(() => localStorage.length)).rejects.toThrow("Access is denied");
  await eventually(() => expect(sent(/"subscribe"/)).toBe(1));

  await eventually(() => expect(accepted()).toBeGreaterThan(1));
  expect(tokens.length).toBeGreaterThan(2);
  portal.world.customerWrites(chatId, "Said after the first token was replaced");
  await frame.getByText("Said after the first token was replaced").waitFor();
  expect([sent(/connection_init/), sent(/"subscribe"/)]).toEqual([1, 1]);
  expect(watched.consoleErrors).toEqual([]);
});
