import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

const CONDITIONS: ReadonlySet<string> = new Set(["skip", "include"]);

/**
 * Subscriptions whose one field may or may not be there. The specification forbids it, and the rule of graphql-js that counts
 * the field throws when the condition is a variable: it has no values then. So this is looked for before that rule runs.
 */
export function conditionalSubscriptions(document: DocumentNode): GraphQLError[] {
  return document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.SUBSCRIPTION
      ? conditionsAtRoot(definition.selectionSet, document)
      : [],
  );
}

function conditionsAtRoot(root: SelectionSetNode, document: DocumentNode): GraphQLError[] {
  const errors: GraphQLError[] = [];
  const entered = new Set<FragmentDefinitionNode>();
  const visit = (selection: SelectionNode): void => {
    const condition = selection.directives?.find((directive) => CONDITIONS.has(directive.name.value));
    if (condition !== undefined) {
      errors.push(
        new GraphQLError(
          `A subscription's field cannot carry @${condition.name.value}: subscribe to it or do not. Fields below it can.`,
          { nodes: condition },
        ),
      );
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) selection.selectionSet.selections.forEach(visit);
    if (selection.kind !== Kind.FRAGMENT_SPREAD) return;
    const fragment = fragmentNamed(document, selection.name.value);
    // A fragment that spreads itself is another rule's matter; here it must not be entered for ever.
    if (fragment === undefined || entered.has(fragment)) return;
    entered.add(fragment);
    fragment.selectionSet.selections.forEach(visit);
  };
  root.selections.forEach(visit);
  return errors;
}

function fragmentNamed(document: DocumentNode, name: string): FragmentDefinitionNode | undefined {
  return document.definitions.find(
    (definition): definition is FragmentDefinitionNode =>
      definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
  );
}
