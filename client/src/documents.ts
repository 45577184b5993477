/**
 * A document with the types of its result and variables: what code generators make as text (`documentMode: "string"`), or a parsed document
 * that still has its source. A plain text is one without types.
 */
export type TypedDocument<Data, Variables> = (ParsedDocument | { toString(): string }) & {
  readonly __apiType?: (variables: Variables) => Data;
};

interface ParsedDocument {
  readonly kind: "Document";
  readonly loc?: { readonly source: { readonly body: string } } | undefined;
}

/** Throws for a parsed document without its source, which only a printer could write again. */
export function textOf(document: { toString(): string }): string {
  if (!isParsed(document)) return document.toString();
  const { loc } = document;
  if (loc === undefined) {
    throw new TypeError(
      'This document has no source text. Generate documents with documentMode "string", or print it.',
    );
  }
  return loc.source.body;
}

function isParsed(document: unknown): document is ParsedDocument {
  return typeof document === "object" && document !== null && "kind" in document;
}

/** The name of the variable that says where a subscription goes on: the one of type `EventCursor`. */
export function cursorVariable(query: string): string | undefined {
  const withoutComments = query.replace(/#.*$/gm, "");
  return /\bsubscription\b[^{]*?\$(\w+)\s*:\s*EventCursor\b/.exec(withoutComments)?.[1];
}
