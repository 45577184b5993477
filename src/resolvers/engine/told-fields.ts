import type { OperationContext } from "./context.ts";

type MaybePromise<T> = T | Promise<T>;

/** A field's function in a field table. */
export type FieldOf<Ref, Value> = (reference: Ref, context: OperationContext) => MaybePromise<Value>;

/** Where the fields of one notion find what they tell. `Ref` is the schema's object, `Rec` what the portal's answers say about it. */
export interface RecordSource<Ref, Rec> {
  /** What the operation has of it without asking; the better record first. */
  readonly atHand: readonly ((reference: Ref, context: OperationContext) => Rec | undefined)[];
  /** Whether what this record does not tell is not to be had elsewhere. */
  readonly isWhole: (record: Rec) => boolean;
  /** Reads the whole record, once for all fields of the operation; null where there is none. */
  readonly read: (reference: Ref, context: OperationContext) => Promise<Rec | null>;
  /**
   * Reads what is a live event's own for everybody who gets it, if it is that and tells all of `keys`; null: to be read with the viewer's own
   * credential. Without it everything is.
   */
  readonly readForAll?: (
    reference: Ref,
    context: OperationContext,
    keys: readonly (keyof Rec)[],
  ) => Promise<Rec | null>;
}

type Told<Rec, Key extends keyof Rec> = NonNullable<Rec[Key]> | null;

/** The fields of one notion that its records answer: at once from a record at hand, read otherwise. */
export interface ToldFields<Ref, Rec> {
  /** Fields that are members of the record under the same names; null where the portal does not tell them. */
  told<Key extends keyof Rec & string>(keys: readonly Key[]): { readonly [K in Key]: FieldOf<Ref, Told<Rec, K>> };
  /** The same for members that only some answers tell: never a reason to read. */
  toldIfKnown<Key extends keyof Rec & string>(
    keys: readonly Key[],
  ): { readonly [K in Key]: FieldOf<Ref, Told<Rec, K>> };
  /** A field that is made of several members; null where there is no record. */
  derived<Value>(keys: readonly (keyof Rec)[], derive: (record: Rec) => Value): FieldOf<Ref, Value | null>;
  /** What `derived` says, for a reference that is at hand. */
  from<Value>(
    reference: Ref,
    context: OperationContext,
    keys: readonly (keyof Rec)[],
    derive: (record: Rec) => Value,
  ): MaybePromise<Value | null>;
}

/** Values at hand are returned as they are, because each promise costs a turn of the event loop. */
export function toldFields<Ref, Rec extends object>(source: RecordSource<Ref, Rec>): ToldFields<Ref, Rec> {
  const { atHand, isWhole } = source;

  function read(reference: Ref, context: OperationContext, keys: readonly (keyof Rec)[]): Promise<Rec | null> {
    if (context.event === undefined || source.readForAll === undefined) return source.read(reference, context);
    return source.readForAll(reference, context, keys).then((record) => record ?? source.read(reference, context));
  }

  function oneMember<Key extends keyof Rec>(key: Key): FieldOf<Ref, Told<Rec, Key>> {
    const pick = (record: Rec | null): Told<Rec, Key> => record?.[key] ?? null;
    return (reference, context) => {
      for (const find of atHand) {
        const record = find(reference, context);
        if (record !== undefined && (record[key] !== undefined || isWhole(record))) return pick(record);
      }
      return read(reference, context, [key]).then(pick);
    };
  }

  function oneKnownMember<Key extends keyof Rec>(key: Key): FieldOf<Ref, Told<Rec, Key>> {
    return (reference, context) => {
      for (const find of atHand) {
        const value = find(reference, context)?.[key];
        if (value !== undefined) return value ?? null;
      }
      return null;
    };
  }

  function from<Value>(
    reference: Ref,
    context: OperationContext,
    keys: readonly (keyof Rec)[],
    derive: (record: Rec) => Value,
  ): MaybePromise<Value | null> {
    for (const find of atHand) {
      const record = find(reference, context);
      if (record === undefined) continue;
      if (isWhole(record) || keys.every((key) => record[key] !== undefined)) return derive(record);
    }
    return read(reference, context, keys).then((record) => (record === null ? null : derive(record)));
  }

  return {
    told: <Key extends keyof Rec & string>(keys: readonly Key[]) =>
      Object.fromEntries(keys.map((key) => [key, oneMember(key)])) as {
        [K in Key]: FieldOf<Ref, Told<Rec, K>>;
      },
    toldIfKnown: <Key extends keyof Rec & string>(keys: readonly Key[]) =>
      Object.fromEntries(keys.map((key) => [key, oneKnownMember(key)])) as {
        [K in Key]: FieldOf<Ref, Told<Rec, K>>;
      },
    derived: (keys, derive) => (reference, context) => from(reference, context, keys, derive),
    from,
  };
}
