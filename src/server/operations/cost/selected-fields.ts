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
  isAbstractType,
  Kind,
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
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
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
  const spread = new Set<FragmentDefinitionNode>();

  const visitField = (node: FieldNode): void => {
    const name = node.name.value;
    const args = argumentsOf(type, node, text);
    const argsKey = apart ? String(found.size) : JSON.stringify(args);
    const key = `${name} ${argsKey}`;
    const known = found.get(key) ?? { field: { name, args, argsKey }, sets: [] };
    found.set(key, known);
    if (node.selectionSet !== undefined) known.sets.push(node.selectionSet);
  };
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
  return [...found.values()].map(({ field, sets: below }) => ({ ...field, sets: below }));
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
