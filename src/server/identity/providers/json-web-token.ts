import { createHash } from "node:crypto";
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { ClaimRule } from "../../../config/identity-rules.ts";
import type { Credential } from "../../../datasources/bitrix24/credentials.ts";
import { bearerToken, header } from "../credential-headers.ts";
import { type IdentityProvider, type IdentityRefusal, NOT_MINE, refusal } from "../identity.ts";
import { KeySetUnavailable } from "../jwks.ts";

/** Signatures that the gateway can check without being able to make them. */
const ASYMMETRIC = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
const SKEW_SECONDS = 30;
/** Three parts, of which the first is a JSON object. */
const LOOKS_LIKE_ONE = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/;
const LONGEST_SUBJECT = 128;
/** A claim's name of the token itself is never repeated. */
const KNOWN_CLAIMS = ["iss", "aud", "exp", "sub", "nbf", "iat"] as const;
const RETRY_MS = 5_000;
const EXPIRED = refusal("UNAUTHENTICATED", "The token has expired.");

export interface JsonWebTokenOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
  readonly rules: readonly ClaimRule[];
  readonly credentials: ReadonlyMap<string, Credential>;
}

interface Verified {
  readonly kind: "verified";
  readonly payload: JWTPayload;
}

/** A token of the team's own identity provider, as a bearer token. Its claims decide, by the configured rules, what it may do. */
export function jsonWebTokenProvider(options: JsonWebTokenOptions): IdentityProvider {
  const { issuer, audience, keys, rules, credentials } = options;

  async function verify(token: string): Promise<Verified | IdentityRefusal> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ASYMMETRIC,
        clockTolerance: SKEW_SECONDS,
        requiredClaims: ["iss", "aud", "exp", "sub"],
      });
      return { kind: "verified", payload };
    } catch (error) {
      return refusalOf(error);
    }
  }

  return async (request, isOpen) => {
    const token = bearerToken(request);
    if (token === undefined || !LOOKS_LIKE_ONE.test(token)) return NOT_MINE;
    if (header(request, "x-bitrix24-portal") !== undefined) return NOT_MINE;
    if (header(request, "x-api-key") !== undefined) {
      return refusal(
        "BAD_REQUEST",
        "Send either X-Api-Key or a bearer token, not both: each says who the request is from.",
      );
    }
    const verified = await verify(token);
    if (verified.kind === "refused") return verified;
    const { payload } = verified;
    const { sub, exp } = payload;
    // Whoever signs tokens may put a number there.
    if (typeof sub !== "string" || sub === "" || exp === undefined) {
      return refusal("UNAUTHENTICATED", "The token's claims sub, a text, and exp must be there.");
    }
    const inTime = exp * 1_000 > Date.now();
    if (isOpen && !inTime) return EXPIRED;
    const rule = rules.find((each) => hasValue(payload, each));
    const credential = rule === undefined ? undefined : credentials.get(rule.credential);
    if (rule === undefined || credential === undefined) {
      return refusal("FORBIDDEN", "No rule of this gateway grants anything to the claims of this token.");
    }
    const subject = sub.length <= LONGEST_SUBJECT ? sub : createHash("sha256").update(sub).digest("base64url");
    return {
      kind: "identity",
      identity: {
        name: `jwt:${subject}`,
        viewer: { kind: "json-web-token", label: subject },
        credential,
        rights: rule.rights,
        expiresAt: (inTime ? exp : exp + SKEW_SECONDS) * 1_000,
      },
    };
  };
}

function hasValue(payload: JWTPayload, { claim, value }: ClaimRule): boolean {
  const found = claimOf(payload, claim);
  const values: readonly unknown[] = Array.isArray(found) ? found : [found];
  return values.some((each) => isPlain(each) && String(each) === value);
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** A claim of that very name (addresses are names too), else the one that the path leads to. */
function claimOf(payload: JWTPayload, claim: string): unknown {
  if (Object.hasOwn(payload, claim)) return payload[claim];
  let value: unknown = payload;
  for (const part of claim.split(".")) {
    if (!isRecord(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Why a token is not good, for its holder. */
function refusalOf(error: unknown): IdentityRefusal {
  if (error instanceof KeySetUnavailable) return refusal("UPSTREAM_UNAVAILABLE", error.message, error.retryAfterMs);
  if (error instanceof errors.JWKSTimeout) {
    return refusal("UPSTREAM_UNAVAILABLE", "The identity provider does not answer in time.", RETRY_MS);
  }
  if (error instanceof errors.JWTExpired) return EXPIRED;
  if (error instanceof errors.JWTClaimValidationFailed) {
    const claim = KNOWN_CLAIMS.find((name) => name === error.claim);
    return refusal("UNAUTHENTICATED", `The token's claim ${claim ?? "set"} is missing or not what this gateway takes.`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return refusal("UNAUTHENTICATED", `The token must be signed with one of ${ASYMMETRIC.join(", ")}.`);
  }
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return refusal("UNAUTHENTICATED", "The token must name its key (kid): several of the identity provider fit.");
  }
  if (error instanceof errors.JOSEError) {
    return refusal("UNAUTHENTICATED", "The token is not signed by a key of the identity provider.");
  }
  // What is no error of a token comes from the key: its set was read, and everybody knows the names in it.
  return refusal(
    "UNAUTHENTICATED",
    "The identity provider's key that the token names cannot be used: it is damaged, or an RSA key of less than 2048 bits.",
  );
}
