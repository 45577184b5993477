import type { Frame, Page } from "playwright-core";
import type { RunningPortal } from "../../simulator/portal.ts";

interface FrameOptions {
  readonly portal: RunningPortal;
  /** Who is logged in; an operator by default. */
  readonly userId?: number | undefined;
  /** How long a token is said to live; 3600 by default, as everywhere. */
  readonly livesForSeconds?: number | undefined;
  readonly onToken?: ((accessToken: string) => void) | undefined;
}

/** Opens an address in a frame of a page of the portal, which hands out tokens of a user as Bitrix24's own page does. */
export async function openInFrame(page: Page, address: string, options: FrameOptions): Promise<Frame> {
  const { portal, livesForSeconds = 3_600, onToken } = options;
  const userId = options.userId ?? portal.users.find(({ role }) => role === "operator")?.id ?? 0;
  await page.exposeFunction("newToken", () => {
    const { accessToken, refreshToken } = portal.issueTokens(userId);
    onToken?.(accessToken);
    return {
      AUTH_ID: accessToken,
      REFRESH_ID: refreshToken,
      AUTH_EXPIRES: String(livesForSeconds),
      MEMBER_ID: portal.memberId,
      IS_ADMIN: false,
    };
  });
  const host = new URL(portal.url).host;
  const name = `${host}|0|application-1`;
  await page.route(`${portal.url}/favicon.ico`, (route) => route.fulfill({ status: 204 }));
  // A page of the portal that is there, whatever it shows; then what Bitrix24 would show.
  await page.goto(`${portal.url}/__stats`);
  await page.setContent(`<!doctype html><link rel="icon" href="data:,"><script>
addEventListener("message", async ({ data, source, origin }) => {
  const [command, ...rest] = String(data).split(":");
  const id = rest.at(-2);
  const common = { DOMAIN: "${host}", PROTOCOL: "0", LANG: "en", PATH: "/rest", FIRST_RUN: false };
  if (command === "getInitData" || command === "refreshAuth")
    source.postMessage(id + ":" + JSON.stringify({ ...common, ...(await newToken()) }), origin);
});
</script><iframe name="${name}" src="${address}"></iframe>`);
  const frame = page.frame({ name });
  if (frame === null) throw new Error("no frame");
  return frame;
}
