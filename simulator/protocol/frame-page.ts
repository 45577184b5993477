import type { ServerResponse } from "node:http";
import type { RestEndpoint } from "./rest-endpoint.ts";

/** Life of a token as every portal tells it, in seconds. */
const HOUR = 3_600;

/**
 * A page of the portal with an application in a frame, for the user it is open for: it answers what the frame asks as Bitrix24's own page
 * does, with the first token and with each further one. Query: `app`, the address of the application; `user`, an id; `seconds`, the life that
 * the page tells of its tokens.
 */
export function serveFramePage(endpoint: RestEndpoint, query: URLSearchParams, response: ServerResponse): void {
  const app = query.get("app") ?? "";
  const userId = Number(query.get("user") ?? firstOperator(endpoint));
  const seconds = Number(query.get("seconds") ?? HOUR);
  const problem = problemOf(endpoint, app, userId, seconds);
  response.writeHead(problem === undefined ? 200 : 400, { "content-type": "text/html; charset=utf-8" });
  if (problem !== undefined) return void response.end(`<!doctype html><p>${problem}</p>`);
  const { portal, world } = endpoint.engine;
  const host = new URL(portal.url).host;
  response.end(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Simulated portal</title>
<link rel="icon" href="data:,">
<style>
  body { display: grid; grid-template-rows: auto 1fr; height: 100vh; margin: 0; font: 14px system-ui; color-scheme: light dark; }
  header { padding: 8px 12px; }
  iframe { border: 0; width: 100%; height: 100%; }
</style>
<script>
  let handedOut = 0;
  addEventListener("message", async ({ data, source, origin }) => {
    const [command, ...rest] = String(data).split(":");
    if (command !== "getInitData" && command !== "refreshAuth") return;
    const answer = await fetch("/__frame-token", { method: "POST", body: JSON.stringify({ userId: ${userId} }) });
    const token = await answer.json();
    handedOut += 1;
    document.querySelector("output").textContent = handedOut;
    const told = { DOMAIN: ${script(host)}, PROTOCOL: "0", LANG: "en", PATH: "/rest", FIRST_RUN: false, IS_ADMIN: false,
      MEMBER_ID: ${script(portal.memberId)}, AUTH_EXPIRES: "${seconds}", AUTH_ID: token.accessToken, REFRESH_ID: token.refreshToken };
    source.postMessage(rest.at(-2) + ":" + JSON.stringify(told), origin);
  });
</script>
<header>A page of the simulated portal, open for ${escaped(world.userName(userId))}. Tokens handed out: <output>0</output></header>
<iframe title="Application" name="${escaped(host)}|0|application-1" src="${escaped(app)}"></iframe>
</html>
`);
}

function firstOperator({ engine: { world } }: RestEndpoint): number {
  for (const { id, kind, active, admin } of world.users.values()) if (kind === "staff" && active && !admin) return id;
  return 0;
}

/** A sentence for whoever wrote the address. */
function problemOf(
  { engine: { world } }: RestEndpoint,
  app: string,
  userId: number,
  seconds: number,
): string | undefined {
  if (!URL.canParse(app) || !/^https?:$/.test(new URL(app).protocol)) {
    return "Give the address of the application: /__frame?app=http://localhost:5173";
  }
  if (world.users.get(userId)?.kind !== "staff") return "user must be the id of one of the staff";
  return Number.isFinite(seconds) && seconds > 0 ? undefined : "seconds must be a number above 0";
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

/** A text within a script of a page. */
function script(text: string): string {
  return JSON.stringify(text).replaceAll("<", "\\u003c");
}
