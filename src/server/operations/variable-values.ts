import {
  coerceInputValue,
  GraphQLError,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from "graphql";
import type { Variables } from "./variable-limits.ts";

export interface VariableCheck {
  readonly schema: GraphQLSchema;
  readonly maxErrors: number;
  readonly hideSuggestions: boolean;
}

/** Thrown to end a check that has found enough. */
class Enough extends Error {}

/**
 * What is wrong with the values of an operation's variables. The check that execution makes anew prints the whole value into each of its
 * errors: for one of a megabyte that is seconds and dozens of megabytes.
 */
export function variableErrors(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Variables | null | undefined,
  check: VariableCheck,
): readonly GraphQLError[] {
  const errors: GraphQLError[] = [];
  try {
    for (const definition of variableDefinitions) checkVariable(definition, variables ?? {}, check, errors);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return errors;
}

function checkVariable(
  definition: VariableDefinitionNode,
  variables: Variables,
  { schema, maxErrors, hideSuggestions }: VariableCheck,
  errors: GraphQLError[],
): void {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  // Not of a type that can be given: validation has refused the document.
  if (!isInputType(type)) return;
  const note = (message: string, cause?: GraphQLError): void => {
    const extensions = { ...cause?.extensions, code: "BAD_USER_INPUT" };
    errors.push(new GraphQLError(message, { nodes: definition, extensions }));
    if (errors.length >= maxErrors) throw new Enough();
  };
  if (!Object.hasOwn(variables, name)) {
    if (definition.defaultValue === undefined && isNonNullType(type)) {
      note(`Variable "$${name}" of required type "${String(type)}" was not provided.`);
    }
    return;
  }
  if (variables[name] === null && isNonNullType(type)) {
    note(`Variable "$${name}" of non-null type "${String(type)}" must not be null.`);
    return;
  }
  coerceInputValue(
    variables[name],
    type,
    (path, _value, error) =>
      note(`Variable "$${name}" got an invalid value${placeOf(name, path)}; ${error.message}`, error),
    hideSuggestions,
  );
}

function placeOf(name: string, path: readonly (string | number)[]): string {
  if (path.length === 0) return "";
  const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`));
  return ` at "${name}${steps.join("")}"`;
}
