/** One error of an answer; `code` says what it is, see the gateway's list of codes. */
export interface GatewayError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: { readonly code?: string; readonly [name: string]: unknown } | undefined;
}

/** What the gateway answered, or one result of a subscription. */
export interface Result<Data = Record<string, unknown>> {
  readonly data?: Data | null | undefined;
  readonly errors?: readonly GatewayError[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** An operation as it is sent. */
export interface Operation {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** The gateway, or the way to it, gave no answer: a query may be asked again, what a mutation did is not known. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** A subscription that cannot go on: it was refused, its identity is not accepted, or its events are lost and nobody said where to go on. */
export class SubscriptionEnded extends Error {
  override readonly name = "SubscriptionEnded";
  readonly code: string;
  readonly errors: readonly GatewayError[];

  constructor(code: string, message: string, errors: readonly GatewayError[] = []) {
    super(message);
    this.code = code;
    this.errors = errors;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a text of JSON says; undefined for what is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text of an answer; undefined for what is none, such as a page of a proxy. */
export function readResult(text: string): Result | undefined {
  const answer = parsed(text);
  return isRecord(answer) && ("data" in answer || Array.isArray(answer.errors)) ? readShape(answer) : undefined;
}

function readShape({ data, errors, extensions }: Readonly<Record<string, unknown>>): Result {
  return {
    ...(data === undefined ? {} : { data: isRecord(data) ? data : null }),
    ...(Array.isArray(errors) ? { errors: errors.filter(isGatewayError) } : {}),
    ...(isRecord(extensions) ? { extensions } : {}),
  };
}

export function isGatewayError(value: unknown): value is GatewayError {
  return isRecord(value) && typeof value.message === "string";
}
