import type { FormattedExecutionResult } from "graphql";
import { type Json, jsonBytes, jsonText } from "./json-pieces.ts";

/** The data of an answer whose executor has written it as JSON. Its place is where others have their data as objects. */
export class WrittenData {
  readonly [key: string]: unknown;
  readonly json: Json;

  constructor(json: Json) {
    this.json = json;
  }
}

/** An answer as JSON. */
export function answerJson(result: FormattedExecutionResult): string {
  const { data } = result;
  if (!(data instanceof WrittenData)) return JSON.stringify(result);
  const { before, behind } = aroundData(result);
  return before + jsonText(data.json) + behind;
}

/** The same where it goes over a wire: bytes where it is long. `end` stands behind it. */
export function answerBytes(result: FormattedExecutionResult, end = ""): string | Buffer {
  const { data } = result;
  if (!(data instanceof WrittenData) || typeof data.json === "string") return answerJson(result) + end;
  const { before, behind } = aroundData(result);
  return jsonBytes(before, data.json, behind + end);
}

function aroundData({ errors, extensions }: FormattedExecutionResult) {
  const before = errors === undefined ? "" : `"errors":${JSON.stringify(errors)},`;
  const behind = extensions === undefined ? "" : `,"extensions":${JSON.stringify(extensions)}`;
  return { before: `{${before}"data":`, behind: `${behind}}` };
}
