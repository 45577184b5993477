import type { FieldNode, FragmentDefinitionNode, GraphQLResolveInfo, SelectionNode, SelectionSetNode } from "graphql";
import { GraphQLIncludeDirective, GraphQLSkipDirective, getDirectiveValues } from "graphql";

/** Only the parts of `info` that are read, so that a selection can be looked at without an executor. */
export type LookaheadInfo = Pick<GraphQLResolveInfo, "fieldNodes" | "fragments" | "variableValues">;

/**
 * What the client selected below a field: a hint for reading things together. No answer may depend on it, because an
 * executor is free to give no `info`: whoever starts a read on this hint must also answer correctly without having started it.
 * Names are those of the schema, never aliases; `@skip` and `@include` are respected; `__typename` is not counted.
 */
export class Selection {
  readonly #children: ReadonlyMap<string, readonly FieldNode[]>;
  readonly #info: LookaheadInfo;

  constructor(sets: readonly SelectionSetNode[], info: LookaheadInfo) {
    this.#info = info;
    this.#children = collect(sets, info);
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#children.keys());
  }

  has(name: string): boolean {
    return this.#children.has(name);
  }

  /** Whether nothing beside these names is selected. */
  hasOnly(names: ReadonlySet<string>): boolean {
    for (const name of this.#children.keys()) if (!names.has(name)) return false;
    return true;
  }

  /** Whether the object is needed for its id alone. */
  get isIdOnly(): boolean {
    return this.hasOnly(ID_ONLY);
  }

  /** What is selected below a child; an empty selection when the child is not selected or is a leaf. */
  child(name: string): Selection {
    return new Selection(selectionSets(this.occurrences(name)), this.#info);
  }

  /** The places where a child is selected: several when aliases ask for it with different arguments. */
  occurrences(name: string): readonly FieldNode[] {
    return this.#children.get(name) ?? [];
  }
}

const ID_ONLY: ReadonlySet<string> = new Set(["id"]);

/** The selection below the field that is being resolved. */
export function lookAhead(info: LookaheadInfo): Selection {
  return new Selection(selectionSets(info.fieldNodes), info);
}

function selectionSets(nodes: readonly FieldNode[]): SelectionSetNode[] {
  return nodes.flatMap((node) => (node.selectionSet === undefined ? [] : [node.selectionSet]));
}

function collect(sets: readonly SelectionSetNode[], info: LookaheadInfo): Map<string, FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  const spread = new Set<FragmentDefinitionNode>();
  const visit = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (!isIncluded(selection, info)) continue;
      switch (selection.kind) {
        case "Field": {
          const name = selection.name.value;
          if (name.startsWith("__")) break;
          const nodes = found.get(name) ?? [];
          nodes.push(selection);
          found.set(name, nodes);
          break;
        }
        case "InlineFragment":
          visit(selection.selectionSet);
          break;
        case "FragmentSpread": {
          const fragment = info.fragments[selection.name.value];
          // Validation forbids fragments that spread themselves; a hint must not hang on one all the same.
          if (fragment === undefined || spread.has(fragment)) break;
          spread.add(fragment);
          visit(fragment.selectionSet);
          break;
        }
      }
    }
  };
  for (const set of sets) visit(set);
  return found;
}

function isIncluded(selection: SelectionNode, info: LookaheadInfo): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  if (getDirectiveValues(GraphQLSkipDirective, selection, info.variableValues)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, info.variableValues)?.if !== false;
}
