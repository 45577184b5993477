import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from "graphql";

/** The variables that decide whether something of a document is asked for, in order. */
export function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      const value = conditionOf(directive)?.value;
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/**
 * An operation and its fragments without `@skip` and `@include`, as these values decide them: a compiled document mixes up the conditions of a
 * fragment's places. Undefined where something that has fields would be left with none, or a condition is none.
 */
export function decided(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  values: Readonly<Record<string, unknown>>,
): { readonly operation: OperationDefinitionNode; readonly fragments: readonly FragmentDefinitionNode[] } | undefined {
  let isWhole = true;

  function isAskedFor({ directives = [] }: SelectionNode): boolean {
    return directives.every((directive) => {
      const condition = conditionOf(directive);
      if (condition === undefined) return true;
      const { value } = condition;
      const given =
        value.kind === Kind.VARIABLE ? values[value.name.value] : value.kind === Kind.BOOLEAN ? value.value : undefined;
      if (typeof given !== "boolean") isWhole = false;
      return given === condition.wanted;
    });
  }

  function setOf(set: SelectionSetNode): SelectionSetNode {
    const selections = set.selections.filter(isAskedFor).map((selection): SelectionNode => {
      const bare = { ...selection, directives: [] };
      if (bare.kind === Kind.FRAGMENT_SPREAD || bare.selectionSet === undefined) return bare;
      return { ...bare, selectionSet: setOf(bare.selectionSet) } as SelectionNode;
    });
    if (selections.length === 0) isWhole = false;
    return { ...set, selections };
  }

  const fragments = document.definitions.flatMap((definition) =>
    definition.kind === Kind.FRAGMENT_DEFINITION
      ? [{ ...definition, selectionSet: setOf(definition.selectionSet) }]
      : [],
  );
  const own = { ...operation, directives: [], selectionSet: setOf(operation.selectionSet) };
  return isWhole ? { operation: own, fragments } : undefined;
}

function conditionOf({ name, arguments: given = [] }: DirectiveNode) {
  if (name.value !== "skip" && name.value !== "include") return undefined;
  const value = given.find((argument) => argument.name.value === "if")?.value;
  return value === undefined ? undefined : { value, wanted: name.value === "include" };
}
