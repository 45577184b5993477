import type { Identity } from "../identity/identity.ts";

/** Who an operation is from, for as long as it lives: on a connection that may change under it. */
export interface IdentityHolder {
  readonly identity: Identity;
  /** Calls back when rights were taken away or given; ends with the function that is returned. */
  onChange(changed: () => void): () => void;
}

/** For a request that is over before anything can change. */
export function holderOf(identity: Identity): IdentityHolder {
  return { identity, onChange: () => () => {} };
}
