import { createHash } from "node:crypto";
import type { ChatFile } from "../world/records.ts";

function signature(portalUrl: string, fileId: number): string {
  return createHash("sha256").update(`${portalUrl} ${fileId}`).digest("hex").slice(0, 32);
}

/** The signed link by which channels, and whoever hears of their messages, fetch a file: it needs no session. */
export function publicFileLink(portalUrl: string, { id }: ChatFile): string {
  return `${portalUrl}/pub/im.file.php?FILE_ID=${id}&SIGN=${signature(portalUrl, id)}`;
}

/** The file id of such a link if its signature is right. */
export function publicFileId(portalUrl: string, url: URL): number | undefined {
  if (url.pathname !== "/pub/im.file.php") return undefined;
  const id = Number(url.searchParams.get("FILE_ID"));
  return url.searchParams.get("SIGN") === signature(portalUrl, id) ? id : undefined;
}
