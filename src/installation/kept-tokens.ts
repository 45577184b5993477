import type { ApplicationCredential } from "../datasources/bitrix24/credentials.ts";
import { PortalUnavailable } from "../datasources/bitrix24/errors.ts";
import type { TokenPair } from "../datasources/bitrix24/tokens.ts";
import type { InstallationStore } from "./installation-store.ts";

/** Where the newest tokens of one application are kept, sealed, for all processes and the next start. */
export interface KeptTokens {
  /** Tells the application from all others; no secret. */
  readonly name: string;
  /** What is kept now, whatever this process remembers; undefined when nothing can be read of it. */
  latest(): Promise<TokenPair | undefined>;
  keep(pair: TokenPair): Promise<void>;
  /** The authorization server renews them no longer. */
  lost(): Promise<void>;
}

/** Undefined for a credential whose tokens are kept elsewhere. */
export type KeptTokensOf = (credential: ApplicationCredential) => KeptTokens | undefined;

/** The tokens of the application in the portals in which it is installed: kept with the installation. */
export function installedTokens(installations: InstallationStore): KeptTokensOf {
  return (credential) => {
    const memberId = installations.memberOf(credential);
    if (memberId === undefined) return undefined;
    return {
      name: memberId,
      async latest() {
        const kept = await installations.findLatest(memberId);
        if (kept === undefined) throw new PortalUnavailable("The application is no longer installed in the portal.");
        return kept.tokens ?? undefined;
      },
      keep: (pair) => installations.tokensRenewed(credential, pair),
      async lost() {
        await installations.update(memberId, { status: "needs-reinstall" });
      },
    };
  };
}
