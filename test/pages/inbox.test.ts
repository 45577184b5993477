import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "../kit/browser.ts";
import { complaints, openInboxScene } from "./inbox-scene.ts";

let browser: TestBrowser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser.close());

test("an operator finds a conversation, reads what the customer writes as it comes, and answers, without any other host", async () => {
  const scene = await openInboxScene();
  const [, anna] = scene.portal.users;
  if (anna === undefined) throw new Error("nobody");
  const [chatId] = await scene.chatsOf(anna, "ASSIGNED");
  const watched = await scene.enter(browser, anna);
  const { page } = watched;
  await page.getByRole("status").getByText("Live").waitFor();
  await page.locator(`a[href="#/chats/${chatId}"]`).click();
  await page.locator(".message").first().waitFor();

  scene.portal.world.customerWrites(Number(chatId), "Is my parcel on its way?");
  await page.locator(".message").getByText("Is my parcel on its way?").waitFor();
  await page.locator(".dialog-row").getByText("Is my parcel on its way?").waitFor();

  await page.getByLabel("Write a message").fill("It left this morning.");
  await page.keyboard.press("Enter");
  await page.locator(".message:not([data-outgoing])").getByText("It left this morning.").waitFor();
  expect(await page.locator(".message").getByText("It left this morning.").count()).toBe(1);
  expect(complaints(watched)).toEqual([]);
  expect(watched.foreignRequests(scene.gateway.url)).toEqual([]);
});
