import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "../kit/browser.ts";
import { eventually } from "../kit/until.ts";
import { type InboxScene, openInboxScene } from "./inbox-scene.ts";

let browser: TestBrowser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser.close());

/** From now on the portal answers so; without faults as ever. */
async function play({ portal }: InboxScene, faults: readonly object[]): Promise<void> {
  await fetch(`${portal.url}/__faults`, { method: "POST", body: JSON.stringify(faults) });
}

test("a portal that does not answer is said to be slow, and is asked once more at once by whoever does not want to wait", async () => {
  const scene = await openInboxScene();
  const [, anna] = scene.portal.users;
  if (anna === undefined) throw new Error("nobody");
  const [chatId] = await scene.chatsOf(anna, "ASSIGNED");
  await play(scene, [{ kind: "hang" }]);
  const watched = await scene.enter(browser, anna, `#/chats/${chatId}`);
  const { page, frames } = watched;
  const list = page.getByLabel("Conversations", { exact: true });
  for (const place of [list, page.locator(".conversation")]) {
    await place.getByText("Bitrix24 is slow to answer.").waitFor();
    expect(await place.locator(".skeleton").count()).toBeGreaterThan(0);
  }
  const errors: string[] = [];
  page.on("response", async (response) => {
    const text = response.url().endsWith("/graphql") ? await response.text().catch(() => "") : "";
    if (text.includes('"errors"')) errors.push(text);
  });
  const asked = () => frames.filter(({ isSent, text }) => isSent && text.includes("inboxChanged")).length;
  expect(asked()).toBe(1);
  await page.locator(".conversation").getByRole("button", { name: "Try again" }).waitFor();
  // What hangs hangs on; what is asked from now on is answered.
  await play(scene, []);
  await list.getByRole("button", { name: "Try again" }).click();
  await eventually(() => expect(asked()).toBe(2));
  await page.locator(".conversation").getByRole("button", { name: "Try again" }).click();
  await page.locator(".message").first().waitFor();
  await page.locator(".chat-header .state").getByText("In progress").waitFor();
  // Nobody waited for the end of a call that hung.
  expect(errors).toEqual([]);
});

test("a portal that fails is told without a guess at what it would say, and when it is back the page is whole without a hand", async () => {
  const scene = await openInboxScene();
  const [helena, anna] = scene.portal.users;
  if (anna === undefined || helena === undefined) throw new Error("nobody");
  const [chatId] = await scene.chatsOf(anna, "ASSIGNED");
  await play(scene, [{ kind: "http", status: 503, body: "The portal is being updated." }]);
  const { page } = await scene.enter(browser, anna, `#/chats/${chatId}`);
  await page.locator(".conversation .failure").getByText("Bitrix24 cannot be reached.").waitFor();
  await page.locator(".dialog-list .failure").getByText("Bitrix24 cannot be reached.").waitFor();
  expect(await page.getByText("You have no open conversations.").count()).toBe(0);
  const statistics = await scene.enter(browser, helena, "#/supervisor/statistics");
  await statistics.page.locator(".failure").getByText("Bitrix24 cannot be reached.").waitFor();

  await play(scene, []);
  await page
    .locator(".dialog-list")
    .getByRole("tab", { selected: true, name: /^Mine \d/ })
    .waitFor();
  await page.locator(".chat-header .state").getByText("In progress").waitFor();
  await page.getByLabel("Write a message").waitFor();
  await statistics.page.locator(".tiles").waitFor();
  await statistics.page.locator(".filter-bar option").nth(1).waitFor({ state: "attached" });
  await eventually(async () => expect(await page.locator(".failure").count()).toBe(0));
});

test("whoever has no network is told that it is his own, and is back without a hand", async () => {
  const scene = await openInboxScene();
  const [, anna] = scene.portal.users;
  if (anna === undefined) throw new Error("nobody");
  const { page } = await scene.enter(browser, anna);
  await page.getByRole("status").getByText("Live").waitFor();
  await page.context().setOffline(true);
  await page.getByRole("status").getByText("You are offline").waitFor();
  await page.context().setOffline(false);
  await page.getByRole("status").getByText("Live").waitFor();
});
