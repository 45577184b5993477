import type { Logger } from "pino";
import { fingerprint } from "../../datasources/bitrix24/credentials.ts";
import { guard } from "../../process/guard.ts";
import { header } from "./credential-headers.ts";
import {
  type Identities,
  type Identity,
  type IdentityDecision,
  type IdentityProvider,
  type IdentityRequest,
  refusal,
} from "./identity.ts";
import type { Answering } from "./wrong-credentials.ts";

export interface IdentitiesOptions {
  /** In the order in which they are asked. */
  readonly providers: readonly IdentityProvider[];
  /** Tells of changes after which requests may be decided otherwise; ends with the function that is returned. */
  readonly onChange: (changed: () => void) => () => void;
  /** What becomes of a refusal of somebody who has said who he is. */
  readonly answering: Answering;
  readonly log: Logger;
}

const UNKNOWN = refusal(
  "UNAUTHENTICATED",
  "Send an API key of this gateway as X-Api-Key, or your Bitrix24 access token as a bearer token with X-Bitrix24-Portal.",
);

const UNTOLD = refusal("UPSTREAM_UNAVAILABLE", "It cannot be told now who this request is from.", 5_000);

/** While nobody can be asked, an open connection is looked at again after this long, and kept for so many times. */
const LOOK_AGAIN_MS = 5_000;
const PATIENCE = 12;
/** `setTimeout` takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createIdentities({ providers, onChange, answering, log }: IdentitiesOptions): Identities {
  /** Each looks again at what it watches. */
  const watchers = new Set<() => void>();

  async function decide(request: IdentityRequest, isOpen: boolean): Promise<IdentityDecision> {
    try {
      for (const provider of providers) {
        const answered = provider(request, isOpen);
        const result = answered instanceof Promise ? await answered : answered;
        if (result.kind !== "not-mine") return result;
      }
      return UNKNOWN;
    } catch (error) {
      log.error({ err: error }, "It could not be told who a request is from");
      return UNTOLD;
    }
  }

  const stopListening = onChange(() => {
    for (const lookAgain of [...watchers]) lookAgain();
  });

  return {
    async identify(request) {
      const decision = await decide(request, false);
      // Who has said nothing has tried nothing.
      if (decision.kind === "identity" || !saysWhoItIs(request)) return decision;
      return await answering(decision, request.address);
    },
    watch(request, identity, changed) {
      let known: Identity | undefined = identity;
      let timer: NodeJS.Timeout | undefined;
      let unanswered = 0;
      const lookAt = (time: number): void => {
        clearTimeout(timer);
        timer = setTimeout(lookAgain, Math.min(Math.max(0, time - Date.now()), LONGEST_TIMER_MS));
        timer.unref();
      };
      const waitForExpiry = (): void => {
        if (known?.expiresAt === undefined) clearTimeout(timer);
        else lookAt(known.expiresAt);
      };
      const lookAgain = guard("looking again who a connection is of", async () => {
        const decision = await decide(request, true);
        if (!watchers.has(lookAgain)) return;
        if (decision.kind === "refused" && decision.retryAfterMs !== undefined && unanswered < PATIENCE) {
          unanswered += 1;
          lookAt(Date.now() + LOOK_AGAIN_MS);
          return;
        }
        unanswered = 0;
        const before = known;
        known = decision.kind === "identity" ? decision.identity : undefined;
        waitForExpiry();
        if (!isSame(before, known)) changed(decision);
      });
      watchers.add(lookAgain);
      waitForExpiry();
      return () => {
        watchers.delete(lookAgain);
        clearTimeout(timer);
      };
    },
    close() {
      stopListening();
      watchers.clear();
    },
  };
}

function saysWhoItIs(request: IdentityRequest): boolean {
  return ["x-api-key", "authorization", "x-bitrix24-portal"].some((name) => header(request, name) !== undefined);
}

function isSame(before: Identity | undefined, now: Identity | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  return (
    before.name === now.name &&
    (before.credential === now.credential || fingerprint(before.credential) === fingerprint(now.credential)) &&
    before.expiresAt === now.expiresAt &&
    JSON.stringify(before.rights) === JSON.stringify(now.rights)
  );
}
