/** Queries, mutations, and sockets for subscriptions. */
export const GRAPHQL_PATH = "/graphql";
/** The same over server-sent events. */
export const EVENT_STREAM_PATH = `${GRAPHQL_PATH}/stream`;
/** The gateway's own explorer, for people. */
export const EXPLORER_PATH = "/explorer";
/** The example inbox, where one may act as people of the demo. */
export const INBOX_PATH = "/inbox";
/** The guides, and the reference of the schema among them. */
export const GUIDES_PATH = "/docs";
export const SCHEMA_PATH = `${GUIDES_PATH}/schema`;
/** The schema for code generators. */
export const SCHEMA_FILE_PATH = "/schema.graphql";
/** The same as an answer to an introspection query. */
export const INTROSPECTION_FILE_PATH = "/schema.json";
/** Files and pictures of portals, each under its link. */
export const FILES_PATH = "/files";
/** Files on their way to portals, each to its address. */
export const UPLOADS_PATH = "/uploads";
