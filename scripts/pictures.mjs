// npm run pictures: takes the pictures of the README anew, of the demo with a world that is always the same. Needs Chromium.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { prepare, root } from "./prepare.mjs";
import { ensureSystemPackage } from "./system-packages.mjs";

const FOLDER = join(root, "docs", "pictures");
const SIZE = { width: 1280, height: 760 };

/** Each picture: the address, and what is done there before it is taken. */
const PICTURES = [
  {
    name: "explorer",
    path: "/explorer",
    async show(page) {
      await page.locator(".graphiql-query-editor .view-lines").getByText("FirstLook").waitFor();
      await page.locator(".graphiql-execute-button").click();
      await page.locator(".graphiql-response").getByText("Anna Johnson").first().waitFor();
    },
  },
  {
    name: "inbox",
    path: "/inbox",
    async show(page) {
      await page.getByText("Freya Preston").first().click();
      await page.getByText("Great. One less thing to worry about").nth(1).waitFor();
      await page.getByRole("heading", { name: "Freya Preston" }).waitFor();
      await page.locator("textarea").waitFor();
    },
  },
  {
    name: "inbox-phone",
    path: "/inbox",
    size: { width: 390, height: 760 },
    scheme: "dark",
    async show(page) {
      await page.locator(".dialog-row").nth(2).click();
      await page.locator(".message").first().waitFor();
    },
  },
  {
    name: "supervisor",
    path: "/inbox#/supervisor/statistics",
    scheme: "dark",
    async show(page) {
      await page.getByLabel("Acting as").selectOption({ label: "Helena Brandt (supervisor)" });
      await page.locator(".tiles").waitFor();
    },
  },
];

prepare();
ensureSystemPackage("chromium", "chromium");
mkdirSync(FOLDER, { recursive: true });
const demo = spawn(process.execPath, [join(root, "scripts", "start.mjs"), "--built"], {
  cwd: mkdtempSync(join(tmpdir(), "pictures-")),
  env: { ...process.env, GATEWAY_PORT: "0", PORTAL_SEED: "1", PORTAL_ACTIVITY: "0", PORTAL_OPERATOR_ACTIVITY: "0" },
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const origin = await address(demo);
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  for (const { name, path, size = SIZE, scheme = "light", show } of PICTURES) {
    const page = await browser.newPage({ viewport: size, colorScheme: scheme, locale: "en-GB" });
    await page.goto(new URL(path, origin).href);
    await show(page);
    // What is loaded for it, such as pictures of people.
    await page.waitForLoadState("networkidle");
    await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode().catch(() => undefined))));
    await page.screenshot({ path: join(FOLDER, `${name}.png`) });
    await page.close();
  }
  await browser.close();
} finally {
  demo.kill("SIGINT");
}

/** Resolves with the gateway's address once the demo has printed everything. */
function address({ stdout }) {
  let text = "";
  return new Promise((resolve, reject) => {
    stdout.on("data", (chunk) => {
      text += chunk;
      const found = /GraphQL: +(\S+)/.exec(text)?.[1];
      if (found !== undefined && text.includes("Ctrl-C")) resolve(found);
    });
    stdout.on("end", () => reject(new Error(`the demo ended:\n${text}`)));
  });
}
