import { get } from "node:http";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { startBrowser, type TestBrowser, type WatchedPage } from "../kit/browser.ts";
import { keyFor, startGateway, type TestGateway } from "../kit/gateway.ts";
import { type Program, runScript } from "../kit/program.ts";
import { eventually } from "../kit/until.ts";
import { axeFindings } from "./axe-findings.ts";

let browser: TestBrowser;
let portal: RunningPortal;
let gateway: TestGateway;

beforeAll(async () => {
  browser = await startBrowser();
  portal = await startPortal({ size: 0.1 });
  const operators = portal.users.filter(({ role }) => role === "operator");
  const people = operators.map((user) => `${user.name} (operator):${keyFor(user)}-key-of-a-test`).join(",");
  gateway = await startGateway({ portal, env: { GATEWAY_EXPLORER: "true", GATEWAY_EXPLORER_PEOPLE: people } });
});

afterAll(async () => {
  await browser.close();
  await gateway.close();
  await portal.close();
});

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

async function openExplorer({ url }: { readonly url: string }): Promise<WatchedPage> {
  const watched = await browser.open();
  await watched.page.goto(new URL("/explorer", url).href);
  // The button is there before the editor is, and does nothing until then.
  await editor(watched.page).getByText("FirstLook").waitFor();
  return watched;
}

const FRAME = "https://sandbox.embed.apollographql.com";
/** As far as the page sees it: a frame of Apollo's, here with what it was given in it. */
const SANDBOX_SCRIPT = `window.EmbeddedSandbox = class {
  constructor(options) {
    const frame = document.createElement("iframe");
    frame.src = "${FRAME}/sandbox/explorer";
    const given = document.createElement("p");
    given.textContent = JSON.stringify(options);
    document.querySelector(options.target).append(frame, given);
  }
};`;
const SPEAKING_FRAME = '<script>parent.postMessage({ name: "ExplorerListeningForHandshake" }, "*")</script>';
const LARGEST_FIRST_LOAD = 1_200_000;

/** Bytes of an answer as a browser asks for it. */
function compressedBytes(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(address, { headers: { "accept-encoding": "gzip, br" } }, async (response) => {
      let bytes = 0;
      for await (const chunk of response) bytes += chunk.length;
      resolve(bytes);
    }).on("error", reject);
  });
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
  await eventually(async () => expect(await editor(page).textContent()).toBe(""));
  await editor(page).click();
  await page.keyboard.insertText(document);
  await eventually(async () => expect(await editor(page).textContent()).not.toBe(""));
  await page.locator(".graphiql-execute-button").click();
}

test("the explorer answers a first query as the first of the demo's people and says what it cost, without any other host", async () => {
  const { page, consoleErrors, foreignRequests } = await openExplorer(gateway);
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
  expect(foreignRequests(gateway.url)).toEqual([]);
});

test("the explorer's first load is small, completes fields and variables, and fits a phone", async () => {
  const { page, consoleErrors } = await browser.open();
  const loaded = new Set<string>();
  page.on("request", (request) => request.method() === "GET" && loaded.add(request.url()));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(new URL("/explorer", gateway.url).href);
  await editor(page).getByText("FirstLook").waitFor();
  const runButton = page.locator(".graphiql-execute-button");
  await runButton.click();
  await answer(page).getByText("Anna Johnson").first().waitFor();
  const [above, below] = await Promise.all([runButton.boundingBox(), answer(page).boundingBox()]);
  expect(below?.y).toBeGreaterThan(above?.y ?? Number.POSITIVE_INFINITY);
  expect(below?.width).toBeGreaterThan(300);
  const docs = page.getByRole("button", { name: "Show Documentation Explorer" });
  await docs.click();
  expect((await page.locator(".graphiql-plugin").boundingBox())?.width).toBeGreaterThan(380);
  await page.getByRole("button", { name: "Hide Documentation Explorer" }).click();

  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: "New tab" }).click();
  await eventually(async () => expect(await editor(page).textContent()).toBe(""));
  await editor(page).click();
  await page.keyboard.type("query ($first: Int) { inbox(first: $first) { no");
  await page.locator(".suggest-widget").getByText("nodes").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Variables", exact: true }).click();
  await page.locator(".graphiql-editor-tool .view-lines").first().click();
  await page.keyboard.type('{ "first": tr');
  await page.locator(".graphiql-editor-tool .squiggly-error").first().waitFor();

  expect([...loaded].some((address) => address.includes("editor-worker"))).toBe(true);
  const sizes = await Promise.all([...loaded].filter((each) => !each.startsWith("blob:")).map(compressedBytes));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(LARGEST_FIRST_LOAD);
  expect(consoleErrors).toEqual([]);
});

test("whoever uses a keyboard or a screen reader finds nothing in the way of the explorer, its builder and its documentation", async () => {
  const { page } = await openExplorer(gateway);
  const tabs = page.getByRole("list", { name: "Select active operation" });
  await tabs.getByRole("button", { name: "Inbox", exact: true }).press("Enter");
  await tabs.locator('[aria-current="true"]').getByText("Inbox").waitFor();
  const found = [...(await axeFindings(page))];
  for (const [open, shown] of [
    ["Show Documentation Explorer", ".graphiql-doc-explorer-root-type"],
    ["Show GraphiQL Explorer", ".graphiql-explorer-root input"],
  ] as const) {
    await page.getByRole("button", { name: open }).click();
    await page.locator(shown).first().waitFor();
    found.push(...(await axeFindings(page)).map((finding) => `${open}: ${finding}`));
  }
  expect(found).toEqual([]);
});

test("a subscription in the explorer receives events, and goes on at its cursor when the gateway was started again", async () => {
  const demo = await startDemo();
  const { page, consoleErrors, foreignRequests, frames } = await openExplorer(demo);
  await page.getByLabel("Acting as").selectOption({ label: "Helena Brandt (supervisor)" });
  await run(page, "subscription ($after: EventCursor) { openLineEvents(after: $after) { __typename cursor } }");
  await answer(page).getByText("MessageAdded").first().waitFor();
  // Events are read for, too; what came over the socket tells it.
  await page.getByText(/^\d+ requests? to the portal, \d+ commands?/).waitFor();
  expect(consoleErrors).toEqual([]);

  const begun = frames.length;
  process.kill(Number(await demo.program.prints(/Gateway process: +(\d+)/)), "SIGKILL");
  const since = () => frames.slice(begun);
  await eventually(() => expect(since().some(({ text }) => text.includes('"StreamGap"'))).toBe(true));
  const again = since().find(({ isSent, text }) => isSent && text.includes('"type":"subscribe"'));
  const cursors = frames.flatMap(({ isSent, text }) => (isSent ? [] : (/"cursor":"([^"]+)"/.exec(text)?.[1] ?? [])));
  expect(cursors).toContain(JSON.parse(again?.text ?? "{}").payload.variables.after);
  expect(foreignRequests(demo.url)).toEqual([]);
});

test("a browser at the address of the API is led to the explorer within two seconds where Sandbox cannot be loaded, and told so", async () => {
  const { page, consoleErrors, foreignRequests } = await browser.open();
  // As where Apollo's servers are not reached; a name that is looked up for long is another way of it, bounded by the page itself.
  await page.route("https://*.apollographql.com/**", (route) => route.abort());
  await page.goto(gateway.url);
  await page.waitForURL(/\/explorer/, { timeout: 2_000 });
  await page.getByRole("status").getByText("Apollo Sandbox could not be loaded").waitFor();
  expect(foreignRequests(gateway.url).every((address) => address.includes("apollographql.com"))).toBe(true);
  expect(consoleErrors.filter((text) => !text.includes("net::ERR_FAILED"))).toEqual([]);
});

test("servers of Apollo that do not answer are given up within two seconds", async () => {
  const { page } = await browser.open();
  await page.route("https://*.apollographql.com/**", () => undefined);
  await page.goto(gateway.url, { waitUntil: "commit" });
  await page.waitForURL(/\/explorer/, { timeout: 4_000, waitUntil: "commit" });
  await page.getByRole("status").getByText("Apollo Sandbox could not be loaded").waitFor();
});

test("a Sandbox whose script comes, but whose frame does not or says nothing, gives way to the explorer", async () => {
  const { page } = await browser.open();
  let frame: "unreachable" | "silent" = "unreachable";
  await page.route("https://embeddable-sandbox.cdn.apollographql.com/**", (route) =>
    route.fulfill({ contentType: "text/javascript", body: SANDBOX_SCRIPT }),
  );
  await page.route(`${FRAME}/**`, (route) =>
    frame === "silent" ? route.fulfill({ contentType: "text/html", body: "not the Sandbox" }) : route.abort(),
  );
  for (const how of ["unreachable", "silent"] as const) {
    frame = how;
    await page.goto(gateway.url, { waitUntil: "commit" });
    await page.waitForURL(/\/explorer/, { timeout: 6_000, waitUntil: "commit" });
    await page.getByRole("status").getByText("Apollo Sandbox could not be loaded").waitFor();
  }
});

test("where Sandbox can be loaded it gets the first operation, a key and the address for subscriptions, and no telemetry; the switch is remembered", async () => {
  const { page } = await browser.open();
  await page.route("https://embeddable-sandbox.cdn.apollographql.com/**", (route) =>
    route.fulfill({ contentType: "text/javascript", body: SANDBOX_SCRIPT }),
  );
  await page.route(`${FRAME}/**`, (route) => route.fulfill({ contentType: "text/html", body: SPEAKING_FRAME }));
  await page.goto(gateway.url);
  await page.getByRole("status").getByText("Apollo Sandbox, loaded from Apollo's servers.").waitFor();
  const options = JSON.parse((await page.locator("#sandbox").getByText("FirstLook").textContent()) ?? "{}");
  expect(options).toMatchObject({
    initialEndpoint: gateway.url,
    initialSubscriptionEndpoint: gateway.url.replace("http:", "ws:"),
    runTelemetry: false,
    initialState: { headers: { "X-Api-Key": "anna-27-key-of-a-test" } },
  });
  await page.getByText("Use the gateway's own explorer").click();
  await page.waitForURL(/\/explorer$/);
  await page.goto(gateway.url);
  await page.waitForURL(/\/explorer$/);
  await page.getByText("Apollo Sandbox").click();
  await page.locator("#sandbox").getByText("FirstLook").waitFor();
});
