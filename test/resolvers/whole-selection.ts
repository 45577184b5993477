import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isObjectType,
  isRequiredArgument,
} from "graphql";

/** Values of arguments by their name, as GraphQL literals. */
export type ArgumentLiterals = Readonly<Record<string, string>>;
type Field = GraphQLField<unknown, unknown>;

/**
 * A selection of all that a field leads to, down to `depth` objects; a type within itself is not entered again, and a field that is not wanted
 * is left out. Throws for a required argument that has no literal, so that nothing is left out in silence.
 */
export function wholeField(
  schema: GraphQLSchema,
  field: Field,
  literals: ArgumentLiterals,
  depth: number,
  isWanted: (field: Field) => boolean = () => true,
  within: readonly string[] = [],
): string | undefined {
  const given = field.args.flatMap((argument) => {
    const literal = literals[`${field.name}.${argument.name}`] ?? literals[argument.name];
    if (literal !== undefined) return [`${argument.name}: ${literal}`];
    if (isRequiredArgument(argument)) throw new Error(`no literal for ${argument.name} of ${field.name}`);
    return [];
  });
  const type = getNamedType(field.type);
  const head = given.length === 0 ? field.name : `${field.name}(${given.join(", ")})`;
  if (!isObjectType(type) && !isAbstractType(type)) return head;
  if (depth === 0 || within.includes(type.name)) return undefined;
  return `${head} ${wholeType(schema, type, literals, depth - 1, isWanted, [...within, type.name])}`;
}

function wholeType(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  literals: ArgumentLiterals,
  depth: number,
  isWanted: (field: Field) => boolean,
  within: readonly string[],
): string {
  if (isAbstractType(type)) {
    const parts = schema
      .getPossibleTypes(type)
      .map((possible) => `... on ${possible.name} ${wholeType(schema, possible, literals, depth, isWanted, within)}`);
    return `{ __typename ${parts.join(" ")} }`;
  }
  if (!isObjectType(type) || isInputObjectType(type)) throw new Error(`${type.name} has no fields to select`);
  const fields = Object.values(type.getFields())
    .filter(isWanted)
    .flatMap((field) => wholeField(schema, field, literals, depth, isWanted, within) ?? []);
  return `{ __typename ${fields.join(" ")} }`;
}
