import "reflect-metadata";
import {
  type ConstDirectiveNode,
  DirectiveLocation,
  GraphQLDirective,
  GraphQLInputObjectType,
  GraphQLNonNull,
  type GraphQLSchema,
  GraphQLString,
  Kind,
} from "graphql";
import { buildSchemaSync } from "type-graphql";
import { resolverClasses } from "../resolvers/resolver-classes.ts";

const REST_DIRECTIVE = new GraphQLDirective({
  name: "rest",
  description:
    "Names the REST method that this field calls. On a field with several, which of them are called depends on what is asked for.",
  isRepeatable: true,
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: { method: { type: new GraphQLNonNull(GraphQLString) } },
});

/** Inputs of which exactly one field must be given. */
const ONE_OF_INPUTS = ["ChatLookup", "SessionLookup", "TransferTarget"];

/** The executable schema of the whole API. */
export function buildSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: resolverClasses,
    directives: [...(type.astNode?.directives ?? []), directive],
  };
}
