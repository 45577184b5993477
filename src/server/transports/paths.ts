/** Queries, mutations, and sockets for subscriptions. */
export const GRAPHQL_PATH = "/graphql";
/** The same over server-sent events. */
export const EVENT_STREAM_PATH = `${GRAPHQL_PATH}/stream`;
/** The gateway's own explorer, for people. */
export const EXPLORER_PATH = "/explorer";
