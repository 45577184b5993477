import type { FormattedExecutionResult } from "graphql";

/** A result that several subscribers get: it is turned into text once. */
export class LiveResult {
  readonly result: FormattedExecutionResult;
  #text: string | undefined;

  constructor(result: FormattedExecutionResult) {
    this.result = result;
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.result);
    return this.#text;
  }

  toJSON(): FormattedExecutionResult {
    return this.result;
  }
}
