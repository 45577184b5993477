import type { IncomingMessage, ServerResponse } from "node:http";
import { maySeeDialog } from "../methods/dialog-access.ts";
import { phpInt } from "../php-value.ts";
import type { World } from "../world/world.ts";
import type { Params } from "./php-form.ts";
import { type Contents, contentsOf, picture } from "./placeholders.ts";
import type { PortalSessions } from "./portal-sessions.ts";
import { publicFileId } from "./public-files.ts";

/** Sends the contents, whole or the one range asked for. */
export function sendContents(
  request: IncomingMessage,
  response: ServerResponse,
  { type, bytes }: Contents,
  name: string,
): void {
  const headers = {
    "content-type": type,
    "accept-ranges": "bytes",
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
  };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  if (!range) {
    response.writeHead(200, { ...headers, "content-length": bytes.length });
    response.end(bytes);
    return;
  }
  const from = Number(range[1]);
  const to = Math.min(range[2] ? Number(range[2]) : bytes.length - 1, bytes.length - 1);
  if (from > to) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` });
    response.end();
    return;
  }
  const contentRange = `bytes ${from}-${to}/${bytes.length}`;
  response.writeHead(206, { ...headers, "content-length": to - from + 1, "content-range": contentRange });
  response.end(bytes.subarray(from, to + 1));
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify({ status: "error", data: null, errors: [{ message, code, customData: null }] }));
}

function serveAvatar(world: World, userId: number, response: ServerResponse): void {
  const bytes = picture(100, 100, world.users.has(userId) ? userId : 0);
  response.writeHead(200, {
    "content-type": "image/png",
    "content-length": bytes.length,
    "cache-control": "max-age=3600",
  });
  response.end(bytes);
}

function sendToLogin(response: ServerResponse, path: string): void {
  response.writeHead(302, { location: `/auth/?backurl=${encodeURIComponent(path)}` });
  response.end();
}

const loginPage = `<!doctype html><html><head><title>Authorization</title></head><body><form method="post"><input name="USER_LOGIN"><input name="USER_PASSWORD" type="password"></form></body></html>`;

/**
 * The links in the fields of files and people. Like a portal's they are for people in front of it: contents of files and original
 * pictures need its session, scaled pictures and signed links do not. False when the path is none of them.
 */
export function serveMedia(
  world: World,
  { sessions, portalUrl }: { sessions: PortalSessions; portalUrl: string },
  url: URL,
  query: Params,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const path = url.pathname;
  if (path === "/auth/") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(loginPage);
    return true;
  }
  const shared = world.files.get(publicFileId(portalUrl, url) ?? 0);
  if (shared) {
    sendContents(request, response, contentsOf(shared), shared.name);
    return true;
  }
  const userId = sessions.userOf(request);
  const avatar = /^\/upload\/(resize_cache\/)?main\/(\d+)\/avatar\.png$/.exec(path);
  if (avatar) {
    if (avatar[1] === undefined && userId === undefined) sendToLogin(response, path);
    else serveAvatar(world, Number(avatar[2]), response);
    return true;
  }
  if (path !== "/bitrix/services/main/ajax.php") return false;
  if (userId === undefined) {
    refuse(response, 401, "invalid_authentication", "Invalid authentication");
    return true;
  }
  const file = world.files.get(phpInt(query.fileId));
  const chat = file && world.chats.get(file.chatId);
  if (!file || !chat) return false;
  if (!maySeeDialog(world, userId, chat)) {
    refuse(response, 403, "DISK_FILE_22000", "Access denied");
    return true;
  }
  const width = query.width === undefined ? undefined : phpInt(query.width);
  sendContents(request, response, contentsOf(file, width), file.name);
  return true;
}
