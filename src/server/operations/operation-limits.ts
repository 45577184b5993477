import type { DocumentNode, GraphQLError, OperationDefinitionNode } from "graphql";
import type { Limits } from "../../config/limits.ts";
import { counted, limitExceeded } from "./limit-exceeded.ts";
import { countSelected } from "./selected-counts.ts";

/** Why an operation of a parsed document is not validated; undefined when it may be. Fragments that nobody spreads do not count. */
export function oversizedOperation(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  limits: Pick<Limits, "rootFields" | "aliases" | "directives" | "variables">,
): GraphQLError | undefined {
  const { variableDefinitions = [] } = operation;
  const { top, aliases, directives } = countSelected(document, operation);
  const ofVariables = variableDefinitions.reduce((sum, { directives: on = [] }) => sum + on.length, 0);
  const measured = [
    { limit: "variables", actual: variableDefinitions.length, what: "defines # variables" },
    { limit: "rootFields", actual: top, what: "has # fields at its top" },
    { limit: "aliases", actual: aliases, what: "has # aliases" },
    {
      limit: "directives",
      actual: directives + ofVariables + (operation.directives?.length ?? 0),
      what: "has # directives",
    },
  ] as const;
  const over = measured.find(({ limit, actual }) => actual > limits[limit]);
  if (over === undefined) return undefined;
  const maximum = limits[over.limit];
  const told = Number.isSafeInteger(over.actual) ? counted(over.actual) : "countless";
  return limitExceeded({
    limit: over.limit,
    maximum,
    ...(Number.isSafeInteger(over.actual) ? { actual: over.actual } : {}),
    message: `The operation ${over.what.replace("#", told)}, those of its fragments included; at most ${counted(maximum)} pass.`,
  });
}
