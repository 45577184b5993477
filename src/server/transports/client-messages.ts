import { MessageType, type SubscribePayload, validateMessage } from "graphql-ws";

/** What a gateway says and no client. */
const OF_THE_SERVER: ReadonlySet<unknown> = new Set([MessageType.ConnectionAck, MessageType.Next, MessageType.Error]);

/** Well-formed, so that graphql-ws would take it for a fault of its own. */
export function isOfTheServer(message: unknown): boolean {
  return typeof message === "object" && message !== null && "type" in message && OF_THE_SERVER.has(message.type);
}

/** Undefined for what is not of the protocol. */
export function subscribePayload(message: unknown): SubscribePayload | undefined {
  try {
    const valid = validateMessage(message);
    return valid.type === MessageType.Subscribe ? valid.payload : undefined;
  } catch {
    return undefined;
  }
}

export function parsed(text: string): { readonly message: unknown } | undefined {
  try {
    return { message: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
