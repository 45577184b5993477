import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getOperationAST,
  getVariableValues,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/** A field of one object type with its arguments, wherever and under however many aliases the operation selects it. */
export interface SelectedField {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Equal for fields that ask for the same. */
  readonly argsKey: string;
  readonly sets: readonly SelectionSetNode[];
}

/** What the fields of one operation are read from. */
export interface OperationText {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly root: GraphQLObjectType;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Of one operation of a document; undefined for what execution refuses before it asks anything. */
export function operationText(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): OperationText | undefined {
  const operation = getOperationAST(document, operationName);
  const root = operation ? schema.getRootType(operation.operation) : undefined;
  if (!operation || !root) return undefined;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, { maxErrors: 1 });
  return coerced && { schema, operation, root, fragments: fragmentsOf(document), variables: coerced };
}

function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
}

/**
 * The fields that these selections ask of an object type. Fields with equal arguments are one: what a loader reads for the first it has for the
 * second. With `apart` each is told alone, as for mutations, which are all carried out.
 */
export function selectedFields(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  text: OperationText,
  apart = false,
): SelectedField[] {
  const found = new Map<string, { field: Omit<SelectedField, "sets">; sets: SelectionSetNode[] }>();
  visitFields(type, sets, text, (node) => {
    const name = node.name.value;
    const args = argumentsOf(type, node, text);
    const argsKey = apart ? String(found.size) : JSON.stringify(args);
    const key = `${name} ${argsKey}`;
    const known = found.get(key) ?? { field: { name, args, argsKey }, sets: [] };
    found.set(key, known);
    if (node.selectionSet !== undefined) known.sets.push(node.selectionSet);
  });
  return [...found.values()].map(({ field, sets: below }) => ({ ...field, sets: below }));
}

/** A field as it stands in the answer: under one name, however often the operation selects it under that. */
export type AnsweredField = Omit<SelectedField, "argsKey">;

/** The fields that the answer has for an object of that type. */
export function answeredFields(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  text: OperationText,
): AnsweredField[] {
  const found = new Map<string, { field: Omit<AnsweredField, "sets">; sets: SelectionSetNode[] }>();
  visitFields(type, sets, text, (node) => {
    const key = node.alias?.value ?? node.name.value;
    const known = found.get(key) ?? {
      field: { name: node.name.value, args: argumentsOf(type, node, text) },
      sets: [],
    };
    found.set(key, known);
    if (node.selectionSet !== undefined) known.sets.push(node.selectionSet);
  });
  return [...found.values()].map(({ field, sets: below }) => ({ ...field, sets: below }));
}

/** Goes through the selections that concern an object of that type, each fragment once. */
function visitFields(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  text: OperationText,
  visitField: (node: FieldNode) => void,
): void {
  const spread = new Set<FragmentDefinitionNode>();
  const visit = (selection: SelectionNode): void => {
    if (!isIncluded(selection, text.variables)) return;
    if (selection.kind === Kind.FIELD) {
      visitField(selection);
      return;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? text.fragments.get(selection.name.value) : selection;
    if (fragment === undefined || !appliesTo(fragment.typeCondition?.name.value, type, text.schema)) return;
    if (fragment.kind === Kind.FRAGMENT_DEFINITION) {
      if (spread.has(fragment)) return;
      spread.add(fragment);
    }
    fragment.selectionSet.selections.forEach(visit);
  };
  for (const { selections } of sets) selections.forEach(visit);
}

function appliesTo(condition: string | undefined, type: GraphQLObjectType, schema: GraphQLSchema): boolean {
  if (condition === undefined || condition === type.name) return true;
  const named = schema.getType(condition);
  return isAbstractType(named) && schema.isSubType(named, type);
}

/** None where they do not fit: execution refuses the field then, and nothing is sent for it. */
function argumentsOf(
  type: GraphQLObjectType,
  node: FieldNode,
  { variables }: OperationText,
): Readonly<Record<string, unknown>> {
  const definition = type.getFields()[node.name.value];
  if (definition === undefined || definition.args.length === 0) return {};
  try {
    return getArgumentValues(definition, node, variables);
  } catch {
    return {};
  }
}

function isIncluded(selection: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false;
}
