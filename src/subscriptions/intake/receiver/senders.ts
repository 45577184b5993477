import type { EventEnvelope } from "../../../datasources/bitrix24/event-envelope.ts";
import { type PortalRef, portalName } from "../../../datasources/bitrix24/portal-ref.ts";
import type { InstallationStore } from "../../../installation/installation-store.ts";
import type { OutgoingWebhooks } from "./outgoing-webhooks.ts";

/** Who proved to have sent a delivery. */
export interface Sender {
  readonly kind: "application" | "webhook";
  readonly portal: PortalRef;
}

export interface SendersOptions {
  /** Undefined where no application is configured. */
  readonly installations?: Pick<InstallationStore, "checkApplicationToken" | "find"> | undefined;
  readonly webhooks?: OutgoingWebhooks | undefined;
  /** The portal at a host, with the name of its log. */
  readonly portalAt: (host: string) => Promise<PortalRef>;
}

/** Tells who sent a delivery by its token. */
export interface Senders {
  /** Undefined where the token is nobody's, or does not prove such an event. Rejects with `StorageUnavailable`. */
  of(envelope: EventEnvelope): Promise<Sender | undefined>;
  /** The log of the portal that a delivery which could not be taken claims to come from; undefined when it cannot be told. */
  logOf(envelope: EventEnvelope): Promise<string | undefined>;
}

export function createSenders({ installations, webhooks, portalAt }: SendersOptions): Senders {
  async function application({ auth }: EventEnvelope): Promise<Sender | undefined> {
    if (auth === undefined || installations === undefined) return undefined;
    const { memberId, applicationToken } = auth;
    if ((await installations.checkApplicationToken(memberId, applicationToken)) !== "right") return undefined;
    return { kind: "application", portal: { host: (await installations.find(memberId))?.host ?? "", memberId } };
  }

  async function webhook(envelope: EventEnvelope): Promise<Sender | undefined> {
    const verdict = await webhooks?.check(envelope);
    return verdict?.kind === "accepted" ? { kind: "webhook", portal: await portalAt(verdict.host) } : undefined;
  }

  return {
    of: async (envelope) => (await application(envelope)) ?? (await webhook(envelope)),
    async logOf(envelope) {
      const host = webhooks?.hostOf(envelope);
      if (host === undefined) return envelope.auth?.memberId;
      return portalAt(host).then(portalName, () => undefined);
    },
  };
}
