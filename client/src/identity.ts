/** Who asks: a program with a key of the gateway, or a person with a token of Bitrix24 or of an identity provider. */
export type Identity =
  | { readonly apiKey: string }
  | {
      readonly token: string;
      /** Host of the portal, for a token of Bitrix24. */
      readonly portal?: string | undefined;
      /** Milliseconds since 1970. A JSON web token tells it itself. */
      readonly expiresAt?: number | undefined;
      /** Whose token it is: tabs of the same address and person share a socket though their tokens differ. */
      readonly person?: string | undefined;
    };

/** An identity, or how to get one: asked at first, before the old one expires, and once when it is refused. */
export type IdentitySource = Identity | (() => Identity | Promise<Identity>);

export interface Credential {
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; undefined for what does not expire, as far as is known. */
  readonly expiresAt: number | undefined;
  /** Equal for tabs that may share a socket. A secret. */
  readonly sharedBy: string;
}

export interface Credentials {
  /** One that has not expired. */
  current(): Promise<Credential>;
  /** Another one in place of one that expires or was refused; the same where there is no other. */
  renew(old: Credential): Promise<Credential>;
}

/** What is renewed has so long to be taken over by the gateway, or a quarter of its life, whichever is less. */
const LEAD_MS = 60_000;

export function createCredentials(source: IdentitySource, now: () => number = Date.now): Credentials {
  let known: { readonly credential: Credential; readonly renewAt: number } | undefined;
  let asking: Promise<Credential> | undefined;

  async function ask(): Promise<Credential> {
    const credential = credentialOf(typeof source === "function" ? await source() : source);
    known = { credential, renewAt: renewalAt(credential, now()) };
    return credential;
  }
  /** All who wait share one question. */
  function askOnce(): Promise<Credential> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }
  return {
    current: async () => (known !== undefined && now() < known.renewAt ? known.credential : askOnce()),
    renew: async (old) => (known !== undefined && known.credential !== old ? known.credential : askOnce()),
  };
}

/**
 * When a credential is to be renewed, at `now`, when it was got. Infinity for one that does not expire, and for one that would have expired
 * already: a clock that is so far ahead tells nothing, and the gateway's refusal does.
 */
export function renewalAt({ expiresAt }: Credential, now: number): number {
  if (expiresAt === undefined || expiresAt <= now) return Number.POSITIVE_INFINITY;
  return expiresAt - Math.min(LEAD_MS, (expiresAt - now) / 4);
}

export function isSameCredential(one: Credential, other: Credential): boolean {
  return JSON.stringify(one.headers) === JSON.stringify(other.headers);
}

function credentialOf(identity: Identity): Credential {
  if ("apiKey" in identity) {
    return { headers: { "x-api-key": identity.apiKey }, expiresAt: undefined, sharedBy: identity.apiKey };
  }
  const { token, portal, expiresAt = expiryOf(token), person } = identity;
  return {
    headers: { authorization: `Bearer ${token}`, ...(portal === undefined ? {} : { "x-bitrix24-portal": portal }) },
    expiresAt,
    sharedBy: JSON.stringify([portal, person ?? token]),
  };
}

/** The end that a JSON web token names. */
function expiryOf(token: string): number | undefined {
  const claims = token.split(".")[1];
  if (claims === undefined) return undefined;
  try {
    const { exp } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof exp === "number" ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
}
