import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/** What an operation selects, with its fragments as often as they are spread. */
export interface SelectedCounts {
  /** Fields at the top of the selection. */
  readonly top: number;
  /** Fields, fragments and their spreads at whatever depth. */
  readonly selections: number;
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: SelectedCounts = { top: 0, selections: 0, aliases: 0, directives: 0 };

/** Counts each fragment once: twenty that spread each other twice are a million selections. Infinite for what is more than a number holds. */
export function countSelected(document: DocumentNode, { selectionSet }: OperationDefinitionNode): SelectedCounts {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, SelectedCounts>();

  function count({ selections: all }: SelectionSetNode): SelectedCounts {
    let { top, selections, aliases, directives } = NOTHING;
    for (const selection of all) {
      const inner = countInside(selection);
      top += selection.kind === Kind.FIELD ? 1 : inner.top;
      selections += inner.selections + 1;
      aliases += inner.aliases + (selection.kind === Kind.FIELD && selection.alias !== undefined ? 1 : 0);
      directives += inner.directives + (selection.directives?.length ?? 0);
    }
    return { top, selections, aliases, directives };
  }

  function countInside(selection: SelectionNode): SelectedCounts {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return countFragment(selection.name.value);
    return selection.selectionSet === undefined ? NOTHING : count(selection.selectionSet);
  }

  function countFragment(name: string): SelectedCounts {
    const found = known.get(name);
    if (found !== undefined) return found;
    const fragment = fragments.get(name);
    if (fragment === undefined) return NOTHING;
    // A fragment that spreads itself is refused by validation; here it must only not be entered for ever.
    known.set(name, NOTHING);
    const inner = count(fragment.selectionSet);
    const counts = { ...inner, directives: inner.directives + (fragment.directives?.length ?? 0) };
    known.set(name, counts);
    return counts;
  }

  return count(selectionSet);
}
