import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Dice } from "../kit/random-operation.ts";

const OPCODES = [0x0, 0x1, 0x1, 0x1, 0x1, 0x2, 0x3, 0x8, 0x9, 0xa, 0xf] as const;

/** One frame of the WebSocket protocol as a client sends it, or something like one. */
function frame(dice: Dice, payload: Buffer): Buffer {
  const opcode = dice.pick(OPCODES);
  const first = (dice.onceIn(6) ? 0 : 0x80) | (dice.onceIn(20) ? 0x40 : 0) | opcode;
  const isMasked = !dice.onceIn(15);
  const mask = Buffer.from([dice.below(256), dice.below(256), dice.below(256), dice.below(256)]);
  // Now and then a length that the frame does not keep.
  const told = dice.onceIn(15) ? dice.pick([0, 125, 65_535, 2 ** 31, 2 ** 52]) : payload.length;
  const head = told < 126 ? Buffer.from([first, told]) : told < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = first;
  if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(told, 2);
  } else if (head.length === 10) {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(told), 2);
  }
  if (isMasked) head[1] = (head[1] ?? 0) | 0x80;
  const body = isMasked ? Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))) : payload;
  return Buffer.concat([head, isMasked ? mask : Buffer.alloc(0), body]);
}

function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
}

function payload(dice: Dice): Buffer {
  switch (dice.below(9)) {
    case 0:
      return Buffer.from(`{"type":"subscribe","id":"1","payload":${nested(dice.pick([1, 8, 11, 4_500]))}}`);
    case 1:
      return Buffer.from(`{"type":"connection_init","payload":${nested(dice.pick([1, 8, 11, 300]))}}`);
    case 2:
      return Buffer.from(
        JSON.stringify({
          type: dice.pick(["ping", "pong", "complete", "next", "error", "x", ""]),
          id: dice.pick(["1", 1, null]),
        }),
      );
    case 3:
      return Buffer.from(
        dice.pick(["", "{", "[]", "null", "1", '"x"', "{}", '{"type":1}', '{"type":"connection_init","payload":[]}']),
      );
    case 4:
      return randomBytes(dice.pick([1, 100, 20_000]));
    case 5:
      return Buffer.alloc(dice.pick([125, 126, 16_384, 16_385, 70_000]), "x");
    case 6:
      return Buffer.from(
        `{"type":"connection_init","payload":{"X-Api-Key":"${"k".repeat(dice.pick([10, 15_000, 17_000]))}"}}`,
      );
    case 7:
      return Buffer.from(`{"type":"connection_init","payload":{"headers":${nested(5)},"__proto__":{"x":1}}}`);
    default:
      return Buffer.from([0xc3, 0x28, 0xff, 0xfe]);
  }
}

/** Opens a socket and sends one to three frames before it may be acknowledged; resolves when the gateway has closed it, or has answered. */
export function sendFrames(origin: string, dice: Dice): Promise<void> {
  const { hostname, port, host } = new URL(origin);
  const frames = Buffer.concat(Array.from({ length: 1 + dice.below(3) }, () => frame(dice, payload(dice))));
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let received = 0;
    const done = (): void => {
      socket.destroy();
      resolve();
    };
    // A frame that is not whole waits for its rest: nobody answers then, which is right as well.
    socket.setTimeout(250, done);
    socket.on("error", done);
    socket.on("close", done);
    socket.on("data", (data) => {
      received += 1;
      if (received > 1 || data.includes("\r\n\r\n\x88") || !data.includes("HTTP/1.1 101")) done();
    });
    socket.write(
      `GET /graphql HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n",
    );
    socket.write(frames);
  });
}
