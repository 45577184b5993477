import type { Config } from "../../../config/config.ts";
import { isLoopback } from "../../../datasources/bitrix24/loopback.ts";
import type { ApiKeys } from "../api-keys.ts";
import type { IdentityProvider } from "../identity.ts";
import { apiKeyProvider } from "./api-key.ts";
import { openProvider } from "./open.ts";
import { userTokenProvider } from "./user-token.ts";

/** The providers that a configuration calls for, in the order in which they are asked. */
export function identityProviders(config: Config, keys: ApiKeys): readonly IdentityProvider[] {
  const { credentials, userTokenHosts, botClientId } = config.portal;
  const providers = [userTokenProvider(userTokenHosts, botClientId), apiKeyProvider(keys, credentials)];
  // Last: a wrong key is refused even where none is needed, so that the mistake shows.
  if (isLoopback(config.server.host)) providers.push(openProvider(keys, credentials));
  return providers;
}
