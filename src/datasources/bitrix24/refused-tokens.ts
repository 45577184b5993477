import type { Connection } from "./connection.ts";
import { PortalRefusal } from "./errors.ts";

/** Codes of a token that is over or of a user who may no longer come in. They arrive in either case. */
const REFUSED = new Set([
  "EXPIRED_TOKEN",
  "NO_AUTH_FOUND",
  "INVALID_TOKEN",
  "INVALID_CREDENTIALS",
  "USER_ACCESS_ERROR",
  "AUTHORIZATION_ERROR",
]);

/** A connection that tells a passed-through token's owner when the portal refuses a request for the token itself. */
export function tellingRefusedTokens(connection: Connection): Connection {
  return {
    async post(endpoint, authorization, ...call) {
      try {
        return await connection.post(endpoint, authorization, ...call);
      } catch (error) {
        if (authorization.kind === "token" && isTokenRefusal(error)) authorization.refused();
        throw error;
      }
    },
  };
}

function isTokenRefusal(error: unknown): boolean {
  return error instanceof PortalRefusal && REFUSED.has(error.code);
}
