// The order matters: each part takes the worker's messages for itself when it is loaded.

import { startGraphql } from "./graphql-worker-part.ts";
import { startJson } from "./json-worker-part.ts";

/** One file for all of the editor's workers, which have most of their code in common. A worker is named after what it is for; that for GraphQL serves plain text too. */
globalThis.onmessage = self.name === "json" ? startJson : startGraphql;
