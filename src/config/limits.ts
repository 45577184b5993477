import type { limitSettings } from "./limit-settings.ts";

/** What bounds clients. Each is a setting, described there. Times are in milliseconds. */
export interface Limits {
  readonly bodyBytes: number;
  readonly initBytes: number;
  readonly initDepth: number;
  readonly documentTokens: number;
  readonly documentNesting: number;
  readonly rootFields: number;
  readonly aliases: number;
  readonly directives: number;
  readonly variables: number;
  readonly variableValues: number;
  readonly variableDepth: number;
  readonly cost: number;
  readonly operations: number;
  readonly waitingOperations: number;
  readonly unidentified: number;
  readonly requestErrors: number;
  readonly fieldErrors: number;
  readonly errorLength: number;
  readonly answerFields: number;
  readonly answerBytes: number;
  readonly sockets: number;
  readonly socketsPerIdentity: number;
  readonly silentSockets: number;
  readonly operationsPerSocket: number;
  readonly connections: number;
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly idleMs: number;
  readonly fileBytes: number;
  readonly fileTransfers: number;
  readonly fileIdleMs: number;
  readonly uploadBytes: number;
  readonly uploadsBytes: number;
  readonly shutdownMs: number;
}

export function readLimits(read: (name: keyof typeof limitSettings) => number | undefined): Limits {
  const number = (name: keyof typeof limitSettings): number => read(name) ?? 0;
  return {
    bodyBytes: number("GATEWAY_MAX_BODY_BYTES"),
    initBytes: number("GATEWAY_MAX_INIT_BYTES"),
    initDepth: number("GATEWAY_MAX_INIT_DEPTH"),
    documentTokens: number("GATEWAY_MAX_DOCUMENT_TOKENS"),
    documentNesting: number("GATEWAY_MAX_DOCUMENT_NESTING"),
    rootFields: number("GATEWAY_MAX_ROOT_FIELDS"),
    aliases: number("GATEWAY_MAX_ALIASES"),
    directives: number("GATEWAY_MAX_DIRECTIVES"),
    variables: number("GATEWAY_MAX_VARIABLES"),
    variableValues: number("GATEWAY_MAX_VARIABLE_VALUES"),
    variableDepth: number("GATEWAY_MAX_VARIABLE_DEPTH"),
    cost: number("GATEWAY_MAX_COST"),
    operations: number("GATEWAY_MAX_OPERATIONS"),
    waitingOperations: number("GATEWAY_MAX_WAITING_OPERATIONS"),
    unidentified: number("GATEWAY_MAX_UNIDENTIFIED"),
    requestErrors: number("GATEWAY_MAX_REQUEST_ERRORS"),
    fieldErrors: number("GATEWAY_MAX_FIELD_ERRORS"),
    errorLength: number("GATEWAY_MAX_ERROR_LENGTH"),
    answerFields: number("GATEWAY_MAX_ANSWER_FIELDS"),
    answerBytes: number("GATEWAY_MAX_ANSWER_BYTES"),
    sockets: number("GATEWAY_MAX_SOCKETS"),
    socketsPerIdentity: number("GATEWAY_MAX_SOCKETS_PER_IDENTITY"),
    silentSockets: number("GATEWAY_MAX_SILENT_SOCKETS"),
    operationsPerSocket: number("GATEWAY_MAX_OPERATIONS_PER_SOCKET"),
    connections: number("GATEWAY_MAX_CONNECTIONS"),
    headersMs: number("GATEWAY_HEADERS_TIMEOUT_MS"),
    bodyMs: number("GATEWAY_BODY_TIMEOUT_MS"),
    idleMs: number("GATEWAY_IDLE_TIMEOUT_MS"),
    fileBytes: number("GATEWAY_MAX_FILE_BYTES"),
    fileTransfers: number("GATEWAY_MAX_FILE_TRANSFERS"),
    fileIdleMs: number("GATEWAY_FILE_IDLE_TIMEOUT_MS"),
    uploadBytes: number("GATEWAY_MAX_UPLOAD_BYTES"),
    uploadsBytes: number("GATEWAY_MAX_UPLOADS_BYTES"),
    shutdownMs: number("GATEWAY_SHUTDOWN_TIMEOUT_MS"),
  };
}
