import type { ServerResponse } from "node:http";
import { phpInt } from "../php-value.ts";
import type { ChatFile } from "../world/records.ts";
import type { WorldState } from "../world/state.ts";
import type { Params } from "./php-form.ts";

function svg(width: number, height: number, color: string, text: string): string {
  const label = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const size = Math.max(10, Math.round(Math.min(width, height) / 8));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<rect width="100%" height="100%" fill="${color}"/><text x="50%" y="50%" fill="#fff" font-family="sans-serif" ` +
    `font-size="${size}" text-anchor="middle" dominant-baseline="middle">${label}</text></svg>`
  );
}

function sendSvg(response: ServerResponse, picture: string): void {
  response.writeHead(200, { "content-type": "image/svg+xml; charset=utf-8", "cache-control": "max-age=3600" });
  response.end(picture);
}

function colorOf(file: ChatFile): string {
  return `hsl(${(file.id * 47) % 360} 45% 50%)`;
}

/**
 * Placeholder contents for the links in file and avatar fields, so that a front end has something to show: pictures for
 * images and people, a line of text for other files. False when the path is neither.
 */
export function serveMedia(world: WorldState, path: string, query: Params, response: ServerResponse): boolean {
  const avatar = /^\/upload\/(?:resize_cache\/)?main\/(\d+)\/avatar\.png$/.exec(path);
  if (avatar) {
    const user = world.users.get(Number(avatar[1]));
    const initials = user ? `${user.firstName.slice(0, 1)}${user.lastName.slice(0, 1)}` : "?";
    sendSvg(response, svg(100, 100, user?.color ?? "#999999", initials));
    return true;
  }
  if (path !== "/bitrix/services/main/ajax.php") return false;
  const file = world.files.get(phpInt(query.fileId));
  if (!file) return false;
  if (file.type === "image") {
    const { width, height } = file.image || { width: 640, height: 480 };
    const scale = query.width === undefined ? 1 : Math.min(1, phpInt(query.width) / width);
    sendSvg(response, svg(Math.round(width * scale), Math.round(height * scale), colorOf(file), file.name));
    return true;
  }
  response.writeHead(200, {
    "content-type": "text/plain; charset=utf-8",
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
  });
  response.end(`Contents of ${file.name}\n`);
  return true;
}
