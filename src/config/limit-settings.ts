import { wholeNumber } from "./setting-values.ts";

/** A setting that bounds what a client may send or get; each is named in the error of what goes beyond it. */
function limit(description: string, value: number, minimum: number, maximum: number) {
  return { description, default: String(value), schema: wholeNumber(minimum, maximum).default(value) };
}

const MIB = 1024 * 1024;

/** Settings that bound what clients can ask for, in the order of the documentation. */
export const limitSettings = {
  GATEWAY_MAX_BODY_BYTES: limit("Bytes of a request's body, or of a WebSocket's message.", MIB, 1_024, 100 * MIB),
  GATEWAY_MAX_INIT_BYTES: limit(
    "Bytes of a WebSocket's first message, which says who the client is.",
    16 * 1024,
    1_024,
    MIB,
  ),
  GATEWAY_MAX_INIT_DEPTH: limit("Depth of the JSON of that first message.", 10, 2, 100),
  GATEWAY_MAX_DOCUMENT_TOKENS: limit("Tokens of a document.", 5_000, 100, 1_000_000),
  GATEWAY_MAX_DOCUMENT_NESTING: limit(
    "Brackets of a document that may be open at once, strings and comments left out.",
    40,
    10,
    200,
  ),
  GATEWAY_MAX_ROOT_FIELDS: limit("Fields at the top of an operation, fragments included.", 40, 1, 10_000),
  GATEWAY_MAX_ALIASES: limit(
    "Aliases of an operation; those of a fragment count as often as it is spread.",
    200,
    0,
    100_000,
  ),
  GATEWAY_MAX_DIRECTIVES: limit("Directives of an operation, counted like aliases.", 100, 0, 100_000),
  GATEWAY_MAX_VARIABLES: limit("Variables that an operation defines.", 100, 0, 10_000),
  GATEWAY_MAX_VARIABLE_VALUES: limit(
    "Values in an operation's variables, at all depths together.",
    20_000,
    1,
    1_000_000,
  ),
  GATEWAY_MAX_VARIABLE_DEPTH: limit("Depth of an operation's variables.", 20, 1, 100),
  GATEWAY_MAX_COST: limit(
    "Calls of the portal's methods that an operation may need, computed before it begins.",
    400,
    1,
    1_000_000,
  ),
  GATEWAY_MAX_OPERATIONS: limit(
    "Operations of one identity at once, subscriptions not counted; what is above waits in turn.",
    100,
    1,
    100_000,
  ),
  GATEWAY_MAX_WAITING_OPERATIONS: limit(
    "Operations of one identity that may wait for others of it; what is above is refused.",
    1_000,
    0,
    1_000_000,
  ),
  GATEWAY_MAX_UNIDENTIFIED: limit(
    "Requests of one address at once of which it is not known yet who sends them; others wait in turn.",
    8,
    1,
    100_000,
  ),
  GATEWAY_MAX_REQUEST_ERRORS: limit(
    "Errors that are told of a document or of variables; the rest is left out.",
    20,
    2,
    1_000,
  ),
  GATEWAY_MAX_FIELD_ERRORS: limit(
    "Errors of an operation's fields; an operation with more ends with that.",
    1_000,
    1,
    100_000,
  ),
  GATEWAY_MAX_ERROR_LENGTH: limit("Characters of an error's message.", 1_024, 128, 65_536),
  GATEWAY_MAX_ANSWER_FIELDS: limit(
    "Fields that an answer may have, computed before the operation begins.",
    100_000,
    100,
    100_000_000,
  ),
  GATEWAY_MAX_ANSWER_BYTES: limit("Bytes of an answer.", 16 * MIB, 1_024, 1_024 * MIB),
  GATEWAY_MAX_SOCKETS: limit("WebSockets and event streams at once, together.", 10_000, 1, 1_000_000),
  GATEWAY_MAX_SOCKETS_PER_IDENTITY: limit("WebSockets and event streams of one identity.", 1_000, 1, 1_000_000),
  GATEWAY_MAX_SILENT_SOCKETS: limit(
    "WebSockets of one address of which it is not known yet who opened them.",
    100,
    1,
    100_000,
  ),
  GATEWAY_MAX_OPERATIONS_PER_SOCKET: limit("Operations at once on one WebSocket.", 100, 1, 10_000),
  GATEWAY_MAX_CONNECTIONS: limit("Connections at once, of every kind.", 20_000, 10, 1_000_000),
  GATEWAY_HEADERS_TIMEOUT_MS: limit("Milliseconds in which a request's headers must be there.", 10_000, 100, 600_000),
  GATEWAY_BODY_TIMEOUT_MS: limit(
    "Milliseconds in which a request's body must be there, once its headers are.",
    10_000,
    100,
    600_000,
  ),
  GATEWAY_IDLE_TIMEOUT_MS: limit(
    "Milliseconds that a connection is kept open for a further request.",
    72_000,
    1_000,
    3_600_000,
  ),
  GATEWAY_MAX_FILE_BYTES: limit(
    "Bytes of a file that the gateway passes on from a portal.",
    100 * MIB,
    1,
    10_240 * MIB,
  ),
  GATEWAY_MAX_FILE_TRANSFERS: limit(
    "Files that one identity may fetch and send at once; what is above waits in turn.",
    12,
    1,
    10_000,
  ),
  GATEWAY_FILE_IDLE_TIMEOUT_MS: limit(
    "Milliseconds without a byte, in either direction, after which the transfer of a file is given up.",
    30_000,
    100,
    600_000,
  ),
  GATEWAY_MAX_UPLOAD_BYTES: limit("Bytes of a file that a client sends.", 25 * MIB, 1, 100 * MIB),
  GATEWAY_MAX_UPLOADS_BYTES: limit(
    "Bytes of all files together that clients have sent and that wait in GATEWAY_DATA_DIR to be sent on, 64 KiB each at least; one identity may take up a quarter.",
    512 * MIB,
    64 * 1024,
    102_400 * MIB,
  ),
  GATEWAY_SHUTDOWN_TIMEOUT_MS: limit(
    "Milliseconds that what is under way may take once the gateway is told to end.",
    25_000,
    100,
    600_000,
  ),
} as const;
