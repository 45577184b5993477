import type { Config } from "../config/config.ts";
import { credentialHost, DEFAULT_CREDENTIAL } from "../config/credentials.ts";
import type { Credential, WebhookCredential } from "../datasources/bitrix24/credentials.ts";

/** The webhook whose owner's dialogs are polled: the default one, unless an application receives events. */
export function polledWebhook({ live, portal }: Config): WebhookCredential | undefined {
  if (live.polling === "off" || live.application !== undefined) return undefined;
  const credential = portal.credentials.get(DEFAULT_CREDENTIAL);
  return credential?.kind === "webhook" ? credential : undefined;
}

/** The credential that was configured for a portal: the default one, where it is of that portal, else the first that is. */
export function configuredAt(credentials: ReadonlyMap<string, Credential>, host: string): Credential | undefined {
  const there = [...credentials].filter(([, credential]) => credentialHost(credential) === host);
  return (there.find(([name]) => name === DEFAULT_CREDENTIAL) ?? there[0])?.[1];
}
