import { rawOf } from "../bitrix24/decoded-record.ts";
import type { ChatRecord } from "../domain/chat.ts";
import type { SessionHistory } from "../domain/session.ts";
import { rowOf } from "../imopenlines/config/line-decoder.ts";

/** What is around a record: its keys, its tags, columns that were decoded. */
const RECORD_BYTES = 800;
const CHAT_BYTES = 3_000;
const MARK_BYTES = 200;
const MESSAGE_BYTES = 1_200;
/** A text of two bytes a character, once as the portal wrote it for its pages too. */
const BYTES_PER_CHARACTER = 6;
const FILE_BYTES = 1_500;

/** What a person or a line takes in memory: as much as the portal sent of it. */
export function bytesOfRecord(record: object): number {
  return RECORD_BYTES + bytesOfJson(rawOf(record) ?? rowOf(record) ?? record);
}

/** What a record takes in memory, as far as its parts tell: an estimate that is rather too high. */
export function bytesOfChat({ readMarks, description }: ChatRecord): number {
  return CHAT_BYTES + (readMarks?.length ?? 0) * MARK_BYTES + (description?.length ?? 0) * 2;
}

export function bytesOfHistory({ messages, files, users }: SessionHistory): number {
  let bytes = CHAT_BYTES + files.length * FILE_BYTES;
  for (const user of users.values()) bytes += bytesOfRecord(user);
  for (const { text, attachments } of messages) {
    bytes += MESSAGE_BYTES + text.length * BYTES_PER_CHARACTER;
    for (const { rawBlocks } of attachments) bytes += bytesOfJson(rawBlocks);
  }
  return bytes;
}

const JSON_VALUE_BYTES = 50;

/** Of what a portal may nest as it likes, so that no call stands for a level. */
function bytesOfJson(json: unknown): number {
  let bytes = 0;
  const left = [json];
  while (left.length > 0) {
    const value = left.pop();
    bytes += JSON_VALUE_BYTES;
    if (typeof value === "string") bytes += value.length * 2;
    else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) left.push(part);
  }
  return bytes;
}
