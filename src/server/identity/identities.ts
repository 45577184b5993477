import {
  type Identities,
  type Identity,
  type IdentityDecision,
  type IdentityProvider,
  type IdentityRequest,
  refusal,
} from "./identity.ts";

export interface IdentitiesOptions {
  /** In the order in which they are asked. */
  readonly providers: readonly IdentityProvider[];
  /** Tells of changes after which requests may be decided otherwise; ends with the function that is returned. */
  readonly onChange: (changed: () => void) => () => void;
}

const UNKNOWN = refusal(
  "UNAUTHENTICATED",
  "Send an API key of this gateway as X-Api-Key, or your Bitrix24 access token as a bearer token with X-Bitrix24-Portal.",
);

/** `setTimeout` takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createIdentities({ providers, onChange }: IdentitiesOptions): Identities {
  /** Each looks again at what it watches. */
  const watchers = new Set<() => void>();

  async function identify(request: IdentityRequest): Promise<IdentityDecision> {
    for (const provider of providers) {
      const result = await provider(request);
      if (result.kind !== "not-mine") return result;
    }
    return UNKNOWN;
  }

  const stopListening = onChange(() => {
    for (const lookAgain of [...watchers]) lookAgain();
  });

  return {
    identify,
    watch(request, identity, changed) {
      let known: Identity | undefined = identity;
      let timer: NodeJS.Timeout | undefined;
      const waitForExpiry = (): void => {
        clearTimeout(timer);
        if (known?.expiresAt === undefined) return;
        timer = setTimeout(lookAgain, Math.min(Math.max(0, known.expiresAt - Date.now()), LONGEST_TIMER_MS));
        timer.unref();
      };
      const lookAgain = (): void => {
        void identify(request).then((decision) => {
          if (!watchers.has(lookAgain)) return;
          const before = known;
          known = decision.kind === "identity" ? decision.identity : undefined;
          waitForExpiry();
          if (!isSame(before, known)) changed(decision);
        });
      };
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

function isSame(before: Identity | undefined, now: Identity | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  return (
    before.name === now.name &&
    before.credential === now.credential &&
    before.expiresAt === now.expiresAt &&
    JSON.stringify(before.rights) === JSON.stringify(now.rights)
  );
}
