import { crc32, deflateSync } from "node:zlib";
import type { ChatFile } from "../world/records.ts";

export interface Contents {
  type: string;
  bytes: Buffer;
}

const mimeTypes: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
  pdf: "application/pdf",
  mp3: "audio/mpeg",
  ogg: "audio/ogg",
  wav: "audio/wav",
  mp4: "video/mp4",
  html: "text/html",
  txt: "text/plain",
};

export function mimeTypeOf(name: string): string {
  return mimeTypes[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A striped picture in two colours that follow from the key; one bit for each point keeps large ones small. */
export function picture(width: number, height: number, key: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // One bit a point, colours from a palette.
  header[8] = 1;
  header[9] = 3;
  const shade = (factor: number): number[] =>
    [37, 59, 83].map((step) => 70 + Math.floor(((key * step) % 130) * factor));
  const palette = Buffer.from([...shade(1), ...shade(0.8)]);
  const row = Math.ceil(width / 8) + 1;
  const points = Buffer.alloc(row * height);
  const stripe = Math.max(2, Math.floor(row / 8));
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < row; x++) {
      if (Math.floor((x * 8 + y) / (8 * stripe)) % 2 === 1) points[y * row + x] = 0xff;
    }
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = chunk("IDAT", deflateSync(points, { level: 6 }));
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("PLTE", palette),
    data,
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A second of a quiet tone. */
function tone(): Buffer {
  const rate = 8000;
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(36 + rate, 4);
  head.write("WAVEfmt ", 8, "latin1");
  for (const [offset, value] of [
    [16, 16],
    [24, rate],
    [28, rate],
  ] as const) {
    head.writeUInt32LE(value, offset);
  }
  for (const [offset, value] of [
    [20, 1],
    [22, 1],
    [32, 1],
    [34, 8],
  ] as const) {
    head.writeUInt16LE(value, offset);
  }
  head.write("data", 36, "latin1");
  head.writeUInt32LE(rate, 40);
  const points = Buffer.from(Array.from({ length: rate }, (_, index) => 128 + Math.round(20 * Math.sin(index / 3))));
  return Buffer.concat([head, points]);
}

/** The contents of a file: what was uploaded, else something of its kind. @param width of a smaller picture */
export function contentsOf(file: ChatFile, width?: number): Contents {
  if (file.content) return { type: mimeTypeOf(file.name), bytes: file.content };
  if (file.type === "image") {
    const full = file.image || { width: 640, height: 480 };
    const scale = width === undefined ? 1 : Math.min(1, width / full.width);
    const [shownWidth, shownHeight] = [full.width, full.height].map((side) => Math.max(1, Math.round(side * scale)));
    return { type: "image/png", bytes: picture(shownWidth ?? 1, shownHeight ?? 1, file.id) };
  }
  if (file.type === "audio") return { type: "audio/wav", bytes: tone() };
  return { type: mimeTypeOf(file.name), bytes: Buffer.from(`Contents of ${file.name}\n`, "utf8") };
}
