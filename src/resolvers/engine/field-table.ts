import { type GraphQLSchema, isObjectType } from "graphql";
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

type FieldFunction = (source: unknown, context: OperationContext) => unknown;

/** The functions of all tables, by the name of their type. */
const functions = new Map<string, Map<string, FieldFunction>>();

function isFieldFunction(value: unknown): value is FieldFunction {
  return typeof value === "function";
}

/**
 * Lets the executor call the functions of field tables directly. The way through type-graphql collects parameters for each call anew, which for
 * an answer of thousands of objects takes longer than the functions themselves.
 */
export function bindFieldTables(schema: GraphQLSchema): void {
  for (const [typeName, table] of functions) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`The schema has no object type ${typeName}`);
    const fields = type.getFields();
    for (const [name, resolve] of table) {
      const field = fields[name];
      if (field === undefined) throw new Error(`${typeName} has no field ${name}`);
      field.resolve = (source: unknown, _args: unknown, context: OperationContext) => resolve(source, context);
    }
  }
}

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
  const ofType = functions.get(type.name) ?? new Map<string, FieldFunction>();
  functions.set(type.name, ofType);
  for (const [field, resolve] of Object.entries(table)) {
    if (isFieldFunction(resolve)) ofType.set(field, resolve);
    const descriptor = { value: resolve, writable: false, enumerable: false, configurable: true };
    Object.defineProperty(prototype, field, descriptor);
    FieldResolver()(prototype, field, descriptor);
    Root()(prototype, field, 0);
    Ctx()(prototype, field, 1);
  }
  Resolver(() => type)(Fields);
  return Fields;
}
