import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startBrowser, type TestBrowser } from "../kit/browser.ts";
import { runScript } from "../kit/program.ts";
import { eventually, until } from "../kit/until.ts";
import { axeFindings } from "./axe-findings.ts";
import { complaints, openInboxScene } from "./inbox-scene.ts";

let browser: TestBrowser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser.close());

test("an operator finds a conversation, reads what the customer writes as it comes, answers with text and a file, without any other host", async () => {
  const scene = await openInboxScene();
  const [, anna] = scene.portal.users;
  if (anna === undefined) throw new Error("nobody");
  const [chatId] = await scene.chatsOf(anna, "ASSIGNED");
  const watched = await scene.enter(browser, anna);
  const { page } = watched;
  await page.getByRole("status").getByText("Live").waitFor();
  await page.locator(`a[href="#/chats/${chatId}"]`).click();
  await page.locator(".message").first().waitFor();

  scene.portal.world.customerWrites(
    Number(chatId),
    "Is my [b]parcel[/b] on its way? [color=#ff0000]<script>alert(1)</script>[/color]",
  );
  await page.locator(".message b").getByText("parcel").waitFor();
  await page.locator(".message [data-color]").getByText("<script>alert(1)</script>").waitFor();
  await page.locator(".dialog-row").getByText("on its way?").waitFor();

  await page.getByLabel("Write a message").fill("It left this morning.");
  await page.keyboard.press("Enter");
  await page.locator(".message:not([data-outgoing])").getByText("It left this morning.").waitFor();
  expect(await page.locator(".message").getByText("It left this morning.").count()).toBe(1);

  const file = { name: "label.txt", mimeType: "text/plain", buffer: Buffer.from("Parcel 17") };
  await page.locator("input[type=file]").setInputFiles(file);
  await page.locator(".message .file-card").getByText("label.txt").waitFor();
  await eventually(async () => expect(await page.locator(".outgoing-files li").count()).toBe(0));
  expect(complaints(watched)).toEqual([]);
  expect(watched.foreignRequests(scene.gateway.url)).toEqual([]);
});

test("two windows are two people: each sees what the other does, and what is done in the portal itself", async () => {
  const scene = await openInboxScene();
  const { people, chatId } = await scene.sharedChat();
  const [anna, marek] = people;
  const hers = await scene.enter(browser, anna, `#/chats/${chatId}`);
  const his = await scene.enter(browser, marek, `#/chats/${chatId}`);
  for (const { page } of [hers, his]) await page.locator(".chat-header .state").getByText("Waiting").waitFor();

  await hers.page.getByRole("button", { name: "Answer" }).press("Enter");
  await hers.page.locator(".chat-header").getByText("In progress").waitFor();
  // The button is gone: one goes on where one writes.
  await hers.page.locator("textarea:focus").waitFor();
  await his.page.locator(".chat-header").getByText(anna.name).waitFor();

  await his.page.getByRole("button", { name: "Take over" }).click();
  await hers.page.locator(".chat-header").getByText(marek.name).waitFor();
  // Also whoever has been reading what was said before sees what he writes.
  await his.page.evaluate("document.querySelector('.scroller').scrollTo(0, 0)");
  await his.page.getByLabel("Write a message").fill("I have your order here.");
  await his.page.keyboard.press("Enter");
  await hers.page.locator(".message").getByText("I have your order here.").waitFor();

  await his.page.getByRole("button", { name: "Transfer" }).click();
  await his.page.getByRole("dialog").locator("input:focus").waitFor();
  await his.page.keyboard.type(anna.name);
  await his.page.getByRole("dialog").getByText(anna.name).click();
  await hers.page.locator(".chat-header").getByText(anna.name).waitFor();
  await his.page.locator(".conversation :is(textarea, .scroller):focus").waitFor();

  await hers.page.getByRole("button", { name: "More actions" }).click();
  await hers.page.getByRole("menuitem", { name: "Pin to me" }).click();
  await hers.page.getByLabel("Pinned to its operator").waitFor();

  await scene.actInPortal(marek, "imopenlines.session.intercept", chatId);
  await hers.page.locator(".chat-header").getByText(marek.name).waitFor();
  // Of these no event tells, and the list does not know them.
  await scene.actInPortal(marek, "imopenlines.session.mode.silent", chatId, { ACTIVATE: "Y" });
  await hers.page.getByLabel("Silent mode").waitFor();
  // Where one wrote is gone without anything that one did.
  await his.page.locator("textarea").focus();
  await scene.actInPortal(marek, "imopenlines.operator.transfer", chatId, { TRANSFER_ID: anna.id });
  await his.page.locator(".cannot-send").waitFor();
  await his.page.locator(".conversation .scroller:focus").waitFor();
  for (const watched of [hers, his]) {
    expect(complaints(watched)).toEqual([]);
    expect(watched.foreignRequests(scene.gateway.url)).toEqual([]);
  }
});

test("an operator answers one message among several, likes it, is seen to write, and arranges his list", async () => {
  const scene = await openInboxScene();
  const [, anna] = scene.portal.users;
  if (anna === undefined) throw new Error("nobody");
  const { world } = scene.portal;
  const [chatId = ""] = await scene.chatsOf(anna, "ASSIGNED");
  const watched = await scene.enter(browser, anna, `#/chats/${chatId}`);
  const { page } = watched;
  await page.locator(".message").first().waitFor();
  const asked = world.customerWrites(Number(chatId), "Which colour is it?");
  world.customerWrites(Number(chatId), "And how long does it take?");
  const message = page.locator('.message[data-by="customer"]', { hasText: "Which colour is it?" });
  await message.locator(".formatted-text").waitFor();

  await message.getByRole("button", { name: "Like" }).click();
  await eventually(() => expect(asked.params.LIKE).toEqual([anna.id]));
  await message.locator(".like[aria-pressed=true]").getByText("1").waitFor();
  await message.getByRole("button", { name: "Reply" }).click();
  const typing = page.waitForRequest((request) => request.postData()?.includes("ShowTyping") === true);
  await page.keyboard.type("Blue.");
  expect((await (await typing).response())?.status()).toBe(200);
  await page.keyboard.press("Enter");
  await page.locator(".message:not([data-outgoing]) .quotation").getByText("Which colour is it?").waitFor();
  expect(world.chat(Number(chatId)).messages.findLast(({ text }) => text.includes("Blue."))?.params.REPLY_ID).toBe(
    asked.id,
  );
  await message.getByRole("button", { name: "Like" }).click();
  await message.locator(".like[aria-pressed=false]").waitFor();
  await page.reload();
  await message.locator(".like[aria-pressed=false]").waitFor();
  await page.locator(".message .quotation").getByText("Which colour is it?").waitFor();

  const row = page.locator(".dialog-place", { has: page.locator(`a[href="#/chats/${chatId}"]`) });
  const choose = async (name: string) => {
    await row.hover();
    await row.getByRole("button", { name: /^Actions/ }).click();
    await page.getByRole("menuitem", { name, exact: true }).click();
  };
  await choose("Pin to the top");
  await row.getByLabel("Pinned to the top").waitFor();
  await choose("Mute");
  await row.getByLabel("Muted").waitFor();
  await choose("Mark as unread");
  await row.getByLabel("Marked as unread").waitFor();
  await choose("Do not pin");
  await eventually(async () => expect(await row.getByLabel("Pinned to the top").count()).toBe(0));
  expect(complaints(watched)).toEqual([]);
});

test("an operator sees in his conversation who has read it in the portal itself, and whoever helped leaves it", async () => {
  const scene = await openInboxScene();
  const { people, chatId } = await scene.sharedChat();
  const [anna, marek] = people;
  await scene.actInPortal(anna, "imopenlines.operator.answer", chatId);
  await scene.actInPortal(marek, "imopenlines.session.join", chatId);
  const { world } = scene.portal;
  const hers = await scene.enter(browser, anna, `#/chats/${chatId}`);
  const his = await scene.enter(browser, marek, `#/chats/${chatId}`);
  for (const { page } of [hers, his]) await page.locator(".message").first().waitFor();
  await his.page.goto("about:blank");
  world.customerWrites(Number(chatId), "Has anybody read this?");
  await hers.page.locator(".message:not(.announced)").getByText("Has anybody read this?").waitFor();
  await hers.page.bringToFront();
  await scene.actInPortal(marek, "im.dialog.read", chatId);
  await hers.page.locator(".readers").getByText(marek.name).waitFor();

  await his.page.goBack();
  const { page } = his;
  await page.getByRole("tab", { name: /^Colleagues/ }).click();
  const row = page.locator(".dialog-place", { has: page.locator(`a[href="#/chats/${chatId}"]`) });
  await row.hover();
  await row.getByRole("button", { name: /^Actions/ }).click();
  await page.getByRole("menuitem", { name: "Leave", exact: true }).click();
  await eventually(async () => expect(await row.count()).toBe(0));
  expect(world.chat(Number(chatId)).members.has(marek.id)).toBe(false);
  expect(complaints(hers)).toEqual([]);
});

test("a supervisor saves what the filter lets through as a table", async () => {
  const scene = await openInboxScene();
  const [helena] = scene.portal.users;
  if (helena === undefined) throw new Error("nobody");
  const watched = await scene.enter(browser, helena, "#/supervisor/sessions");
  const { page } = watched;
  await page.getByLabel("State").selectOption({ label: "In progress" });
  await page.locator(".session-table a").first().waitFor();
  await eventually(async () =>
    expect(new Set(await page.locator(".session-table .state").allTextContents())).toEqual(new Set(["In progress"])),
  );
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export as CSV" }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toBe("sessions.csv");
  const [names = "", ...rows] = readFileSync(await file.path(), "utf8")
    .trimEnd()
    .split("\r\n");
  expect(names).toMatch(/^\uFEFFid,chatId,title,customer,/);
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.filter((row) => !row.includes(",ANSWERED,"))).toEqual([]);
  expect(rows.length).toBeGreaterThanOrEqual(await page.locator(".session-table tbody tr").count());
  expect(complaints(watched)).toEqual([]);
});

test("a gateway that is killed and started again loses nothing that was said, doubles nothing, and sends what was written meanwhile", async () => {
  const program = runScript("start", { environment: { GATEWAY_PORT: "0", PORTAL_SIZE: "0.1" } });
  await program.prints(/Ctrl-C ends both/);
  const inbox = await program.prints(/Inbox: +(\S+)/);
  const portal = await program.prints(/Simulated portal: +(\S+)/);
  const chatId = await program.prints(/Chat (\d+), /);
  const customerWrites = async (count: number, text: string) => {
    const body = JSON.stringify({ kind: "customerWrites", count, perSecond: 50, chatIds: [Number(chatId)], text });
    await fetch(`${portal}/__emit`, { method: "POST", headers: { "content-type": "application/json" }, body });
  };
  const watched = await browser.open();
  onTestFinished(() => watched.page.close());
  const { page } = watched;
  // All of it on the page, so that it can be counted.
  await page.setViewportSize({ width: 1280, height: 6_000 });
  await page.goto(`${inbox}#/chats/${chatId}`);
  await page.getByRole("button", { name: "Answer" }).click();
  await page.locator(".chat-header .state").getByText("In progress").waitFor();
  await customerWrites(5, "Before");
  const saying = (text: string) =>
    page.locator(".message:not([data-outgoing]) .formatted-text").getByText(new RegExp(`^${text}( \\d)?$`));
  await eventually(async () => expect(await saying("Before").count()).toBe(5));

  process.kill(Number(await program.prints(/Gateway process: +(\d+)/)), "SIGKILL");
  await page.getByRole("status").getByText("Connection lost").waitFor();
  await page.getByLabel("Write a message").fill("Written while nobody listened");
  await page.keyboard.press("Enter");
  await page.locator("[data-outgoing]").getByText("Written while nobody listened").waitFor();
  await customerWrites(5, "Meanwhile");

  await page.getByRole("status").getByText("Live").waitFor({ timeout: 60_000 });
  await eventually(async () => expect(await saying("Meanwhile").count()).toBe(5));
  await until(async () => (await saying("Written while nobody listened").count()) === 1, 90_000);
  await customerWrites(5, "After");
  await eventually(async () => expect(await saying("After").count()).toBe(5));
  expect(await page.locator("[data-outgoing]").count()).toBe(0);
  expect(await saying("Before").count()).toBe(5);
}, 180_000);

test("whoever uses a keyboard or a screen reader finds nothing in the way, on a phone as on a wide screen, light and dark", async () => {
  const scene = await openInboxScene();
  const { chat, places } = await scene.everyPlace();
  const found: string[] = [];
  for (const { person, place, shows } of places) {
    const { page } = await scene.enter(browser, person, place);
    for (const [width, colorScheme] of [
      [1440, "light"],
      [390, "dark"],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await page.locator(shows).first().waitFor();
      found.push(...(await axeFindings(page)).map((finding) => `${place} ${width} ${colorScheme}: ${finding}`));
    }
  }
  const { page } = await scene.enter(browser, chat.person, chat.place);
  await page.getByRole("button", { name: "Transfer" }).click();
  await page.locator(".targets li").first().waitFor();
  found.push(...(await axeFindings(page)));
  await page.keyboard.press("Escape");
  await eventually(async () => expect(await page.getByRole("dialog").count()).toBe(0));
  await page.getByRole("button", { name: "More actions" }).press("Enter");
  await page.keyboard.press("ArrowDown");
  found.push(...(await axeFindings(page)));
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Reply" }).last().press("Enter");
  await page.locator(".answered").waitFor();
  found.push(...(await axeFindings(page)));
  expect(found).toEqual([]);
});
