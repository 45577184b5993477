import "monaco-graphql/esm/graphql.worker.js";

/** What the part for GraphQL does with a worker's first message. */
export const startGraphql = globalThis.onmessage;
