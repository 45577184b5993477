import type { Fetcher } from "@graphiql/toolkit";
import { type DocumentNode, getOperationAST, parse } from "graphql";

/**
 * Hands on what the editor shows now. The editor reads its text a moment after it was written, and until then says the operation's name and
 * the document of the text before, or of the tab before.
 */
export function withCurrentDocument(fetcher: Fetcher): Fetcher {
  return (params, options) => {
    const document = parsed(params.query);
    if (document === undefined) return fetcher(params, options);
    const isNamed = getOperationAST(document, params.operationName) != null;
    const current = isNamed ? params : { ...params, operationName: null };
    return fetcher(current, { ...options, documentAST: document });
  };
}

/** What cannot be read is for the gateway to refuse. */
function parsed(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    return undefined;
  }
}
