import { z } from "zod";

/** What a message of the client is to the socket. */
export type ClientMessage =
  /** For graphql-ws, in its names; with the name of the operation that it begins. */
  | { readonly kind: "message"; readonly message: unknown; readonly name?: string }
  /** The client no longer wants the operation of that name; graphql-ws is to learn it too. */
  | { readonly kind: "completed"; readonly name: string; readonly message: unknown }
  /** A second operation under an id whose first is not over. */
  | { readonly kind: "id-in-use"; readonly id: string }
  /** An operation under an id that is no name: it would be kept, and written before each result, for as long as the operation is open. */
  | { readonly kind: "id-too-long" }
  /** About an operation that is over. */
  | { readonly kind: "late" };

/**
 * Names of a socket's operations, none given twice. A client may use an id again directly after its `complete`, while the operation that
 * had it is still ending; graphql-ws goes by the id alone, and would hand the old one's results to the new one and end it with the old.
 */
export interface OperationNames {
  /** Of a parsed message. What it carries besides type and id is neither looked at nor copied. */
  fromClient(message: unknown): ClientMessage;
  /** A message of graphql-ws with the client's id; undefined when the client no longer waits for it. */
  toClient(text: string): string | undefined;
  /** The client's id of an operation; undefined once it is over for the client. */
  idOf(name: string): string | undefined;
}

/** Characters of an operation's id. */
export const MAX_ID_LENGTH = 256;

const aboutOperation = z.looseObject({ type: z.string(), id: z.string().min(1) });

export function createOperationNames(): OperationNames {
  return new Names();
}

/** A class: there is one for each socket. */
class Names implements OperationNames {
  readonly #nameOf = new Map<string, string>();
  readonly #idOf = new Map<string, string>();
  #given = 0;

  fromClient(sent: unknown): ClientMessage {
    const message = aboutOperation.safeParse(sent).data;
    // What is not of the protocol is for graphql-ws to refuse.
    if (message === undefined) return { kind: "message", message: sent };
    const { type, id } = message;
    const known = this.#nameOf.get(id);
    switch (type) {
      case "subscribe": {
        if (id.length > MAX_ID_LENGTH) return { kind: "id-too-long" };
        if (known !== undefined) return { kind: "id-in-use", id };
        const name = this.#begin(id);
        return { kind: "message", message: { ...message, id: name }, name };
      }
      case "complete":
        if (known === undefined) return { kind: "late" };
        this.#forget(id, known);
        return { kind: "completed", name: known, message: { type, id: known } };
      default:
        return { kind: "message", message: sent };
    }
  }

  toClient(text: string): string | undefined {
    const message = aboutOperation.safeParse(JSON.parse(text)).data;
    if (message === undefined) return text;
    const id = this.#idOf.get(message.id);
    if (id === undefined) return undefined;
    if (message.type !== "next") this.#forget(id, message.id);
    return JSON.stringify({ ...message, id });
  }

  idOf(name: string): string | undefined {
    return this.#idOf.get(name);
  }

  #begin(id: string): string {
    this.#given += 1;
    const name = String(this.#given);
    this.#nameOf.set(id, name);
    this.#idOf.set(name, id);
    return name;
  }

  #forget(id: string, name: string): void {
    this.#nameOf.delete(id);
    this.#idOf.delete(name);
  }
}
