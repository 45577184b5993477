import { type ClassType, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { OperationContext } from "./context.ts";

type MaybePromise<T> = T | Promise<T>;

/** One function for each field that is not simply a property of its source. */
export type FieldTable<Type, Source> = {
  readonly [Field in keyof Type & string]?: (
    source: Source,
    context: OperationContext,
  ) => MaybePromise<Type[Field] | null>;
};

/**
 * Makes a resolver class of fields without arguments: what `@FieldResolver() name(@Root() source, @Ctx() context)` says, without saying it for
 * each of fifty fields. Values that are known are returned as they are, because each promise costs a turn of the event loop.
 */
export function defineFields<Type extends object, Source = Type>(
  type: ClassType<Type>,
  table: FieldTable<Type, Source>,
): new () => object {
  class Fields {}
  const prototype: object = Fields.prototype;
  for (const [field, resolve] of Object.entries(table)) {
    const descriptor = { value: resolve, writable: false, enumerable: false, configurable: true };
    Object.defineProperty(prototype, field, descriptor);
    FieldResolver()(prototype, field, descriptor);
    Root()(prototype, field, 0);
    Ctx()(prototype, field, 1);
  }
  Resolver(() => type)(Fields);
  return Fields;
}
