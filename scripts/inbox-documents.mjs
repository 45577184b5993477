// npm run inbox-documents: the example inbox's documents with their types, as its configuration of GraphQL Code Generator says. With --check it
// only says whether they are current.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codegen } from "@graphql-codegen/core";
import * as typedDocumentNode from "@graphql-codegen/typed-document-node";
import * as typescriptOperations from "@graphql-codegen/typescript-operations";
import { buildSchema, parse } from "graphql";
import configuration from "../examples/inbox/codegen.js";
import { fail, root } from "./prepare.mjs";

const PLUGINS = { "typescript-operations": typescriptOperations, "typed-document-node": typedDocumentNode };
const INBOX = join(root, "examples", "inbox");

const schema = readFileSync(join(root, "schema.graphql"), "utf8");
const documents = readdirSync(join(INBOX, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".graphql"))
  .sort()
  .map((location) => ({ location, document: parse(readFileSync(join(INBOX, "src", location), "utf8")) }));

/** What the command line of the code generator writes. */
for (const [filename, { plugins, config }] of Object.entries(configuration.generates)) {
  const path = join(INBOX, filename);
  const text = await codegen({
    filename: path,
    schema: parse(schema),
    schemaAst: buildSchema(schema),
    documents,
    config,
    plugins: plugins.map((name) => ({ [name]: {} })),
    pluginMap: PLUGINS,
  });
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) fail(`${filename} is not current: npm run inbox-documents`);
}
