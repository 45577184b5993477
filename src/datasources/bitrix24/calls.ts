import type { PortalRefusal } from "./errors.ts";

/** A parameter value of a REST call before encoding. `undefined` entries of objects are left out. */
export type ParamValue = string | number | boolean | null | ResultRef | readonly ParamValue[] | ParamMap;
export interface ParamMap {
  readonly [name: string]: ParamValue | undefined;
}

/** Points into the answer of the command that this one is linked to: `$result[key][path]…` on the wire. */
export class ResultRef {
  readonly path: readonly string[];
  constructor(path: readonly string[]) {
    this.path = path;
  }
}

/** A REST method with its parameters and the decoder of its `result`. The same method always comes with the same decoder function. */
export interface Call<T> {
  /** Documented spelling, e.g. `imopenlines.dialog.get`. */
  readonly method: string;
  readonly params: ParamMap;
  /** Throws `WireError` for a value it does not understand. */
  readonly decode: (result: unknown) => T;
  /** Of a write that changes nothing which anybody reads, however often it is sent: what was read before it stays known. */
  readonly leavesAllAsItIs?: boolean;
}

export interface ReadOptions {
  /** Never answer from a read that began earlier: for events, which must see the state after themselves. */
  readonly fresh?: boolean;
  /** Is told at once when the read began that will answer, in milliseconds of the monotonic clock: earlier than now where another one is joined. */
  readonly begun?: (at: number) => void;
}

export type WriteResult<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "refused"; readonly refusal: PortalRefusal };

export interface WriteOutcome<T, R> {
  readonly result: WriteResult<T>;
  /** The re-read that rode in the same batch, whatever the write's result; undefined when none was asked for. */
  readonly reread: Promise<R> | undefined;
}

/**
 * One portal as seen by one operation: a credential, a deadline and an abort signal are bound to it.
 * Errors of all methods are the classes of `errors.ts`.
 */
export interface PortalSession {
  /** Host name (with a port when not the default), the part before `/rest`. */
  readonly host: string;
  /** The address of the portal's pages, e.g. `https://example.bitrix24.com`. */
  readonly origin: string;
  /** Client id that bot methods need under webhook authorization; belongs to the credential. */
  readonly botClientId: string | undefined;
  /** Reads made in the same turn of the event loop leave together; equal ones are sent once and share the decoded value. */
  read<T>(call: Call<T>, options?: ReadOptions): Promise<T>;
  /** Two reads of which the second refers to the answer of the first, in one request. A failing first fails the second with the same error. */
  readLinked<A, B>(
    first: Call<A>,
    second: (ref: (...path: string[]) => ResultRef) => Call<B>,
  ): readonly [Promise<A>, Promise<B>];
  /** At most 50 reads in one request, whatever the allowance has left; each is answered for itself. */
  readTogether<T>(calls: readonly Call<T>[]): readonly Promise<T>[];
  /** Sent at most once. A refusal by the portal is a value; everything else is thrown (`OutcomeUnknown` when it cannot be told). */
  write<T, R = never>(call: Call<T>, reread?: Call<R>): Promise<WriteOutcome<T, R>>;
  /** Changes whenever a write of this portal was sent or answered: a value read under an older number may be stale. */
  writeEpoch(): number;
}
