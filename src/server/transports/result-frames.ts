import type { LiveResult } from "../../subscriptions/live/live-result.ts";
import type { ResultForm } from "./gathered-writes.ts";

const BEFORE_ID = Buffer.from('{"id":');
const AFTER_ID = Buffer.from(',"type":"next","payload":');
const END = Buffer.from("}");
/** The last frame of a message of text. */
const FINAL_TEXT = 0x81;
const MAX_SHORT = 125;
const TWO_BYTES_FOLLOW = 126;
const EIGHT_BYTES_FOLLOW = 127;

/**
 * Whole WebSocket frames of results of `graphql-transport-ws`, from the server, so unmasked and uncompressed. The key is the operation's id, as
 * JSON in bytes. The frames of one result for a thousand subscribers differ in it alone. So there is one buffer for all of them, into which each
 * one's id is put before it is written; only where the system does not take it at once the next one gets another.
 */
export function createResultFrames(): ResultForm<Buffer> {
  let last: Shared | undefined;
  return {
    length: frameLength,
    copy: writeFrame,
    alone(result, id) {
      if (last?.result === result && last.idLength === id.length) {
        id.copy(last.bytes, last.idAt);
        return last.bytes;
      }
      const bytes = Buffer.allocUnsafe(frameLength(result, id));
      writeFrame(result, id, bytes, 0);
      const idAt = headLength(payloadLength(result, id)) + BEFORE_ID.length;
      last = { result, idLength: id.length, idAt, bytes };
      return bytes;
    },
    keep() {
      last = undefined;
    },
  };
}

interface Shared {
  readonly result: LiveResult;
  readonly idLength: number;
  readonly idAt: number;
  readonly bytes: Buffer;
}

function payloadLength(result: LiveResult, id: Buffer): number {
  return BEFORE_ID.length + id.length + AFTER_ID.length + result.bytes.length + END.length;
}

function headLength(payload: number): number {
  if (payload <= MAX_SHORT) return 2;
  return payload <= 0xffff ? 4 : 10;
}

function frameLength(result: LiveResult, id: Buffer): number {
  const payload = payloadLength(result, id);
  return headLength(payload) + payload;
}

/** Returns the place behind the frame. */
function writeFrame(result: LiveResult, id: Buffer, target: Buffer, begin: number): number {
  const payload = payloadLength(result, id);
  let at = target.writeUInt8(FINAL_TEXT, begin);
  if (payload <= MAX_SHORT) at = target.writeUInt8(payload, at);
  else if (payload <= 0xffff) at = target.writeUInt16BE(payload, target.writeUInt8(TWO_BYTES_FOLLOW, at));
  else at = target.writeBigUInt64BE(BigInt(payload), target.writeUInt8(EIGHT_BYTES_FOLLOW, at));
  for (const part of [BEFORE_ID, id, AFTER_ID, result.bytes, END]) at += part.copy(target, at);
  return at;
}
