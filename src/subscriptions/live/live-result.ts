import type { FormattedExecutionResult } from "graphql";
import { answerBytes } from "./written-data.ts";

/** A result that several subscribers get: it is turned into bytes once. */
export class LiveResult {
  readonly result: FormattedExecutionResult;
  #bytes: Buffer | undefined;

  constructor(result: FormattedExecutionResult) {
    this.result = result;
  }

  /** Its JSON in UTF-8; not to be changed. */
  get bytes(): Buffer {
    if (this.#bytes === undefined) {
      const answer = answerBytes(this.result);
      this.#bytes = typeof answer === "string" ? Buffer.from(answer) : answer;
    }
    return this.#bytes;
  }
}
