// Types and documents from the .graphql files beside the components: `npx graphql-codegen --config codegen.js`, with
// @graphql-codegen/cli, @graphql-codegen/typescript-operations and @graphql-codegen/typed-document-node installed.
export default {
  // A file, or the address of a gateway that tells its schema. Not its introspection, which makes a @oneOf input two optional keys.
  schema: process.env.GATEWAY_SCHEMA ?? "http://127.0.0.1:4000/schema.graphql",
  documents: ["src/**/*.graphql"],
  generates: {
    "src/graphql.ts": {
      plugins: ["typescript-operations", "typed-document-node"],
      config: {
        useTypeImports: true,
        // Kinds of errors and states may be added: a union of words asks for a default, an enum would not.
        enumType: "string-literal",
        strictScalars: true,
        scalars: {
          DateTime: "string",
          EventCursor: "string",
          ID: "string",
          JSON: "unknown",
          JSONObject: "Record<string, unknown>",
          SafeInt: "number",
          TimeOfDay: "string",
          URL: "string",
        },
      },
    },
  },
};
