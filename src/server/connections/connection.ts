import type { Identities, Identity, IdentityDecision, IdentityRefusal, IdentityRequest } from "../identity/identity.ts";
import type { IdentityHolder } from "../operations/identity-holder.ts";
import type { ConnectionPlaces, Place } from "./places.ts";

/** Why a connection ends: its time is over, what it was opened with is no longer good, or there is no place for it. */
export interface ConnectionEnd {
  readonly kind: "expired" | "refused";
  readonly code: IdentityRefusal["code"];
  readonly message: string;
}

/**
 * What a WebSocket or an event stream is to the gateway: an identity that may change, expire or be taken away while the connection lives.
 */
export interface Connection extends IdentityHolder {
  /** Goes by other headers from now on, without losing its place; what was good before stays when they are not. */
  renew(request: IdentityRequest): Promise<ConnectionEnd | undefined>;
  close(): void;
}

export interface ConnectionOptions {
  readonly identities: Identities;
  readonly identity: Identity;
  readonly request: IdentityRequest;
  readonly place: Place;
  readonly places: ConnectionPlaces;
  /** Called once; nothing of the connection is to be served any more. */
  readonly ended: (end: ConnectionEnd) => void;
}

export function openConnection(options: ConnectionOptions): Connection {
  const { identities } = options;
  const listeners = new Set<() => void>();
  let { identity, place } = options;
  let closed = false;
  let stopWatching = watch(options.request);

  function watch(request: IdentityRequest): () => void {
    return identities.watch(request, identity, (decision) => {
      if (closed) return;
      if (decision.kind === "identity") return take(decision.identity);
      close();
      options.ended(endOf(decision, identity));
    });
  }

  /** Whoever it is now: its operations go on under these rights. */
  function take(next: Identity): void {
    identity = next;
    for (const changed of [...listeners]) changed();
  }

  function close(): void {
    if (closed) return;
    closed = true;
    stopWatching();
    place.leave();
  }

  return {
    get identity() {
      return identity;
    },
    onChange(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    async renew(request) {
      const decision: IdentityDecision = await identities.identify(request);
      if (closed) return undefined;
      if (decision.kind === "refused") return endOf(decision, undefined);
      if (decision.identity.name !== identity.name) {
        const moved = options.places.enter(decision.identity.name);
        if (moved === undefined) {
          const { message } = options.places.excess(decision.identity.name);
          return { kind: "refused", code: "LIMIT_EXCEEDED", message };
        }
        place.leave();
        place = moved;
      }
      stopWatching();
      identity = decision.identity;
      stopWatching = watch(request);
      take(identity);
      return undefined;
    },
    close,
  };
}

export function endOf({ code, message }: IdentityRefusal, before: Identity | undefined): ConnectionEnd {
  const isExpired = before?.expiresAt !== undefined && before.expiresAt <= Date.now();
  return isExpired
    ? { kind: "expired", code: "UNAUTHENTICATED", message: "What this connection was opened with has expired." }
    : { kind: "refused", code, message };
}
