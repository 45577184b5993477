import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from "graphql";

/** Counts an operation's fields that fail while it runs, so that it can end before all of it has been asked for. */
export interface FailedFields {
  /** `ends` is called when more fields of the operation with this context have failed than may. To be ended by what it returns: a young collection keeps whatever a long-lived weak map holds. */
  watch(context: object, maximum: number, ends: () => void): () => void;
}

/** Schemas whose fields tell it already. */
const telling = new WeakMap<GraphQLSchema, FailedFields>();

/** Has every field of the schema tell when it fails. What succeeds costs nothing but a call more. */
export function countFailedFields(schema: GraphQLSchema): FailedFields {
  const known = telling.get(schema) ?? letFieldsTell(schema);
  telling.set(schema, known);
  return known;
}

function letFieldsTell(schema: GraphQLSchema): FailedFields {
  const watched = new WeakMap<object, () => void>();

  function failed(context: unknown): void {
    if (typeof context === "object" && context !== null) watched.get(context)?.();
  }

  function tellIfItFails(context: unknown, value: Promise<unknown>): void {
    value.catch(() => failed(context));
  }

  function counted(resolve: GraphQLFieldResolver<unknown, unknown>): GraphQLFieldResolver<unknown, unknown> {
    const watch: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
      try {
        const value = resolve(source, args, context, info);
        if (value instanceof Promise) tellIfItFails(context, value);
        return value;
      } catch (error) {
        failed(context);
        throw error;
      }
    };
    // How many parameters a resolver declares tells what has to be made for it.
    return Object.defineProperty(watch, "length", { value: resolve.length });
  }

  for (const [name, type] of Object.entries(schema.getTypeMap())) {
    if (!isObjectType(type) || name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve !== undefined) field.resolve = counted(field.resolve);
    }
  }
  return {
    watch(context, maximum, ends) {
      let count = 0;
      watched.set(context, () => {
        count += 1;
        if (count === maximum + 1) ends();
      });
      return () => {
        watched.delete(context);
      };
    },
  };
}
