import {
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLUnionType,
  getArgumentValues,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from "graphql";

/** Type of every variable of a compiled document: its value was coerced before. */
export const COERCED = new GraphQLScalarType({
  name: "AlreadyCoerced",
  parseValue: (value) => value,
  serialize: (value) => value,
});

type Resolver = GraphQLFieldResolver<unknown, unknown>;

/**
 * The same schema without arguments: a compiled document would work out their values by rules of its own. Fields that have some get them from
 * graphql-js when they are resolved.
 */
export function schemaForCompiling(schema: GraphQLSchema): GraphQLSchema {
  const made = new Map<string, GraphQLNamedType>();

  function output(type: GraphQLOutputType): GraphQLOutputType {
    if (isNonNullType(type)) return new GraphQLNonNull(output(type.ofType));
    if (isListType(type)) return new GraphQLList(output(type.ofType));
    return objectType(type) ?? interfaceType(type) ?? unionType(type) ?? type;
  }

  function once<T extends GraphQLNamedType>(name: string, make: () => T): T {
    const known = made.get(name);
    if (known !== undefined) return known as T;
    const type = make();
    made.set(name, type);
    return type;
  }

  function objectType(type: unknown): GraphQLObjectType | undefined {
    if (!isObjectType(type)) return undefined;
    const config = type.toConfig();
    return once(type.name, () => {
      const interfaces = () => config.interfaces.map((each) => interfaceOf(each));
      return new GraphQLObjectType({ ...config, interfaces, fields: () => fieldsOf(type) });
    });
  }

  function interfaceType(type: unknown): GraphQLInterfaceType | undefined {
    return isInterfaceType(type) ? interfaceOf(type) : undefined;
  }

  function interfaceOf(type: GraphQLInterfaceType): GraphQLInterfaceType {
    const config = type.toConfig();
    return once(type.name, () => {
      const interfaces = () => config.interfaces.map((each) => interfaceOf(each));
      return new GraphQLInterfaceType({ ...config, interfaces, fields: () => fieldsOf(type) });
    });
  }

  function unionType(type: unknown): GraphQLUnionType | undefined {
    if (!isUnionType(type)) return undefined;
    const config = type.toConfig();
    const types = () => config.types.flatMap((each) => objectType(each) ?? []);
    return once(type.name, () => new GraphQLUnionType({ ...config, types }));
  }

  function fieldsOf(
    type: GraphQLObjectType | GraphQLInterfaceType,
  ): Record<string, GraphQLFieldConfig<unknown, unknown>> {
    const fields = Object.values(type.getFields()).map((field): [string, GraphQLFieldConfig<unknown, unknown>] => {
      const resolve: Resolver | undefined = field.resolve;
      if (resolve === undefined || field.args.length === 0)
        return [field.name, { type: output(field.type), ...(resolve === undefined ? {} : { resolve }) }];
      const withArguments: Resolver = (source, _args, context, info) => {
        const [node] = info.fieldNodes;
        if (node === undefined) throw new Error("a field that stands nowhere");
        const args = getArgumentValues(field, node, info.variableValues);
        // Whoever looks ahead from here works out arguments too.
        return resolve(source, args, context, { ...info, schema, returnType: field.type });
      };
      return [field.name, { type: output(field.type), resolve: withArguments }];
    });
    return Object.fromEntries(fields);
  }

  const types = Object.values(schema.getTypeMap()).flatMap((type) =>
    type.name.startsWith("__") ? [] : [objectType(type) ?? interfaceType(type) ?? unionType(type) ?? type],
  );
  return new GraphQLSchema({
    query: objectType(schema.getQueryType()),
    types: [...types, COERCED],
    directives: schema.getDirectives(),
    assumeValid: true,
  });
}
