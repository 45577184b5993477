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
  return new OpenConnection(options);
}

/** A class, because an object literal with a getter gets a hidden class of its own for each connection. */
class OpenConnection implements Connection {
  readonly #identities: Identities;
  readonly #places: ConnectionPlaces;
  readonly #ended: (end: ConnectionEnd) => void;
  readonly #listeners = new Set<() => void>();
  #identity: Identity;
  #place: Place;
  #isClosed = false;
  #stopWatching: () => void;

  constructor({ identities, identity, request, place, places, ended }: ConnectionOptions) {
    this.#identities = identities;
    this.#places = places;
    this.#ended = ended;
    this.#identity = identity;
    this.#place = place;
    this.#stopWatching = this.#watch(request);
  }

  get identity(): Identity {
    return this.#identity;
  }

  onChange(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  async renew(request: IdentityRequest): Promise<ConnectionEnd | undefined> {
    const decision: IdentityDecision = await this.#identities.identify(request);
    if (this.#isClosed) return undefined;
    if (decision.kind === "refused") return endOf(decision, undefined);
    const { name } = decision.identity;
    if (name !== this.#identity.name) {
      const moved = this.#places.enter(name);
      if (moved === undefined) {
        return { kind: "refused", code: "LIMIT_EXCEEDED", message: this.#places.excess(name).message };
      }
      this.#place.leave();
      this.#place = moved;
    }
    this.#stopWatching();
    this.#identity = decision.identity;
    this.#stopWatching = this.#watch(request);
    this.#take(decision.identity);
    return undefined;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopWatching();
    this.#place.leave();
  }

  #watch(request: IdentityRequest): () => void {
    return this.#identities.watch(request, this.#identity, (decision) => {
      if (this.#isClosed) return;
      if (decision.kind === "identity") {
        this.#take(decision.identity);
        return;
      }
      this.close();
      this.#ended(endOf(decision, this.#identity));
    });
  }

  /** Whoever it is now: its operations go on under these rights. */
  #take(next: Identity): void {
    this.#identity = next;
    for (const changed of [...this.#listeners]) changed();
  }
}

export function endOf({ code, message }: IdentityRefusal, before: Identity | undefined): ConnectionEnd {
  const isExpired = before?.expiresAt !== undefined && before.expiresAt <= Date.now();
  return isExpired
    ? { kind: "expired", code: "UNAUTHENTICATED", message: "What this connection was opened with has expired." }
    : { kind: "refused", code, message };
}
