import { parse } from "graphql";
import { type Client, createClient, type FormattedExecutionResult, type Sink, type SubscribePayload } from "graphql-ws";

const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
const PING_MS = 10_000;
/** A socket that does not answer a ping for so long is dead, as after a laptop's sleep. */
const PONG_MS = 5_000;

/**
 * A client for subscriptions that goes on where it stopped, when the gateway is started again: a document with a variable `$after` of type
 * `EventCursor` is sent anew with the newest cursor that was seen.
 * @param onResult is told each result of whatever operation
 */
export function createResumingClient(
  url: string,
  headers: () => Readonly<Record<string, string>>,
  onResult: (result: unknown) => void,
  { pingMs = PING_MS, pongMs = PONG_MS } = {},
): Client {
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url,
    connectionParams: headers,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** retries))),
    keepAlive: pingMs,
    on: {
      ping: (isReceived) => {
        if (!isReceived) pongTimer = setTimeout(() => client.terminate(), pongMs);
      },
      pong: () => clearTimeout(pongTimer),
      closed: () => clearTimeout(pongTimer),
    },
  });
  return {
    ...client,
    subscribe<Data = Record<string, unknown>, Extensions = unknown>(
      payload: SubscribePayload,
      sink: Sink<FormattedExecutionResult<Data, Extensions>>,
    ): () => void {
      const place = placeVariable(payload.query);
      const told: typeof sink = {
        ...sink,
        next(result) {
          onResult(result);
          sink.next(result);
        },
      };
      if (place === undefined) return client.subscribe(payload, told);
      let cursor: unknown = payload.variables?.[place];
      const variables = Object.defineProperty({ ...payload.variables }, place, {
        enumerable: true,
        // Read at each sending.
        get: () => cursor,
      });
      return client.subscribe<Data, Extensions>(
        { ...payload, variables },
        {
          ...told,
          next(result) {
            cursor = cursorOf(result) ?? cursor;
            told.next(result);
          },
        },
      );
    },
  };
}

/** The name of the variable that says where to go on. */
function placeVariable(query: string): string | undefined {
  for (const definition of parse(query).definitions) {
    if (definition.kind !== "OperationDefinition" || definition.operation !== "subscription") continue;
    for (const { variable, type } of definition.variableDefinitions ?? []) {
      if (type.kind === "NamedType" && type.name.value === "EventCursor") return variable.name.value;
    }
  }
  return undefined;
}

function cursorOf({ data, errors }: FormattedExecutionResult<unknown, unknown>): unknown {
  const [event] = typeof data === "object" && data !== null ? Object.values(data) : [];
  if (typeof event === "object" && event !== null && "cursor" in event) return event.cursor;
  return errors?.[0]?.extensions?.cursor;
}
