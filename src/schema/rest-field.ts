import { Directive, Field } from "type-graphql";

/**
 * Declares a nullable field that may call a REST method: its value comes with a record that is read when no earlier answer told it.
 * Nullable, because a refused call must cost this field and nothing else. `others` are asked where the method does not tell it.
 */
export function RestField(
  method: string,
  type: () => object,
  description: string,
  others: readonly string[] = [],
): PropertyDecorator {
  return (prototype, name) => {
    Field(type, { nullable: true, description })(prototype, name);
    for (const each of [method, ...others]) Directive(`@rest(method: "${each}")`)(prototype, name);
  };
}
