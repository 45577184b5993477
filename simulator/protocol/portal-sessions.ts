import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Who is logged in to the portal in a browser; REST has no part in it. */
export interface PortalSessions {
  /** @returns the cookie a browser would hold */
  logIn(userId: number): string;
  userOf(request: IncomingMessage): number | undefined;
}

const cookieName = "PHPSESSID";

export function createPortalSessions(): PortalSessions {
  const users = new Map<string, number>();
  return {
    logIn(userId) {
      const id = randomBytes(16).toString("hex");
      users.set(id, userId);
      return `${cookieName}=${id}`;
    },
    userOf(request) {
      const cookies = (request.headers.cookie ?? "").split(";").map((cookie) => cookie.trim().split("="));
      return users.get(cookies.find(([name]) => name === cookieName)?.[1] ?? "");
    },
  };
}
