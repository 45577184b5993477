import { type Json, JsonPieces, type JsonRoom } from "../../../subscriptions/live/json-pieces.ts";
import type { Text } from "./writing.ts";

/** Characters from which a text is turned into bytes. */
const LONG = 4_000;

/** What is written of an object or a list whose JSON is not one text: bytes stand in it, or something that is waited for. */
export class Parts {
  readonly #room: JsonRoom;
  readonly #parts: Text[] = [];
  #left = 0;

  constructor(room: JsonRoom) {
    this.#room = room;
  }

  /** @param before text in front of the value */
  add(before: string, value: Exclude<Text, string>): void {
    this.#parts.push(before, value);
  }

  /** Puts a long text away as bytes. */
  addLong(text: string): void {
    this.#parts.push(new JsonPieces([this.#room.bytesOf(text)]));
  }

  /** All of it, with the text behind it. */
  end(text: string): Text {
    const known: Json[] = [];
    for (const part of this.#parts) {
      if (isPromise(part)) return Promise.all(this.#parts).then((parts) => this.#combined(parts, text));
      known.push(part);
    }
    return this.#combined(known, text);
  }

  /** What failed at once is what is told, when the others beside it are through. */
  failed(error: unknown): Promise<never> {
    const fail = (): never => {
      throw error;
    };
    return Promise.all(this.#parts).then(fail, fail);
  }

  /** Nobody looks at what fails of it before it ends. */
  leave(): void {
    for (; this.#left < this.#parts.length; this.#left += 1) {
      const part = this.#parts[this.#left];
      if (isPromise(part)) part.catch(() => {});
    }
  }

  #combined(parts: readonly Json[], end: string): Json {
    const pieces: (string | Buffer)[] = [];
    let text = "";
    for (const part of parts) {
      if (typeof part === "string") text += part;
      else {
        if (text !== "") pieces.push(text);
        text = "";
        for (const piece of part.pieces) pieces.push(piece);
      }
      if (text.length >= LONG) {
        pieces.push(this.#room.bytesOf(text));
        text = "";
      }
    }
    return pieces.length === 0 ? text + end : new JsonPieces([...pieces, text + end]);
  }
}

export function isLong(text: string): boolean {
  return text.length >= LONG;
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
