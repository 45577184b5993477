import { fingerprint, type WebhookCredential } from "../../datasources/bitrix24/credentials.ts";

const USER_IN_PATH = /\/rest\/([1-9][0-9]*)\//;

/** Names the user of a webhook, whose messenger queue it reads; the same after the webhook's secret was changed. */
export function queueOwner(credential: WebhookCredential): string {
  const userId = USER_IN_PATH.exec(credential.url)?.[1];
  return userId === undefined ? fingerprint(credential) : `user ${userId}`;
}
