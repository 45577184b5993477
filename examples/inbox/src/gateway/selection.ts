import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";

/** What a fragment selects, as text without its braces: the hooks of the client take fields so. */
export function selectionOf(fragment: TypedDocumentNode<unknown, unknown>): string {
  const [definition] = fragment.definitions;
  if (definition?.kind !== "FragmentDefinition") throw new TypeError("This document is no fragment.");
  return print(definition.selectionSet).slice(1, -1);
}
