import type { GraphQLError } from "graphql";
import type { Limits } from "../../config/limits.ts";
import { counted, limitExceeded } from "./limit-exceeded.ts";

export type Variables = Readonly<Record<string, unknown>>;

/** Why an operation's variables are not even looked at; undefined when they may be. */
export function oversizedVariables(
  variables: Variables | null | undefined,
  { variableValues, variableDepth }: Pick<Limits, "variableValues" | "variableDepth">,
): GraphQLError | undefined {
  if (variables === null || variables === undefined) return undefined;
  const { values, depth } = variableSize(variables);
  if (depth > variableDepth) {
    return limitExceeded({
      limit: "variableDepth",
      maximum: variableDepth,
      actual: depth,
      message: `The variables nest ${counted(depth)} deep; at most ${counted(variableDepth)} pass.`,
    });
  }
  if (values > variableValues) {
    return limitExceeded({
      limit: "variableValues",
      maximum: variableValues,
      actual: values,
      message: `The variables hold ${counted(values)} values; at most ${counted(variableValues)} pass. Send less at once.`,
    });
  }
  return undefined;
}

/** Level by level: a value from JSON may nest deeper than a recursion could go. */
function variableSize(variables: Variables): { readonly values: number; readonly depth: number } {
  let values = 0;
  let depth = 0;
  let level: unknown[] = Object.values(variables);
  while (level.length > 0) {
    values += level.length;
    depth += 1;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      for (const inner of Object.values(value)) next.push(inner);
    }
    level = next;
  }
  return { values, depth };
}
