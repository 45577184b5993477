import type { Frame, Page } from "playwright-core";
import type { RunningPortal } from "../../simulator/portal.ts";

interface FrameOptions {
  readonly portal: RunningPortal;
  /** Who is logged in; the first operator by default. */
  readonly userId?: number | undefined;
  /** How long a token is said to live; 3600 by default, as everywhere. */
  readonly livesForSeconds?: number | undefined;
  readonly onToken?: ((accessToken: string) => void) | undefined;
}

/** Opens an address in a frame of a page of the portal, which hands out tokens of a user as Bitrix24's own page does. */
export async function openInFrame(page: Page, address: string, options: FrameOptions): Promise<Frame> {
  const { portal, userId, livesForSeconds, onToken } = options;
  page.on("response", async (response) => {
    if (response.url().endsWith("/__frame-token")) onToken?.((await response.json()).accessToken);
  });
  const portalPage = new URL("/__frame", portal.url);
  portalPage.searchParams.set("app", address);
  if (userId !== undefined) portalPage.searchParams.set("user", String(userId));
  if (livesForSeconds !== undefined) portalPage.searchParams.set("seconds", String(livesForSeconds));
  await page.goto(portalPage.href);
  const frame = page.frames().find((each) => each.parentFrame() !== null);
  if (frame === undefined) throw new Error("no frame");
  return frame;
}
