import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { counted, limitExceeded } from "./limit-exceeded.ts";

/**
 * Fields that have the same name in the answer are compared in pairs, each with each: 1,200 of them are 720,000 comparisons. graphql-js
 * gives up at 500,000 steps, which take longer than a refusal may. Operations that people write need a handful.
 */
const MAX_COMPARISONS = 30_000;
/** Fragments that spread each other twice again and again have more selections than could ever be looked at. */
const MAX_SELECTIONS = 50_000;

/** Why a document is not validated: its fields repeat too often to be compared with each other; undefined when it may be. */
export function repeatedFields(document: DocumentNode): GraphQLError | undefined {
  const { pairs, lookedAt } = comparisons(document);
  if (pairs <= MAX_COMPARISONS && lookedAt <= MAX_SELECTIONS) return undefined;
  return limitExceeded({
    limit: "documentComparisons",
    maximum: MAX_COMPARISONS,
    message: `The document repeats fields so often that more than ${counted(MAX_COMPARISONS)} pairs of them would have to be compared; at most ${counted(MAX_COMPARISONS)} pass. Select each once.`,
  });
}

/** Pairs of fields that validation compares, those below repeated fields included. Once there are too many it counts no further. */
function comparisons(document: DocumentNode): { readonly pairs: number; readonly lookedAt: number } {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  let pairs = 0;
  let lookedAt = 0;

  /** The selection sets of one place of the answer; a fragment is never entered within itself. */
  function compare(sets: readonly SelectionSetNode[], within: ReadonlySet<string>): void {
    const fields = new Map<string, { count: number; readonly below: SelectionSetNode[] }>();
    const entered = new Set(within);
    const collect = ({ selections }: SelectionSetNode): void => {
      for (const selection of selections) {
        lookedAt += 1;
        if (pairs > MAX_COMPARISONS || lookedAt > MAX_SELECTIONS) return;
        switch (selection.kind) {
          case Kind.INLINE_FRAGMENT:
            collect(selection.selectionSet);
            break;
          case Kind.FRAGMENT_SPREAD: {
            const fragment = fragments.get(selection.name.value);
            if (fragment === undefined || entered.has(selection.name.value)) break;
            entered.add(selection.name.value);
            collect(fragment.selectionSet);
            break;
          }
          case Kind.FIELD: {
            const name = selection.alias?.value ?? selection.name.value;
            const same = fields.get(name) ?? { count: 0, below: [] };
            fields.set(name, same);
            pairs += same.count;
            same.count += 1;
            if (selection.selectionSet !== undefined) same.below.push(selection.selectionSet);
            break;
          }
          default:
            selection satisfies never;
        }
      }
    };
    sets.forEach(collect);
    for (const { below } of fields.values()) if (below.length > 0) compare(below, entered);
  }

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    compare([definition.selectionSet], new Set());
  }
  return { pairs, lookedAt };
}
