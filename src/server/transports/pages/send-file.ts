import { createReadStream } from "node:fs";
import type { FastifyReply, FastifyRequest } from "fastify";
import { encodingSuffix, type FileEncoding, type PageFile } from "./page-files.ts";

const YEAR_SECONDS = 31_536_000;

/** Answers with a built file: compressed where the browser takes it, and not at all where the browser has it. */
export function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  reply
    .header("cache-control", file.isImmutable ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache")
    .header("x-content-type-options", "nosniff")
    .header("vary", [reply.getHeader("vary"), "accept-encoding"].filter(Boolean).join(", "))
    .header("etag", file.etag);
  if (hasIt(request.headers["if-none-match"], file.etag)) return reply.code(304).send();
  reply.header("content-type", file.contentType);
  const encoding = file.encodings.find((each) => accepts(request.headers["accept-encoding"], each));
  if (encoding === undefined) return reply.send(createReadStream(file.path));
  return reply.header("content-encoding", encoding).send(createReadStream(`${file.path}${encodingSuffix(encoding)}`));
}

/** The encodings of one content count as the same content: it is compared as weak. */
function hasIt(header: string | undefined, etag: string): boolean {
  return header?.split(",").some((each) => [etag, `W/${etag}`, "*"].includes(each.trim())) ?? false;
}

function accepts(header: string | undefined, encoding: FileEncoding): boolean {
  return (
    header?.split(",").some((each) => new RegExp(`^\\s*${encoding}\\s*(;\\s*q=(?!0(\\.0*)?\\s*$).*)?$`).test(each)) ??
    false
  );
}
