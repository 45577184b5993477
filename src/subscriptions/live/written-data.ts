import type { FormattedExecutionResult } from "graphql";

/** The data of an answer whose executor has written it as JSON. Its place is where others have their data as objects. */
export class WrittenData {
  readonly [key: string]: unknown;
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

/** An answer as JSON. */
export function answerJson(result: FormattedExecutionResult): string {
  const { errors, data, extensions } = result;
  if (!(data instanceof WrittenData)) return JSON.stringify(result);
  const before = errors === undefined ? "" : `"errors":${JSON.stringify(errors)},`;
  const behind = extensions === undefined ? "" : `,"extensions":${JSON.stringify(extensions)}`;
  return `{${before}"data":${data.json}${behind}}`;
}
