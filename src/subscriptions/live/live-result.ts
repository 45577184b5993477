import type { FormattedExecutionResult } from "graphql";
import { answerJson } from "./written-data.ts";

/** A result that several subscribers get: it is turned into bytes once. */
export class LiveResult {
  readonly result: FormattedExecutionResult;
  #bytes: Buffer | undefined;

  constructor(result: FormattedExecutionResult) {
    this.result = result;
  }

  /** Its JSON in UTF-8; not to be changed. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(answerJson(this.result));
    return this.#bytes;
  }
}
