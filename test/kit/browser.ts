import { type BrowserContext, chromium, type Page } from "playwright-core";

/** Nothing that Chromium does on its own: no updates, no look-ups, no syncing. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

export interface TestBrowser {
  /** Opens a page as a new visitor does: nothing is kept of what others did, such as the explorer's tabs. It is watched from its first request on. */
  open(): Promise<WatchedPage>;
  /** Opens another tab beside a page: its visitor's tabs have storage and channels in common. */
  openBeside(page: Page): Promise<WatchedPage>;
  close(): Promise<void>;
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors on the page's console, uncaught ones and refusals by its policy too. */
  readonly consoleErrors: readonly string[];
  /** What went over the page's sockets. */
  readonly frames: readonly SocketFrame[];
  /** Addresses on other hosts than the gateway's that the page asked for. */
  foreignRequests(gatewayUrl: string): readonly string[];
}

export interface SocketFrame {
  readonly isSent: boolean;
  readonly text: string;
}

/** Starts Debian's Chromium. */
export async function startBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: FLAGS });
  const newVisitor = async (): Promise<BrowserContext> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    // It decides only when a test that fails says so.
    context.setDefaultTimeout(120_000);
    return context;
  };
  return {
    open: async () => watchedPage(await newVisitor()),
    openBeside: (page) => watchedPage(page.context()),
    close: () => browser.close(),
  };
}

async function watchedPage(context: BrowserContext): Promise<WatchedPage> {
  const page = await context.newPage();
  const consoleErrors: string[] = [];
  const requested: string[] = [];
  const frames: SocketFrame[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") consoleErrors.push(message.text());
  });
  page.on("pageerror", (error) => consoleErrors.push(String(error)));
  page.on("request", (request) => requested.push(request.url()));
  page.on("websocket", (socket) => {
    requested.push(socket.url());
    socket.on("framesent", ({ payload }) => frames.push({ isSent: true, text: String(payload) }));
    socket.on("framereceived", ({ payload }) => frames.push({ isSent: false, text: String(payload) }));
  });
  return {
    page,
    consoleErrors,
    frames,
    foreignRequests: (gatewayUrl) =>
      requested.filter(
        (address) => /^(https?|wss?):/.test(address) && new URL(address).host !== new URL(gatewayUrl).host,
      ),
  };
}
