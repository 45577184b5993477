import type { GraphQLError } from "graphql";
import type { Limits } from "../../config/limits.ts";
import { documentSize } from "./document-size.ts";
import { counted, limitExceeded } from "./limit-exceeded.ts";

/** Why a document must not even be parsed; undefined when it may be. */
export function oversizedDocument(
  source: string,
  { documentTokens, documentNesting }: Pick<Limits, "documentTokens" | "documentNesting">,
): GraphQLError | undefined {
  const { tokens, nesting } = documentSize(source);
  if (tokens > documentTokens) {
    return limitExceeded({
      limit: "documentTokens",
      maximum: documentTokens,
      actual: tokens,
      message: `The document has ${counted(tokens)} tokens (names, values and signs); at most ${counted(documentTokens)} pass. Ask for less at once.`,
    });
  }
  if (nesting > documentNesting) {
    return limitExceeded({
      limit: "documentNesting",
      maximum: documentNesting,
      actual: nesting,
      message: `The document nests ${counted(nesting)} brackets deep; at most ${counted(documentNesting)} pass. Ask for less at once.`,
    });
  }
  return undefined;
}
