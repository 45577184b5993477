import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from "graphql";
import { FIELD_RULES, pageSizeOf } from "./field-rules.ts";
import { ASSUMED } from "./group.ts";
import { type AnsweredField, answeredFields, type OperationText } from "./selected-fields.ts";

/** Places where an operation may select fields; what is more than this through its fragments is not counted to its end. */
const MAX_PLACES = 5_000;

/** Objects of a list that has no pages, on average: files of a message, rows of an attachment, lines of a queue. */
const WITHOUT_PAGES = 5;

/** What a field of introspection counts: it is worked out anew each time, and takes longer than one of a record. */
const INTROSPECTED = 2;

/** The part of introspected types that wrap another: lists and those that cannot be null. */
const WRAPPING = 0.7;

/** Tells how many fields the answer to an operation can have; for a subscription the answer for one event. */
export type AnswerFields = (text: OperationText) => number;

/**
 * Counts the fields of answers before anything is executed. What leads from a message to its chat and back to the chat's messages costs the
 * portal nothing, and yet multiplies: a short document could keep the process computing for hours. Lists count with their page size, those
 * without pages with what they have on average, and so do those of introspection. Infinite for what multiplies without end.
 */
export function createAnswerFields(schema: GraphQLSchema): AnswerFields {
  const introspected = sizesOf(schema);
  return (text) =>
    Math.ceil(createCounter(text, introspected).count(text.root, [text.operation.selectionSet], 1, ASSUMED));
}

interface Counter {
  /**
   * Fields of so many objects, with all below them.
   * @param pageSize objects on a page, where these are connections
   */
  count(type: GraphQLObjectType, sets: readonly SelectionSetNode[], objects: number, pageSize: number): number;
}

function createCounter(text: OperationText, introspected: ReadonlyMap<string, number>): Counter {
  let places = 0;

  function count(type: GraphQLObjectType, sets: readonly SelectionSetNode[], objects: number, pageSize: number) {
    let fields = 0;
    for (const selected of answeredFields(type, sets, text)) {
      places += 1;
      if (places > MAX_PLACES) return Number.POSITIVE_INFINITY;
      fields += type.name.startsWith("__") ? objects * INTROSPECTED : objects;
      const field = fieldNamed(type, selected.name);
      if (field !== undefined && selected.sets.length > 0) fields += below(type, field, selected, objects, pageSize);
    }
    return fields;
  }

  function below(
    type: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    selected: AnsweredField,
    objects: number,
    pageSize: number,
  ): number {
    const key = `${type.name}.${field.name}`;
    const inner = objects * (introspected.get(key) ?? objectsOf(type, field, selected, pageSize));
    const innerPage = pageSizeOf(selected.args, FIELD_RULES[key]?.pageSize);
    const named = getNamedType(field.type);
    if (isObjectType(named)) return count(named, selected.sets, inner, innerPage);
    if (!isAbstractType(named)) return 0;
    // An object is of one type only.
    const possible = text.schema.getPossibleTypes(named);
    return Math.max(0, ...possible.map((one) => count(one, selected.sets, inner, innerPage)));
  }

  return { count };
}

function fieldNamed(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
  switch (name) {
    case SchemaMetaFieldDef.name:
      return SchemaMetaFieldDef;
    case TypeMetaFieldDef.name:
      return TypeMetaFieldDef;
    default:
      return type.getFields()[name];
  }
}

/** Objects that a field answers for each object that has it. */
function objectsOf(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  { args }: AnsweredField,
  pageSize: number,
): number {
  if (!isListType(getNullableType(field.type))) return 1;
  if (type.name.endsWith("Connection")) return pageSize;
  return Array.isArray(args.ids)
    ? args.ids.length
    : (FIELD_RULES[`${type.name}.${field.name}`]?.listSize ?? WITHOUT_PAGES);
}

/** How long the lists of introspection are, for each object on average. */
function sizesOf(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const types = Object.values(schema.getTypeMap());
  const composite = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = composite.flatMap((type) => Object.values(type.getFields()));
  const inputs = types.filter(isInputObjectType).flatMap((type) => Object.values(type.getFields()));
  const directives = schema.getDirectives();
  const average = (all: number, among: number): number => all / Math.max(1, among);
  return new Map([
    ["__Schema.types", types.length],
    ["__Schema.directives", directives.length],
    ["__Directive.args", average(directives.flatMap(({ args }) => args).length, directives.length)],
    ["__Type.fields", average(fields.length, types.length)],
    ["__Type.inputFields", average(inputs.length, types.length)],
    ["__Type.interfaces", 1],
    ["__Type.possibleTypes", 1],
    ["__Type.enumValues", 2],
    ["__Type.ofType", WRAPPING],
    ["__Field.args", average(fields.flatMap(({ args }) => args).length, fields.length)],
  ]);
}
