import { GraphQLScalarType } from "graphql";
import { GraphQLDateTimeISO, GraphQLJSON, GraphQLJSONObject, GraphQLSafeInt, GraphQLURL } from "graphql-scalars";
import { isoJson, isoText } from "./iso-text.ts";

/** An instant. Goes out in UTC with milliseconds, comes in with any offset; a time without an offset is refused. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: "DateTime",
  description:
    "An instant as RFC 3339 text. Answers are in UTC, such as `2026-03-16T15:06:56.000Z`; inputs may carry any offset.",
  // Records hold dates, and a page of a history has thousands of them.
  serialize: (value) =>
    value instanceof Date && !Number.isNaN(value.getTime()) ? isoText(value) : GraphQLDateTimeISO.serialize(value),
  // For who writes answers as JSON: what is no usual value is left to `serialize`.
  extensions: {
    json: (value: unknown) => (value instanceof Date && !Number.isNaN(value.getTime()) ? isoJson(value) : undefined),
  },
});

/** A whole number up to 2^53 - 1: sizes and counts that may pass 2^31. */
export const SafeInt = GraphQLSafeInt;

/** An absolute address. Named with a prefix here, because `URL` is a global of the language; `URL` in the schema. */
export const AbsoluteUrl = new GraphQLScalarType({
  ...GraphQLURL.toConfig(),
  name: "URL",
  description:
    "An absolute http or https address. Addresses of files are signed by the portal: fetch them soon and do not store them.",
  // Decoders only let parsed addresses through, and parsing each once more is the dearest part of a page of files.
  serialize: (value) => (typeof value === "string" ? value : GraphQLURL.serialize(value)),
});

/** An object whose keys the portal decides. */
export const JSONObject = GraphQLJSONObject;

/** Any JSON value, for the few places where the portal sends a list or an object. */
export const JSONValue = GraphQLJSON;
