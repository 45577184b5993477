import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { Selection } from "bitrix24-open-channels-client/desk";
import { print } from "graphql";

/** What a fragment selects, with its type: the hooks of the client take fields so. */
export function selectionOf<Selected>(fragment: TypedDocumentNode<Selected, unknown>): Selection<Selected> {
  const [definition] = fragment.definitions;
  if (definition?.kind !== "FragmentDefinition") throw new TypeError("This document is no fragment.");
  return { text: print(definition.selectionSet).slice(1, -1) };
}
