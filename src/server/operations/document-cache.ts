import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";

const MAX_DOCUMENTS = 2_000;
/** Characters of source text over all documents; a parsed document takes about twenty times that in memory. */
const MAX_SOURCE_CHARACTERS = 4_000_000;

/** Documents that were parsed and found valid. One cache for all transports. */
export interface DocumentCache {
  find(source: string): DocumentNode | undefined;
  keep(source: string, document: DocumentNode): void;
}

export function createDocumentCache(): DocumentCache {
  const documents = new LRUCache<string, DocumentNode>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_SOURCE_CHARACTERS,
    sizeCalculation: (document) => Math.max(1, document.loc?.source.body.length ?? 1),
  });
  return {
    find: (source) => documents.get(source),
    keep: (source, document) => {
      documents.set(source, document);
    },
  };
}
