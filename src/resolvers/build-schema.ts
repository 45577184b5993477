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
  specifiedDirectives,
} from "graphql";
import { buildSchemaSync, type PubSub } from "type-graphql";
import { StreamCheckpoint, StreamGap } from "../schema/live-events.ts";
import { fieldTables, resolverClasses } from "./all-resolvers.ts";
import { bindFieldTables } from "./engine/field-table.ts";

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

let shared: GraphQLSchema | undefined;

/** The schema that the gateways of this process run on: it takes longer to build than all else that a gateway starts with. */
export function sharedSchema(): GraphQLSchema {
  shared ??= buildSchema();
  return shared;
}

/** The executable schema of the whole API, to be changed at will. */
export function buildSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: resolverClasses,
    // Given ones replace the standard ones: without these, clients could not use @include and @skip.
    directives: [...specifiedDirectives, REST_DIRECTIVE],
    // Inputs are checked where they are used, with sentences of our own.
    validate: false,
    pubSub: NO_PUB_SUB,
    orphanedTypes: [StreamGap, StreamCheckpoint],
  });
  putArgumentsInOrder(schema);
  for (const name of ONE_OF_INPUTS) makeOneOf(schema, name);
  bindFieldTables(schema, fieldTables);
  return schema;
}

/** type-graphql wants one as soon as there are subscriptions. None publishes through it: every field has a `subscribe` of its own over the log. */
const NO_PUB_SUB: PubSub = {
  publish() {
    throw new Error("events are appended to the log");
  },
  subscribe() {
    throw new Error("events are read from the log");
  },
};

/** type-graphql collects the arguments of a method from last to first. */
function putArgumentsInOrder(schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) field.args = [...field.args].reverse();
  }
}

/** type-graphql has no way to say `@oneOf`: it is set on the built type, and on its syntax node so that it is printed. */
function makeOneOf(schema: GraphQLSchema, name: string): void {
  const type = schema.getType(name);
  if (!(type instanceof GraphQLInputObjectType)) return;
  type.isOneOf = true;
  const directive: ConstDirectiveNode = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: "oneOf" } };
  type.astNode = {
    ...(type.astNode ?? { kind: Kind.INPUT_OBJECT_TYPE_DEFINITION, name: { kind: Kind.NAME, value: name } }),
    directives: [...(type.astNode?.directives ?? []), directive],
  };
}
