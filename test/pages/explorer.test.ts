import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser, type TestBrowser, type WatchedPage } from "../kit/browser.ts";
import { type Program, runScript } from "../kit/program.ts";

let browser: TestBrowser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser.close());

interface Demo {
  readonly program: Program;
  /** Address of the GraphQL endpoint. */
  readonly url: string;
}

async function startDemo(environment: Record<string, string> = {}): Promise<Demo> {
  const small = { GATEWAY_PORT: "0", PORTAL_SIZE: "0.1", PORTAL_ACTIVITY: "60" };
  const program = runScript("start", { environment: { ...small, ...environment } });
  await program.prints(/Ctrl-C ends both/);
  return { program, url: await program.prints(/GraphQL: +(\S+)/) };
}

async function openExplorer({ url }: Demo): Promise<WatchedPage> {
  const watched = await browser.open();
  await watched.page.goto(new URL("/explorer", url).href);
  // The button is there before the editor is, and does nothing until then.
  await editor(watched.page).getByText("FirstLook").waitFor();
  return watched;
}

function editor(page: Page) {
  return page.locator(".graphiql-query-editor .view-lines");
}

function answer(page: Page) {
  return page.locator(".graphiql-response");
}

/** Puts a document into a tab of its own and runs it. */
async function run(page: Page, document: string): Promise<void> {
  await page.getByRole("button", { name: "New tab" }).click();
  await expect.poll(() => editor(page).textContent()).toBe("");
  await editor(page).click();
  await page.keyboard.insertText(document);
  await expect.poll(() => editor(page).textContent()).not.toBe("");
  await page.locator(".graphiql-execute-button").click();
}

test("the explorer answers a first query as the first of the demo's people and says what it cost, without any other host", async () => {
  const demo = await startDemo();
  const { page, consoleErrors, foreignRequests } = await openExplorer(demo);
  await page.locator(".graphiql-execute-button").click();
  await answer(page).getByText("Anna Johnson").first().waitFor();
  await page.getByText(/^\d+ requests? to the portal, \d+ commands?/).waitFor();

  await page.getByLabel("Acting as").selectOption({ label: "Marek Nowak (operator)" });
  await page.locator(".graphiql-execute-button").click();
  await answer(page).getByText("Marek Nowak").first().waitFor();

  await run(page, "mutation { chatAnswer(chatId: 999999999) { userErrors { code } } }");
  await answer(page).getByText("CHAT_NOT_FOUND").first().waitFor();
  await run(page, "{ viewer { nonsense } }");
  await answer(page).getByText("nonsense").first().waitFor();
  expect(consoleErrors.filter((text) => !text.includes("400 (Bad Request)"))).toEqual([]);
  expect(foreignRequests(demo.url)).toEqual([]);
});

test("a subscription in the explorer receives events, and goes on at its cursor when the gateway was started again", async () => {
  const demo = await startDemo();
  const { page, consoleErrors, foreignRequests, frames } = await openExplorer(demo);
  await page.getByLabel("Acting as").selectOption({ label: "Helena Brandt (supervisor)" });
  await run(page, "subscription ($after: EventCursor) { openLineEvents(after: $after) { __typename cursor } }");
  await answer(page).getByText("MessageAdded").first().waitFor();
  expect(consoleErrors).toEqual([]);

  const begun = frames.length;
  process.kill(Number(await demo.program.prints(/Gateway process: +(\d+)/)), "SIGKILL");
  const since = () => frames.slice(begun);
  await expect.poll(() => since().some(({ text }) => text.includes('"StreamGap"')), { timeout: 30_000 }).toBe(true);
  const again = since().find(({ isSent, text }) => isSent && text.includes('"type":"subscribe"'));
  const cursors = frames.flatMap(({ isSent, text }) => (isSent ? [] : (/"cursor":"([^"]+)"/.exec(text)?.[1] ?? [])));
  expect(cursors).toContain(JSON.parse(again?.text ?? "{}").payload.variables.after);
  expect(foreignRequests(demo.url)).toEqual([]);
});

test("a browser at the address of the API is led to the explorer within two seconds where Sandbox cannot be loaded, and told so", async () => {
  const demo = await startDemo();
  const { page, consoleErrors, foreignRequests } = await browser.open();
  // As where Apollo's servers are not reached; a name that is looked up for long is another way of it, bounded by the page itself.
  await page.route("https://*.apollographql.com/**", (route) => route.abort());
  await page.goto(demo.url);
  await page.waitForURL(/\/explorer/, { timeout: 2_000 });
  await page.getByRole("status").getByText("Apollo Sandbox could not be loaded").waitFor();
  expect(foreignRequests(demo.url).every((address) => address.includes("apollographql.com"))).toBe(true);
  expect(consoleErrors.filter((text) => !text.includes("net::ERR_FAILED"))).toEqual([]);
});

test("servers of Apollo that do not answer are given up within two seconds", async () => {
  const demo = await startDemo();
  const { page } = await browser.open();
  await page.route("https://*.apollographql.com/**", () => undefined);
  await page.goto(demo.url, { waitUntil: "commit" });
  await page.waitForURL(/\/explorer/, { timeout: 4_000, waitUntil: "commit" });
  await page.getByRole("status").getByText("Apollo Sandbox could not be loaded").waitFor();
});

test("where Sandbox can be loaded it gets the first operation, a key and the address for subscriptions, and no telemetry; the switch is remembered", async () => {
  const demo = await startDemo();
  const { page } = await browser.open();
  await page.route("https://*.apollographql.com/**", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: "window.EmbeddedSandbox = class { constructor(options) { document.querySelector(options.target).textContent = JSON.stringify(options); } };",
    }),
  );
  await page.goto(demo.url);
  const options = JSON.parse((await page.locator("#sandbox").getByText("FirstLook").textContent()) ?? "{}");
  expect(options).toMatchObject({
    initialEndpoint: demo.url,
    initialSubscriptionEndpoint: demo.url.replace("http:", "ws:"),
    runTelemetry: false,
    initialState: { headers: { "X-Api-Key": "demo-api-key-of-anna" } },
  });
  await page.getByText("Use the gateway's own explorer").click();
  await page.waitForURL(/\/explorer$/);
  await page.goto(demo.url);
  await page.waitForURL(/\/explorer$/);
  await page.getByText("Apollo Sandbox").click();
  await page.locator("#sandbox").getByText("FirstLook").waitFor();
});
