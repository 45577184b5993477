import type { IdentityRequest } from "./identity.ts";

const BEARER = /^Bearer +([\x21-\x7e]+)$/i;

/** A header's value; undefined when it is missing or empty. */
export function header({ headers }: IdentityRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function bearerToken(request: IdentityRequest): string | undefined {
  return BEARER.exec(header(request, "authorization") ?? "")?.[1];
}
