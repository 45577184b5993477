/**
 * JSON of which the long parts are bytes already. As text they would be alive until all of it is sent: the collector would copy them again and
 * again, and one character beyond Latin-1 would double each.
 */
export class JsonPieces {
  readonly pieces: readonly (string | Buffer)[];

  constructor(pieces: readonly (string | Buffer)[]) {
    this.pieces = pieces;
  }
}

export type Json = string | JsonPieces;

export function jsonText(json: Json): string {
  if (typeof json === "string") return json;
  let text = "";
  for (const piece of json.pieces) text += piece.toString();
  return text;
}

/** In UTF-8, between two texts. */
export function jsonBytes(before: string, { pieces }: JsonPieces, behind: string): Buffer {
  const bytes = pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece));
  return Buffer.concat([Buffer.from(before), ...bytes, Buffer.from(behind)]);
}

const FIRST_ROOM_BYTES = 16 * 1024;
const LARGEST_ROOM_BYTES = 1024 * 1024;
/** Of a character outside of ASCII; those of four bytes are two in a string. */
const MOST_BYTES = 3;

/** Room in which the bytes of one answer lie one behind the other. */
export class JsonRoom {
  #room: Buffer = Buffer.alloc(0);
  #used = 0;
  #next = FIRST_ROOM_BYTES;

  bytesOf(text: string): Buffer {
    const most = text.length * MOST_BYTES;
    if (this.#room.length - this.#used < most) {
      this.#room = Buffer.allocUnsafeSlow(Math.max(this.#next, most));
      this.#next = Math.min(this.#next * 2, LARGEST_ROOM_BYTES);
      this.#used = 0;
    }
    const begin = this.#used;
    this.#used += this.#room.write(text, begin);
    return this.#room.subarray(begin, this.#used);
  }
}
