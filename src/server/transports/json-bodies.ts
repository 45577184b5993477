import { isUtf8 } from "node:buffer";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { BadBody } from "./http-errors.ts";

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;
const UTF8: ReadonlySet<string> = new Set(["utf-8", "utf8", "us-ascii", "ascii"]);
const BYTE_ORDER_MARK = "\ufeff";

/**
 * JSON is parsed here and nowhere else, so that each kind of wrong body gets its own sentence. Bytes that are no UTF-8 are refused: what is
 * put in their place would reach customers.
 */
export function acceptJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined);
    const unreadable = encodingProblem(request, body);
    if (unreadable !== undefined) return done(unreadable);
    const text = body.toString();
    try {
      done(null, JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text));
    } catch {
      done(new BadBody('The body is not JSON. Send an object such as {"query": "{ __typename }"}.'));
    }
  });
  // Types that a plain HTML form can send reach Apollo, which refuses them as possible cross-site forgery.
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    server.addContentTypeParser(type, { parseAs: "string" }, (_request, _body, done) => done(null, undefined));
  }
}

function encodingProblem({ headers }: FastifyRequest, body: Buffer): BadBody | undefined {
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding.trim().toLowerCase() !== "identity") {
    return new BadBody("Compressed bodies are not read. Send the JSON as it is, without content-encoding.", 415);
  }
  const charset = CHARSET.exec(headers["content-type"] ?? "")?.[1];
  if (charset !== undefined && !UTF8.has(charset.toLowerCase())) {
    return new BadBody("Send the JSON in UTF-8; other charsets are not read.", 415);
  }
  return isUtf8(body) ? undefined : new BadBody("The body is not UTF-8.");
}
