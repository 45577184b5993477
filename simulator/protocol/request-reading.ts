import type { IncomingMessage } from "node:http";
import { isPhpMap } from "../php-value.ts";
import { type Params, parsePhpForm } from "./php-form.ts";

/** A file of 100 MB in Base64, and some. */
const maxBodyBytes = 140 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    size += part.length;
    if (size > maxBodyBytes) throw new Error("Request body too large");
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

function jsonObject(text: string): Params {
  try {
    const value: unknown = JSON.parse(text);
    if (isPhpMap(value)) return value;
    return Array.isArray(value) ? Object.fromEntries(value.map((item, index) => [String(index), item])) : {};
  } catch {
    // The portal swallows malformed JSON and goes on with the parameters of the address.
    return {};
  }
}

async function multipart(body: Buffer, contentType: string): Promise<Params> {
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  const pairs = new URLSearchParams();
  for (const [name, value] of form) if (typeof value === "string") pairs.append(name, value);
  return parsePhpForm(pairs.toString());
}

/** The parameters of a request: those of the address, overridden by those of a JSON, form or multipart body. */
export async function readParams(request: IncomingMessage, query: string, body: Buffer): Promise<Params> {
  const fromQuery = parsePhpForm(query);
  if (request.method !== "POST" || body.length === 0) return fromQuery;
  const contentType = request.headers["content-type"] ?? "";
  if (contentType.includes("json")) return { ...fromQuery, ...jsonObject(body.toString("utf8")) };
  if (contentType.includes("multipart/form-data")) return { ...fromQuery, ...(await multipart(body, contentType)) };
  return { ...fromQuery, ...parsePhpForm(body.toString("utf8")) };
}
