import { hash } from "node:crypto";
import { z } from "zod";
import type { LogPlace, Position } from "../../storage/log.ts";

/** Why a cursor cannot be used. */
export type CursorProblem = "garbage" | "another-portal" | "another-log" | "future";

export type CursorReading =
  | { readonly ok: true; readonly position: Position }
  | { readonly ok: false; readonly problem: CursorProblem };

const VERSION = 1;
const shape = z.tuple([z.literal(VERSION), z.string().min(1), z.string().min(1), z.int().nonnegative()]);

/** Portals are named by a digest, so that a cursor does not tell a portal's id to whoever sees it. */
function portalDigest(portal: string): string {
  if (lastDigest.portal !== portal)
    lastDigest = { portal, digest: hash("sha256", `cursor of ${portal}`, "base64url").slice(0, 12) };
  return lastDigest.digest;
}

/** Each event that is delivered has a cursor, and those of one portal come by the thousand. */
let lastDigest = { portal: "", digest: "" };

/** A place as clients keep it. Opaque to them; the same for all fields and filters of the portal. */
export function writeCursor(portal: string, place: LogPlace): string {
  return Buffer.from(JSON.stringify([VERSION, portalDigest(portal), place.log, place.position])).toString("base64url");
}

/** Reads a cursor for a portal whose log has this newest place. */
export function readCursor(cursor: string, portal: string, newest: LogPlace): CursorReading {
  const found = shape.safeParse(decode(cursor));
  if (!found.success) return { ok: false, problem: "garbage" };
  const [, digest, ofLog, position] = found.data;
  if (digest !== portalDigest(portal)) return { ok: false, problem: "another-portal" };
  if (ofLog !== newest.log) return { ok: false, problem: "another-log" };
  if (position > newest.position) return { ok: false, problem: "future" };
  return { ok: true, position };
}

function decode(cursor: string): unknown {
  // A cursor is well under this; the limit keeps a hostile one from being parsed.
  if (cursor.length > 512) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
