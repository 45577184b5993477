import { createHash } from "node:crypto";
import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";

const MAX_DOCUMENTS = 2_000;
/** Characters of source text over all documents; a parsed document takes about twenty times that in memory. */
const MAX_SOURCE_CHARACTERS = 4_000_000;

/**
 * Documents that were parsed and found valid, by the SHA-256 of their text. One cache for all transports: `get`, `set` and `delete`
 * are what Apollo Server wants of its document store. Apollo only looks here; what it has parsed it has not validated.
 */
export interface DocumentCache {
  get(key: string): Promise<DocumentNode | undefined>;
  /** Keeps nothing; `keep` does. */
  set(key: string, document: DocumentNode): Promise<void>;
  delete(key: string): Promise<boolean>;
  find(source: string): DocumentNode | undefined;
  keep(source: string, document: DocumentNode): void;
}

export function createDocumentCache(): DocumentCache {
  const documents = new LRUCache<string, DocumentNode>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_SOURCE_CHARACTERS,
    sizeCalculation: (document) => Math.max(1, document.loc?.source.body.length ?? 1),
  });
  // Apollo puts a hash of the schema before the text's hash; there is only one schema here.
  const hashOf = (key: string) => key.slice(key.lastIndexOf(":") + 1);
  return {
    get: (key) => Promise.resolve(documents.get(hashOf(key))),
    set: () => Promise.resolve(),
    delete: (key) => Promise.resolve(documents.delete(hashOf(key))),
    find: (source) => documents.get(sourceHash(source)),
    keep: (source, document) => {
      documents.set(sourceHash(source), document);
    },
  };
}

function sourceHash(source: string): string {
  return createHash("sha256").update(source).digest("hex");
}
