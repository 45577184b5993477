import { wholeNumber } from "./setting-values.ts";

/** A setting that bounds what a client may send or get; each is named in the error of what goes beyond it. */
function limit(description: string, value: number, minimum: number, maximum: number) {
  return { description, default: String(value), schema: wholeNumber(minimum, maximum).default(value) };
}

/** Settings that bound what clients can ask for, in the order of the documentation. */
export const limitSettings = {
  GATEWAY_MAX_DOCUMENT_TOKENS: limit("Tokens of a document.", 5_000, 100, 1_000_000),
  GATEWAY_MAX_DOCUMENT_NESTING: limit(
    "Brackets of a document that may be open at once, strings and comments left out.",
    40,
    10,
    200,
  ),
  GATEWAY_MAX_VARIABLE_VALUES: limit(
    "Values in an operation's variables, at all depths together.",
    20_000,
    1,
    1_000_000,
  ),
  GATEWAY_MAX_VARIABLE_DEPTH: limit("Depth of an operation's variables.", 20, 1, 100),
  GATEWAY_MAX_REQUEST_ERRORS: limit(
    "Errors that are told of a document or of variables; the rest is left out.",
    20,
    1,
    1_000,
  ),
  GATEWAY_MAX_ERROR_LENGTH: limit("Characters of an error's message.", 1_024, 128, 65_536),
  GATEWAY_MAX_INIT_BYTES: limit(
    "Bytes of a WebSocket's first message, which says who the client is.",
    16 * 1024,
    1_024,
    1024 * 1024,
  ),
  GATEWAY_MAX_INIT_DEPTH: limit("Depth of the JSON of that first message.", 10, 2, 100),
  GATEWAY_SHUTDOWN_TIMEOUT_MS: limit(
    "Milliseconds that what is under way may take once the gateway is told to end.",
    25_000,
    100,
    600_000,
  ),
} as const;
