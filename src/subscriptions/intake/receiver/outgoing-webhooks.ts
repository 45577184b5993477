import { hash } from "node:crypto";
import { type EventEnvelope, toldHost } from "../../../datasources/bitrix24/event-envelope.ts";
import { isActivityEvent } from "../../../datasources/crm/activity-events.ts";
import { isOpenChannelEvent } from "../../../datasources/imopenlines/portal-events.ts";
import { hashSecret, matchesHash } from "../../../installation/installation.ts";
import type { KeyValueStore } from "../../../storage/key-value-store.ts";

/** An outgoing webhook as it is configured: the portal that posts, and the token that its form shows. */
export interface OutgoingWebhook {
  readonly host: string;
  readonly token: string;
}

export type WebhookVerdict =
  /** Not the token of an outgoing webhook. */
  { readonly kind: "unknown" } | { readonly kind: "refused" } | { readonly kind: "accepted"; readonly host: string };

/** Proves deliveries of the portal's outgoing webhooks. */
export interface OutgoingWebhooks {
  /** Rejects with `StorageUnavailable`. */
  check(envelope: EventEnvelope): Promise<WebhookVerdict>;
  /** The portal whose token the delivery carries, before anything else of it was checked. */
  hostOf(envelope: EventEnvelope): string | undefined;
}

const NAMESPACE = "outgoing-webhooks";

/**
 * A token proves one portal: the first delivery, which must name the configured host, ties the portal's `member_id` to it, and later ones must
 * name the same, whatever the portal's address is then. It proves events of activities and of open lines, and nothing about applications.
 */
export function createOutgoingWebhooks(
  configured: readonly OutgoingWebhook[],
  keyValues: KeyValueStore,
): OutgoingWebhooks {
  const webhooks = configured.map(({ host, token }) => ({ host, tokenHash: hashSecret(token) }));
  /** `member_id` by webhook, as far as this process knows it. */
  const members = new Map<string, string>();

  function find({ auth }: EventEnvelope): (typeof webhooks)[number] | undefined {
    if (auth === undefined) return undefined;
    // All of them, so that the time does not tell which.
    const matching = webhooks.filter(({ tokenHash }) => matchesHash(tokenHash, auth.applicationToken));
    return matching[0];
  }

  async function memberOf(name: string, offered: string | undefined): Promise<string | undefined> {
    const known = members.get(name) ?? (await keyValues.get(NAMESPACE, name)) ?? undefined;
    if (known === undefined && offered !== undefined) {
      await keyValues.setIfAbsent(NAMESPACE, name, offered);
      return memberOf(name, undefined);
    }
    if (known !== undefined) members.set(name, known);
    return known;
  }

  return {
    hostOf: (envelope) => find(envelope)?.host,
    async check(envelope) {
      const { auth, authFields, event } = envelope;
      const webhook = find(envelope);
      if (webhook === undefined || auth === undefined) return { kind: "unknown" };
      if (!isActivityEvent(event) && !isOpenChannelEvent(event)) return { kind: "refused" };
      const { host, tokenHash } = webhook;
      const claimed = authFields === undefined ? undefined : toldHost(authFields);
      // Tied to host and token: a new token, or one that moves to another portal, begins anew.
      const name = hash("sha256", `${host}\n${tokenHash}`, "hex");
      const member = await memberOf(name, claimed === host ? auth.memberId : undefined);
      return member === auth.memberId ? { kind: "accepted", host } : { kind: "refused" };
    },
  };
}
