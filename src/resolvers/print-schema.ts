import { printSchemaWithDirectives } from "@graphql-tools/utils";
import { buildSchema } from "./build-schema.ts";

/** The schema as `schema.graphql` keeps it, with its directives. */
export function printPublicSchema(): string {
  return `${printSchemaWithDirectives(buildSchema()).trim()}\n`;
}
