import type { limitSettings } from "./limit-settings.ts";

/** What bounds clients. Each is a setting; times are in milliseconds. */
export interface Limits {
  readonly documentTokens: number;
  readonly documentNesting: number;
  readonly variableValues: number;
  readonly variableDepth: number;
  readonly requestErrors: number;
  readonly errorLength: number;
  readonly initBytes: number;
  readonly initDepth: number;
  readonly shutdownMs: number;
}

export function readLimits(read: (name: keyof typeof limitSettings) => number | undefined): Limits {
  const number = (name: keyof typeof limitSettings): number => read(name) ?? 0;
  return {
    documentTokens: number("GATEWAY_MAX_DOCUMENT_TOKENS"),
    documentNesting: number("GATEWAY_MAX_DOCUMENT_NESTING"),
    variableValues: number("GATEWAY_MAX_VARIABLE_VALUES"),
    variableDepth: number("GATEWAY_MAX_VARIABLE_DEPTH"),
    requestErrors: number("GATEWAY_MAX_REQUEST_ERRORS"),
    errorLength: number("GATEWAY_MAX_ERROR_LENGTH"),
    initBytes: number("GATEWAY_MAX_INIT_BYTES"),
    initDepth: number("GATEWAY_MAX_INIT_DEPTH"),
    shutdownMs: number("GATEWAY_SHUTDOWN_TIMEOUT_MS"),
  };
}
