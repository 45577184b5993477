// Types for the documents of a front end: `npx graphql-codegen --config codegen.ts`, with @graphql-codegen/cli and
// @graphql-codegen/client-preset installed.
const config = {
  // A file, or the address of a gateway that tells its schema. Not its introspection, which makes a @oneOf input two optional keys.
  schema: process.env.GATEWAY_SCHEMA ?? "http://127.0.0.1:4000/schema.graphql",
  documents: ["src/**/*.graphql", "src/**/*.{ts,tsx}"],
  generates: {
    "src/graphql/": {
      preset: "client",
      config: {
        // Documents as text with their types: what the client takes, and smaller than parsed ones.
        documentMode: "string",
        useTypeImports: true,
        // Kinds of errors and states may be added: a union of words asks for a default, an enum would not.
        enumsAsTypes: true,
        strictScalars: true,
        scalars: {
          DateTime: "string",
          EventCursor: "string",
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

export default config;
