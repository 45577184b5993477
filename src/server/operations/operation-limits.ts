import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import type { Limits } from "../../config/limits.ts";
import { counted, limitExceeded } from "./limit-exceeded.ts";

/** What an operation selects, with its fragments as often as they are spread. */
interface Selected {
  /** Fields at the top of the selection. */
  readonly top: number;
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: Selected = { top: 0, aliases: 0, directives: 0 };

/** Why an operation of a parsed document is not validated; undefined when it may be. Fragments that nobody spreads do not count. */
export function oversizedOperation(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  limits: Pick<Limits, "rootFields" | "aliases" | "directives" | "variables">,
): GraphQLError | undefined {
  const { variableDefinitions = [] } = operation;
  const { top, aliases, directives } = createCounter(document).count(operation.selectionSet);
  const ofVariables = variableDefinitions.reduce((sum, { directives: on = [] }) => sum + on.length, 0);
  const measured = [
    { limit: "variables", actual: variableDefinitions.length, what: "defines # variables" },
    { limit: "rootFields", actual: top, what: "has # fields at its top" },
    { limit: "aliases", actual: aliases, what: "has # aliases" },
    {
      limit: "directives",
      actual: directives + ofVariables + (operation.directives?.length ?? 0),
      what: "has # directives",
    },
  ] as const;
  const over = measured.find(({ limit, actual }) => actual > limits[limit]);
  if (over === undefined) return undefined;
  const maximum = limits[over.limit];
  const told = Number.isSafeInteger(over.actual) ? counted(over.actual) : "countless";
  return limitExceeded({
    limit: over.limit,
    maximum,
    ...(Number.isSafeInteger(over.actual) ? { actual: over.actual } : {}),
    message: `The operation ${over.what.replace("#", told)}, those of its fragments included; at most ${counted(maximum)} pass.`,
  });
}

/** Counts each fragment once: twenty that spread each other twice are a million selections. */
function createCounter(document: DocumentNode): { count(set: SelectionSetNode): Selected } {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, Selected>();

  function count({ selections }: SelectionSetNode): Selected {
    let { top, aliases, directives } = NOTHING;
    for (const selection of selections) {
      const inner = countInside(selection);
      top += selection.kind === Kind.FIELD ? 1 : inner.top;
      aliases += inner.aliases + (selection.kind === Kind.FIELD && selection.alias !== undefined ? 1 : 0);
      directives += inner.directives + (selection.directives?.length ?? 0);
    }
    return { top, aliases, directives };
  }

  function countInside(selection: SelectionNode): Selected {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return countFragment(selection.name.value);
    return selection.selectionSet === undefined ? NOTHING : count(selection.selectionSet);
  }

  function countFragment(name: string): Selected {
    const found = known.get(name);
    if (found !== undefined) return found;
    const fragment = fragments.get(name);
    if (fragment === undefined) return NOTHING;
    // A fragment that spreads itself is refused by validation; here it must only not be entered for ever.
    known.set(name, NOTHING);
    const { top, aliases, directives } = count(fragment.selectionSet);
    const counts = { top, aliases, directives: directives + (fragment.directives?.length ?? 0) };
    known.set(name, counts);
    return counts;
  }

  return { count };
}
