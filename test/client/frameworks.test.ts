import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startBrowser, type TestBrowser } from "../kit/browser.ts";
import { eventually } from "../kit/until.ts";
import { openOperatorScene } from "./operator.ts";
import { servePage } from "./page.ts";
import { openWay } from "./way.ts";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

test.each([
  ["hooks of React", "apps/react-app.ts"],
  ["composables of Vue", "apps/vue-app.ts"],
])(
  "%s show an inbox and a chat that live, send, and keep a draft over a lost connection and a reload",
  async (_what, app) => {
    const { portal, url, key, chatIds } = await openOperatorScene({ GATEWAY_CORS_ORIGINS: "loopback" });
    const [chatId = ""] = chatIds;
    const way = await openWay(new URL(url).origin);
    const address = new URL(await servePage(app));
    address.search = String(new URLSearchParams({ url: way.url, key }));
    const { page, consoleErrors } = await browser.open();
    onTestFinished(() => page.close());
    await page.goto(address.href);
    await page.locator("#phase").getByText("connected").waitFor();
    await page.locator("#inbox").getByText(chatId, { exact: true }).click();
    await page.locator("#messages li").first().waitFor();

    portal.world.customerWrites(Number(chatId), "A question from outside");
    await page.locator("#messages").getByText("A question from outside").waitFor();
    await page.locator("#heard").getByText("A question from outside").waitFor();

    await page.locator("#draft").fill("An answer, begun");
    way.cut();
    await page.locator("#phase").getByText("waiting").or(page.locator("#phase").getByText("connected")).waitFor();
    portal.world.customerWrites(Number(chatId), "While nobody was connected");
    await page.locator("#messages").getByText("While nobody was connected").waitFor();
    expect(await page.locator("#draft").inputValue()).toBe("An answer, begun");
    await page.reload();
    await page.locator("#inbox").getByText(chatId, { exact: true }).click();
    await eventually(async () => expect(await page.locator("#draft").inputValue()).toBe("An answer, begun"));

    await page.locator("#messages li").first().waitFor();
    await page.locator("#send").click();
    await page.locator("#messages").getByText("An answer, begun").waitFor();
    await eventually(async () => expect(await page.locator("#outgoing li").count()).toBe(0));
    for (const text of ["A question from outside", "While nobody was connected", "An answer, begun"]) {
      expect(await page.locator("#messages").getByText(text).count()).toBe(1);
    }
    expect(consoleErrors.filter((text) => !/net::ERR_|WebSocket connection/.test(text))).toEqual([]);
  },
);

test.each(["react", "vue"])("what the client adds to %s is thin", (framework) => {
  const text = readFileSync(new URL(`../../client/src/${framework}/main.ts`, import.meta.url), "utf8");
  expect(text.split("\n").length).toBeLessThan(150);
});
