import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { startBrowser, type TestBrowser } from "../kit/browser.ts";
import { startGateway, type TestGateway } from "../kit/gateway.ts";
import { axeFindings } from "./axe-findings.ts";

let browser: TestBrowser;
let portal: RunningPortal;
let gateway: TestGateway;

beforeAll(async () => {
  browser = await startBrowser();
  portal = await startPortal({ size: 0.1 });
  const people = "Anna (operator):demo-key-for-everyone";
  gateway = await startGateway({ portal, env: { GATEWAY_EXPLORER: "true", GATEWAY_EXPLORER_PEOPLE: people } });
});

afterAll(async () => {
  await browser.close();
  await gateway.close();
  await portal.close();
});

function at(path: string): string {
  return new URL(path, gateway.url).href;
}

test("a person comes from the first page to a guide, finds something by a word, and no link of the guides leads nowhere", async () => {
  const { page, consoleErrors, foreignRequests } = await browser.open();
  await page.goto(at("/"));
  await page.getByRole("link", { name: "Guides" }).click();
  const side = page.getByRole("navigation", { name: "Guides" });
  await side.getByRole("link", { name: "Live events", exact: true }).click();
  await page.getByRole("heading", { name: "Gaps and losses" }).waitFor();

  await page.getByLabel("Search").fill("ChatMutePayload");
  await page.locator("#found").getByRole("link", { name: "Schema: ChatMutePayload" }).click();
  await page.waitForURL(/\/docs\/schema#ChatMutePayload$/);

  const addresses = await side.locator(":scope > ul > li > a").evaluateAll(hrefs);
  expect(addresses.length).toBeGreaterThan(10);
  const broken: string[] = [];
  const known = new Set<string>();
  for (const address of addresses) {
    await page.goto(at(address));
    for (const link of (await page.locator("main a").evaluateAll(hrefs)).filter((each) => !/^https?:/.test(each))) {
      const target = new URL(link, page.url());
      if (known.has(target.pathname)) continue;
      known.add(target.pathname);
      if ((await page.request.get(target.href)).status() !== 200) broken.push(`${address}: ${link}`);
    }
  }
  expect(broken).toEqual([]);
  expect(consoleErrors).toEqual([]);
  expect(foreignRequests(gateway.url)).toEqual([]);
});

function hrefs(links: readonly { getAttribute(name: string): string | null }[]): string[] {
  return links.map((link) => link.getAttribute("href") ?? "");
}

test("each REST method has an address of its own, to which the explorer's documentation leads", async () => {
  const { page } = await browser.open();
  await page.goto(at("/docs/methods#im.chat.mute"));
  expect(await page.locator(":target").textContent()).toBe("im.chat.mute");
});

test.each([390, 800, 1280])("no page is wider than a window of %i pixels, in light and in dark", async (width) => {
  const { page } = await browser.open();
  await page.setViewportSize({ width, height: 800 });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const path of ["/", "/docs", "/docs/errors", "/docs/settings", "/docs/schema", "/docs/nothing"]) {
      await page.goto(at(path));
      const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
      expect([path, overflow]).toEqual([path, 0]);
    }
  }
});

test("whoever uses a keyboard or a screen reader finds nothing in the way of the guides, on a phone too", async () => {
  const { page } = await browser.open();
  await page.setViewportSize({ width: 360, height: 800 });
  const found: string[] = [];
  for (const path of ["/", "/docs/first-ten-minutes", "/docs/concepts", "/docs/settings", "/docs/nothing"]) {
    await page.goto(at(path));
    found.push(...(await axeFindings(page)).map((finding) => `${path}: ${finding}`));
  }
  expect(found).toEqual([]);
});
