import type { FormattedExecutionResult } from "graphql";

/** A result that several subscribers get: it is turned into text, and that into bytes, once. */
export class LiveResult {
  readonly result: FormattedExecutionResult;
  #text: string | undefined;
  #bytes: Buffer | undefined;

  constructor(result: FormattedExecutionResult) {
    this.result = result;
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.result);
    return this.#text;
  }

  /** The text in UTF-8; not to be changed. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.text);
    return this.#bytes;
  }

  toJSON(): FormattedExecutionResult {
    return this.result;
  }
}
