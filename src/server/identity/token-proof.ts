import { LRUCache } from "lru-cache";
import { fingerprint, type UserTokenCredential } from "../../datasources/bitrix24/credentials.ts";
import { CallAborted, PortalRateLimited, PortalRefusal, UpstreamError } from "../../datasources/bitrix24/errors.ts";
import type { Portals } from "../../datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../datasources/bitrix24/usage.ts";
import { profileGet } from "../../datasources/im/account.ts";
import { atMost } from "../../process/growing-cache.ts";
import { queryErrorOf } from "../../refusals/query-error.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";
import { createAdmission } from "../operations/admission.ts";
import type { AddressRefusals } from "./address-refusals.ts";
import { type IdentityRefusal, refusal, tooMany } from "./identity.ts";
import type { ProvenToken, ProvenTokens } from "./proven-tokens.ts";

export type TokenProof = { readonly kind: "proven"; readonly token: ProvenToken } | IdentityRefusal;

/** Has the portal say whose a token is before anything else is done for it. */
export interface TokenProver {
  /** Never rejects. `address` is whose turn the call is. */
  prove(credential: UserTokenCredential, address: string): Promise<TokenProof>;
  /** The portal has refused a call with the token: it is proven again before it is believed again. */
  doubt(credential: UserTokenCredential): void;
  /** Calls back when a token is no longer believed; ends with the function that is returned. */
  onChange(changed: () => void): () => void;
}

export interface TokenProverOptions {
  readonly portals: Portals;
  readonly proven: ProvenTokens;
  readonly refusals: AddressRefusals;
  /** Proofs of one address that the portal is asked for at once; what is above waits in turn. */
  readonly atOnce: number;
}

/** An access token lives an hour; when it began is not told. Whatever lives longer is asked for again. */
const BELIEVED_MS = 60 * 60_000;
const REFUSED_MS = 60_000;
const MAX_REFUSED = 10_000;
/** A method that refuses a token that is good costs no more than a proof in this time. */
const DOUBT_PAUSE_MS = 2_000;
const TIMEOUT_MS = 10_000;
/** After which a portal that did not answer may be asked again. */
const RETRY_MS = 2_000;
/** Each is a lane of the portal, of which known users need some too. */
const MAX_UNDER_WAY = 250;
const MAX_UNDER_WAY_OF_ADDRESS = 50;
/** The part of both for addresses whose tokens were refused lately, so that they never take the places of all others. */
const SUSPECT_PART = 0.5;

const NOT_ACCEPTED = refusal(
  "UNAUTHENTICATED",
  "The portal does not accept this access token: it may have expired, or be another portal's.",
);

/** Why one more token of an address is not asked for; undefined when it is. */
function excess(ofAddress: number, inAll: number, isSuspect: boolean): IdentityRefusal | undefined {
  const part = isSuspect ? SUSPECT_PART : 1;
  const bounds = [
    {
      limit: "unknownTokensOfAddress",
      actual: ofAddress,
      maximum: MAX_UNDER_WAY_OF_ADDRESS * part,
      whose: "this address",
    },
    { limit: "unknownTokens", actual: inAll, maximum: MAX_UNDER_WAY * part, whose: "all addresses together" },
  ];
  const over = bounds.find(({ actual, maximum }) => actual >= maximum);
  if (over === undefined) return undefined;
  const { limit, maximum, whose } = over;
  return tooMany({
    limit,
    maximum,
    message: `Too many access tokens that are not known yet are being checked: at most ${maximum} of ${whose} pass. Try again in a second.`,
    retryAfterMs: 1_000,
  });
}

export function createTokenProver({ portals, proven, refusals, atOnce }: TokenProverOptions): TokenProver {
  const refused = new LRUCache<string, IdentityRefusal>({ ...atMost(MAX_REFUSED), ttl: REFUSED_MS });
  /** What the store remembers of these is older than the portal's refusal. */
  const doubted = new LRUCache<string, true>({ ...atMost(MAX_REFUSED), ttl: REFUSED_MS });
  const underWay = new Map<string, Promise<TokenProof>>();
  const underWayOf = new Map<string, number>();
  const listeners = new Set<() => void>();
  const turns = createAdmission({ places: atOnce, waiting: MAX_UNDER_WAY_OF_ADDRESS, patienceMs: TIMEOUT_MS });

  async function ask(credential: UserTokenCredential, address: string): Promise<TokenProof> {
    const operation = {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      deadlineAt: performance.now() + TIMEOUT_MS,
      usage: new UpstreamUsage(),
      budget: "unproven",
      identity: address,
      isSuspect: refusals.isSuspect(address),
    } as const;
    const turn = await turns.enter(address, operation.signal);
    if (turn.kind !== "entered") throw new CallAborted("The proof had no turn in time.");
    try {
      const { id } = await portals.session(credential, operation).read(profileGet());
      const provenAt = Date.now();
      return { kind: "proven", token: { userId: id, provenAt, expiresAt: provenAt + BELIEVED_MS } };
    } finally {
      turn.leave();
    }
  }

  async function proofOf(name: string, credential: UserTokenCredential, address: string): Promise<TokenProof> {
    const recalled = doubted.has(name) ? undefined : await proven.recall(name);
    if (recalled !== undefined) return { kind: "proven", token: recalled };
    let proof: TokenProof;
    try {
      proof = await ask(credential, address);
    } catch (error) {
      proof = refusalOf(error);
    }
    if (proof.kind === "proven") {
      doubted.delete(name);
      proven.keep(name, proof.token);
    } else if (proof.code === "UNAUTHENTICATED" || proof.code === "FORBIDDEN") {
      refused.set(name, proof);
    }
    return proof;
  }

  return {
    async prove(credential, address) {
      const name = fingerprint(credential);
      const known = proven.known(name);
      if (known !== undefined) return { kind: "proven", token: known };
      const toldBefore = refused.get(name);
      if (toldBefore !== undefined) return toldBefore;
      const same = underWay.get(name);
      if (same !== undefined) return await same;
      const ofAddress = underWayOf.get(address) ?? 0;
      const tooMuch = excess(ofAddress, underWay.size, refusals.isSuspect(address));
      if (tooMuch !== undefined) return tooMuch;
      underWayOf.set(address, ofAddress + 1);
      const proof = proofOf(name, credential, address).finally(() => {
        underWay.delete(name);
        const left = (underWayOf.get(address) ?? 1) - 1;
        if (left === 0) underWayOf.delete(address);
        else underWayOf.set(address, left);
      });
      underWay.set(name, proof);
      return await proof;
    },
    doubt(credential) {
      const name = fingerprint(credential);
      const known = proven.known(name);
      if (known === undefined || Date.now() - known.provenAt < DOUBT_PAUSE_MS) return;
      doubted.set(name, true);
      proven.forget(name);
      for (const changed of listeners) changed();
    },
    onChange(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}

/** What is said of a token that could not be proven. Throws on what is a fault of the gateway. */
function refusalOf(error: unknown): IdentityRefusal {
  if (error instanceof PortalRateLimited) {
    return refusal("UPSTREAM_RATE_LIMITED", "The portal cannot be asked now whose token this is.", error.retryAfterMs);
  }
  if (error instanceof PortalRefusal) {
    const kind = refusalClass(error);
    if (kind === "unauthenticated") return NOT_ACCEPTED;
    if (kind !== "rate-limit" && kind !== "portal-fault") return refusal("FORBIDDEN", queryErrorOf(error).message);
  }
  if (error instanceof UpstreamError) {
    return refusal("UPSTREAM_UNAVAILABLE", "The portal does not tell now whose token this is.", RETRY_MS);
  }
  throw error;
}
