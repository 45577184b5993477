import { registerEnumType } from "type-graphql";

/**
 * Registers a GraphQL enum whose values are those of a union of strings, each with its description: a value that is
 * added to the union and not described here does not compile.
 */
export function describedEnum<Value extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Value, string>>,
): Readonly<Record<string, string>> {
  const members: Record<string, string> = {};
  const valuesConfig: Record<string, { description: string }> = {};
  for (const [value, text] of Object.entries<string>(values)) {
    members[value] = value;
    valuesConfig[value] = { description: text };
  }
  registerEnumType(members, { name, description, valuesConfig });
  return members;
}
