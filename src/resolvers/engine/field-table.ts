import { type GraphQLObjectType, type GraphQLSchema, isInterfaceType, isObjectType } from "graphql";
import type { OperationContext } from "./context.ts";

type MaybePromise<T> = T | Promise<T>;

/** One function for each field that is not simply a property of its source. */
export type FieldFunctions<Type, Source> = {
  readonly [Field in keyof Type & string]?: (
    source: Source,
    context: OperationContext,
  ) => MaybePromise<Type[Field] | null>;
};

type FieldFunction = (source: unknown, context: OperationContext) => unknown;

/** The functions of one type, or of every type that has an interface. */
export interface FieldTable {
  readonly typeName: string;
  readonly fields: ReadonlyMap<string, FieldFunction>;
}

function isFieldFunction(value: unknown): value is FieldFunction {
  return typeof value === "function";
}

/**
 * Fields without arguments: what `@FieldResolver() name(@Root() source, @Ctx() context)` says, without saying it for each of fifty fields.
 * Values that are known are returned as they are, because each promise costs a turn of the event loop.
 */
export function defineFields<Type extends object, Source = Type>(
  type: abstract new (...args: never[]) => Type,
  functions: FieldFunctions<Type, Source>,
): FieldTable {
  const fields = new Map<string, FieldFunction>();
  for (const [name, resolve] of Object.entries(functions)) if (isFieldFunction(resolve)) fields.set(name, resolve);
  return { typeName: type.name, fields };
}

/**
 * Lets the executor call the functions of field tables directly. The way through type-graphql collects parameters for each call anew, which for
 * an answer of thousands of objects takes longer than the functions themselves.
 */
export function bindFieldTables(schema: GraphQLSchema, tables: readonly FieldTable[]): void {
  for (const { typeName, fields } of tables) {
    for (const type of objectTypes(schema, typeName)) {
      const own = type.getFields();
      for (const [name, resolve] of fields) {
        const field = own[name];
        if (field === undefined) throw new Error(`${typeName} has no field ${name}`);
        field.resolve = (source: unknown, _args: unknown, context: OperationContext) => resolve(source, context);
      }
    }
  }
}

function objectTypes(schema: GraphQLSchema, name: string): readonly GraphQLObjectType[] {
  const type = schema.getType(name);
  if (isObjectType(type)) return [type];
  if (isInterfaceType(type)) return schema.getPossibleTypes(type);
  throw new Error(`The schema has no object type ${name}`);
}
