import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "../kit/browser.ts";
import { eventually } from "../kit/until.ts";
import { complaints, openInboxScene } from "./inbox-scene.ts";

let browser: TestBrowser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser.close());

/** Puts a file down on a place of the page, as somebody does who drags it there. Resolves to whether the page kept the browser from showing it. */
function drop(page: Page, place: string, name: string): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["Parcel 17"], ${JSON.stringify(name)}, { type: "text/plain" }));
    const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector(${JSON.stringify(place)}).dispatchEvent(event);
    return event.defaultPrevented;
  })()`);
}

/** As office programs do it: the text, and a picture of it. */
const PASTE_TEXT_WITH_PICTURE = `(() => {
  const clipboardData = new DataTransfer();
  clipboardData.items.add("a b", "text/plain");
  clipboardData.items.add(new File(["…"], "cells.png", { type: "image/png" }));
  document.querySelector("textarea").dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
})()`;

/** What is wider than its place, or can be scrolled sideways. */
const WIDER = `[...document.querySelectorAll("body, main, section, .view, .scroller, .group-tabs, nav, header, .table-frame")]
  .filter((each) => each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.className || each.tagName)`;

test("what is begun stays with its conversation and its person: a file that failed, and words that were not sent", async () => {
  const scene = await openInboxScene();
  const { people, chatId } = await scene.sharedChat();
  const [anna, marek] = people;
  await scene.actInPortal(anna, "imopenlines.operator.answer", chatId);
  const watched = await scene.enter(browser, anna, `#/chats/${chatId}`);
  const { page } = watched;
  await page.route("**/uploads/**", (route) => route.abort());
  const write = page.getByLabel("Write a message");
  await write.fill("Only Anna began this");
  const file = { name: "label.txt", mimeType: "text/plain", buffer: Buffer.from("Parcel 17") };
  await page.locator("input[type=file]").setInputFiles(file);
  const failed = page.locator(".outgoing-files .failure");
  await failed.waitFor();

  await page.locator('.dialog-row:not([aria-current="true"])').first().click();
  await eventually(async () => expect(await failed.count()).toBe(0));
  await page.goBack();
  await failed.waitFor();
  expect(await write.inputValue()).toBe("Only Anna began this");
  await page.unroute("**/uploads/**");
  await failed.getByRole("button", { name: "Try again" }).click();
  await page.locator(".message .file-card").getByText("label.txt").waitFor();
  await eventually(async () => expect(await page.locator(".outgoing-files").count()).toBe(0));

  await scene.actInPortal(marek, "imopenlines.session.join", chatId);
  await page.getByLabel("Acting as").selectOption({ label: marek.name });
  await page.locator(".message").first().waitFor();
  expect(await write.inputValue()).toBe("");
  await page.getByLabel("Acting as").selectOption({ label: anna.name });
  await eventually(async () => expect(await write.inputValue()).toBe("Only Anna began this"));
  expect(complaints(watched).filter((text) => !text.includes("ERR_FAILED"))).toEqual([]);
});

test("a file that is put down on a conversation is sent, beside it nothing happens; a text that is pasted with a picture of itself is a text", async () => {
  const scene = await openInboxScene();
  const [, anna] = scene.portal.users;
  if (anna === undefined) throw new Error("nobody");
  const [chatId] = await scene.chatsOf(anna, "ASSIGNED");
  const { page } = await scene.enter(browser, anna, `#/chats/${chatId}`);
  await page.locator(".message").first().waitFor();
  await page.locator("textarea").waitFor();
  expect(await drop(page, ".dialog-list", "beside.txt")).toBe(true);
  expect(await drop(page, ".message-list", "label.txt")).toBe(true);
  await page.locator(".message .file-card").getByText("label.txt").waitFor();
  await page.evaluate(PASTE_TEXT_WITH_PICTURE);
  expect(await page.locator(".outgoing-files").count()).toBe(0);
  expect(await page.getByText("beside.txt").count()).toBe(0);
});

test("a supervisor reads a long past session to its beginning, and is told at its place that a page did not come", async () => {
  const scene = await openInboxScene();
  const [helena, anna] = scene.portal.users;
  if (anna === undefined || helena === undefined) throw new Error("nobody");
  const [chatId] = await scene.chatsOf(anna, "ASSIGNED");
  const { world } = scene.portal;
  for (let index = 0; index < 130; index += 1) world.customerWrites(Number(chatId), `Line ${index}`);
  const { sessionId } = world.chat(Number(chatId)).data;
  for (const _ of ["asks for a vote", "closes"])
    await scene.actInPortal(anna, "imopenlines.operator.finish", chatId ?? "");
  const watched = await scene.enter(browser, helena, `#/supervisor/sessions/${sessionId}`);
  const { page } = watched;
  const said = page.locator(".transcript .message").getByText("Line 129", { exact: true });
  await said.waitFor();
  await eventually(async () => {
    await page.evaluate("document.querySelector('.transcript .scroller').scrollTo(0, 0)");
    expect(await page.locator(".transcript .message").getByText("Line 0", { exact: true }).count()).toBe(1);
  });

  const isNextPage = (text: string | null) => text?.includes("query Sessions(") === true && text.includes('"after":"');
  await page.route("**/graphql", (route) =>
    isNextPage(route.request().postData()) ? route.abort() : route.fallback(),
  );
  await page.locator(".transcript").getByLabel("Close").click();
  await page.getByLabel("From").fill("2020-01-01");
  const rows = page.locator(".session-table tbody tr");
  await page.getByRole("button", { name: "Show more" }).click();
  await page.locator(".sessions-view .failure").waitFor();
  expect(await rows.count()).toBe(50);
  await page.unroute("**/graphql");
  await page.getByRole("button", { name: "Try again" }).click();
  await eventually(async () => expect(await rows.count()).toBeGreaterThan(50));
  expect(complaints(watched).filter((text) => !text.includes("ERR_FAILED"))).toEqual([]);
});

test("a supervisor is told of a page whose program did not come, and of a period without sessions", async () => {
  const scene = await openInboxScene();
  const [helena] = scene.portal.users;
  if (helena === undefined) throw new Error("nobody");
  const { page } = await scene.enter(browser, helena);
  await page.route("**/assets/supervisor-page-*.js", (route) => route.abort());
  await page.getByRole("link", { name: "Supervisor" }).click();
  await page.getByText("This page cannot be shown.").waitFor();
  await page.unroute("**/assets/supervisor-page-*.js");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".session-table a").first().waitFor();

  await page.getByRole("link", { name: "Statistics" }).click();
  await page.locator(".tiles").waitFor();
  await page.getByLabel("From").fill("2019-01-01");
  await page.getByLabel("To", { exact: true }).fill("2019-01-02");
  await page.getByText("No sessions in this period.").waitFor();
  expect(await page.locator(".tiles").count()).toBe(0);
});

/** Counts what is made of formats of dates: each takes long to make, and longer to throw away. */
const COUNT_FORMATS = `window.formats = 0;
Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, { construct(of, given) { window.formats += 1; return new of(...given); } });`;

test("a long conversation makes no formats of dates for each of its messages", async () => {
  const scene = await openInboxScene();
  const [, anna] = scene.portal.users;
  if (anna === undefined) throw new Error("nobody");
  const [chatId] = await scene.chatsOf(anna, "ASSIGNED");
  for (let index = 0; index < 40; index += 1) scene.portal.world.customerWrites(Number(chatId), `Line ${index}`);
  const { page } = await scene.enter(browser, anna);
  await page.addInitScript(COUNT_FORMATS);
  await page.reload();
  await page.locator(".dialog-row time").first().waitFor();
  const ofList = await page.evaluate<number>("window.formats");
  await page.locator(`a[href="#/chats/${chatId}"]`).click();
  await page.locator(".message").getByText("Line 39", { exact: true }).waitFor();
  expect(await page.locator(".message").count()).toBeGreaterThan(8);
  expect(ofList).toBeGreaterThan(0);
  expect(await page.evaluate<number>("window.formats")).toBe(ofList);
});

test("nothing is wider than a phone, in the language with the longest words", async () => {
  const scene = await openInboxScene();
  const { places } = await scene.everyPlace();
  const wide: string[] = [];
  for (const { person, place, shows } of places) {
    const { page } = await scene.enter(browser, person, place);
    await page.setViewportSize({ width: 360, height: 720 });
    await page.route("**/uploads/**", (route) => route.abort());
    for (const language of ["ru", "de"]) {
      await page.evaluate(`localStorage.setItem("inbox-language", "${language}")`);
      await page.reload();
      await page.locator(shows).first().waitFor();
      if (shows === ".message") {
        const file = {
          name: `${"a-long-name-".repeat(9)}.txt`,
          mimeType: "text/plain",
          buffer: Buffer.from("Parcel 17"),
        };
        await page.locator("input[type=file]").setInputFiles(file);
        await page.locator(".outgoing-files .failure").waitFor();
      }
      const found = await page.evaluate<readonly string[]>(WIDER);
      wide.push(...found.map((name) => `${place} ${language}: ${name}`));
    }
  }
  expect(wide).toEqual([]);
});
