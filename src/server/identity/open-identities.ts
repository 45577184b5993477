import type { Logger } from "pino";
import type { Config } from "../../config/config.ts";
import type { Credential } from "../../datasources/bitrix24/credentials.ts";
import { isLoopback } from "../../datasources/bitrix24/loopback.ts";
import type { Portals } from "../../datasources/bitrix24/portals.ts";
import type { KeyValueStore } from "../../storage/key-value-store.ts";
import { createAddressRefusals } from "./address-refusals.ts";
import type { ApiKeys } from "./api-keys.ts";
import { createHolders, type HolderOf } from "./holders.ts";
import { createIdentities } from "./identities.ts";
import type { Identities, IdentityProvider } from "./identity.ts";
import { createKeySet } from "./jwks.ts";
import { createProvenTokens } from "./proven-tokens.ts";
import { apiKeyProvider } from "./providers/api-key.ts";
import { jsonWebTokenProvider } from "./providers/json-web-token.ts";
import { openProvider } from "./providers/open.ts";
import { userTokenProvider } from "./providers/user-token.ts";
import { createTokenProver } from "./token-proof.ts";
import { createWrongCredentialAnswering } from "./wrong-credentials.ts";

export interface IdentityServices {
  readonly config: Config;
  readonly keys: ApiKeys;
  readonly portals: Portals;
  readonly keyValues: KeyValueStore;
  /** 32 bytes. */
  readonly encryptionKey: Buffer;
  readonly log: Logger;
}

export interface OpenIdentities extends Identities {
  /** Who holds what was handed out earlier; undefined where nobody may use it any more. */
  readonly holderOf: HolderOf;
  /** The portal refused a call with a user's token: whose it is must be proven again. */
  tokenRefused(credential: Credential): void;
}

/** All ways of telling who a request is from that a configuration calls for. */
export function openIdentities({
  config,
  keys,
  portals,
  keyValues,
  encryptionKey,
  log,
}: IdentityServices): OpenIdentities {
  const { credentials, userTokenHosts, botClientId } = config.portal;
  const { rules, jsonWebTokens } = config.identity;
  const refusals = createAddressRefusals();
  const proven = createProvenTokens({ keyValues, encryptionKey, log });
  const prover = createTokenProver({ portals, proven, refusals, atOnce: config.limits.unidentified });
  const userTokens = userTokenProvider({ hosts: userTokenHosts, botClientId, rules: rules.users, prover });
  const providers: IdentityProvider[] = [userTokens];
  if (jsonWebTokens !== undefined) {
    const { issuer, audience, keySetUrl } = jsonWebTokens;
    const set = createKeySet(keySetUrl);
    providers.push(jsonWebTokenProvider({ issuer, audience, keys: set, rules: rules.claims, credentials }));
  }
  providers.push(apiKeyProvider(keys, credentials));
  // Last: a wrong key is refused even where none is needed, so that the mistake shows.
  const open = isLoopback(config.server.host) ? openProvider(keys, credentials) : undefined;
  if (open !== undefined) providers.push(open);
  const identities = createIdentities({
    providers,
    onChange(changed) {
      const ends = [keys.onChange(changed), prover.onChange(changed)];
      return () => {
        for (const end of ends) end();
      };
    },
    answering: createWrongCredentialAnswering(refusals, log),
    log,
  });
  return {
    ...identities,
    holderOf: createHolders({ keys, credentials, userTokens, open, takesSubjects: jsonWebTokens !== undefined }),
    tokenRefused(credential) {
      if (credential.kind === "user-token") prover.doubt(credential);
    },
  };
}
