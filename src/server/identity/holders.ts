import type { Credential } from "../../datasources/bitrix24/credentials.ts";
import type { ApiKeys } from "./api-keys.ts";
import type { Identity, IdentityProvider, IdentityRequest } from "./identity.ts";
import { identityOfKey } from "./providers/api-key.ts";

/** To whom something was handed out that is used without saying who one is, such as a link. Holds no key of the gateway. */
export type Claim =
  | { readonly kind: "key"; readonly name: string }
  | { readonly kind: "open" }
  /** A user's own token, which the portal has proven. */
  | { readonly kind: "token"; readonly portal: string; readonly accessToken: string }
  /** Whom the team's identity provider named. What was handed out must not outlive the token that said so. */
  | { readonly kind: "subject"; readonly name: string; readonly credential: string }
  /** All who get live events with one configured credential. */
  | { readonly kind: "listeners"; readonly credential: string };

/** Who uses it: bounds go by the name, the portal is asked with the credential. */
export interface Holder {
  readonly name: string;
  readonly credential: Credential;
}

/** Undefined where the claim's holder is nobody any more, or has no longer the right. The request is that which brings the claim. */
export type HolderOf = (claim: Claim, request: IdentityRequest, right: "query" | "act") => Promise<Holder | undefined>;

export interface HoldersOptions {
  readonly keys: ApiKeys;
  readonly credentials: ReadonlyMap<string, Credential>;
  readonly userTokens: IdentityProvider;
  /** Undefined where everybody must say who he is. */
  readonly open: IdentityProvider | undefined;
  /** Tokens of the team's identity provider are taken. */
  readonly takesSubjects: boolean;
}

export function createHolders(options: HoldersOptions): HolderOf {
  const { keys, credentials, userTokens, open, takesSubjects } = options;

  function* identitiesOfKeys(): Iterable<Identity> {
    for (const key of keys.all()) {
      const decision = identityOfKey(key, credentials);
      if (decision.kind === "identity") yield decision.identity;
    }
  }

  async function identityBy(provider: IdentityProvider | undefined, request: IdentityRequest) {
    const decision = await provider?.(request, true);
    return decision?.kind === "identity" ? decision.identity : undefined;
  }

  async function listeners(name: string, request: IdentityRequest): Promise<Holder | undefined> {
    const credential = credentials.get(name);
    if (credential === undefined) return undefined;
    const hears = (identity: Identity | undefined): boolean =>
      identity?.credential === credential && identity.rights.events !== null;
    const isHeld = takesSubjects || [...identitiesOfKeys()].some(hears) || hears(await identityBy(open, request));
    return isHeld ? { name: `listeners:${name}`, credential } : undefined;
  }

  return async (claim, request, right) => {
    switch (claim.kind) {
      case "key":
        return having(
          right,
          [...identitiesOfKeys()].find(({ name }) => name === `key:${claim.name}`),
        );
      case "open":
        return having(right, await identityBy(open, request));
      case "token": {
        const headers = { "x-bitrix24-portal": claim.portal, authorization: `Bearer ${claim.accessToken}` };
        return having(right, await identityBy(userTokens, { ...request, headers }));
      }
      case "subject": {
        const credential = takesSubjects ? credentials.get(claim.credential) : undefined;
        return credential === undefined ? undefined : { name: claim.name, credential };
      }
      case "listeners":
        return listeners(claim.credential, request);
      default:
        return claim satisfies never;
    }
  };
}

function having(right: "query" | "act", identity: Identity | undefined): Holder | undefined {
  return identity?.rights[right] === true ? identity : undefined;
}

/** The claim of an identity. Throws for a configured credential that is none. */
export function claimOf(identity: Identity, credentials: ReadonlyMap<string, Credential>): Claim {
  const { viewer, credential, name } = identity;
  if (credential.kind === "user-token") {
    return { kind: "token", portal: credential.portal, accessToken: credential.accessToken };
  }
  switch (viewer.kind) {
    case "api-key":
      return { kind: "key", name: viewer.label };
    case "open":
      return { kind: "open" };
    case "user-token":
      throw new Error("a user's token with a configured credential");
    case "json-web-token":
      return { kind: "subject", name, credential: nameOf(credential, credentials) };
    default:
      return viewer.kind satisfies never;
  }
}

/** The claim of all who get the same live events as this identity. */
export function listenersClaim(identity: Identity, credentials: ReadonlyMap<string, Credential>): Claim {
  const { credential } = identity;
  return credential.kind === "user-token"
    ? claimOf(identity, credentials)
    : { kind: "listeners", credential: nameOf(credential, credentials) };
}

function nameOf(credential: Credential, credentials: ReadonlyMap<string, Credential>): string {
  for (const [name, each] of credentials) if (each === credential) return name;
  throw new Error("an identity with a credential that is not configured");
}
