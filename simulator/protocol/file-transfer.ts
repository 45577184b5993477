import type { IncomingMessage, ServerResponse } from "node:http";
import { uploadToFolder } from "../methods/disk/disk-files.ts";
import { phpText } from "../php-value.ts";
import { RestError } from "../rest-error.ts";
import { errorBody } from "./execute.ts";
import { sendContents } from "./media.ts";
import type { Params } from "./php-form.ts";
import { encodePhpJson } from "./php-json.ts";
import { contentsOf } from "./placeholders.ts";
import { readBody } from "./request-reading.ts";
import type { RestEndpoint } from "./rest-endpoint.ts";

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(encodePhpJson(body));
}

async function uploaded(request: IncomingMessage): Promise<{ name: string; bytes: Buffer } | undefined> {
  const body = await readBody(request);
  const contentType = request.headers["content-type"] ?? "";
  if (!contentType.includes("multipart/form-data")) return undefined;
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  const file = form.get("file");
  if (file === null || typeof file === "string") return undefined;
  return { name: file.name, bytes: Buffer.from(await file.arrayBuffer()) };
}

/**
 * `/rest/download` and `/rest/upload`: the contents behind a token that a method gave. They are part of the interface: they need no
 * session, and count for its limit. False for any other path.
 */
export async function serveTransfer(
  { engine, bucket }: RestEndpoint,
  url: URL,
  query: Params,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const kind = /^\/rest\/(download|upload)(\.json)?\/?$/.exec(url.pathname)?.[1];
  if (kind !== "download" && kind !== "upload") return false;
  const admitted = bucket?.admit() ?? true;
  engine.statistics.request(bucket?.level() ?? 0);
  if (!admitted) {
    engine.statistics.refusal();
    sendJson(response, 503, { error: "QUERY_LIMIT_EXCEEDED", error_description: "Too many requests" });
    return true;
  }
  const id = engine.portal.fileTokens.take(kind, phpText(query.token));
  if (id === undefined) {
    sendJson(response, 401, errorBody(new RestError("NO_AUTH_FOUND", "Wrong authorization data", 401)));
    return true;
  }
  if (kind === "upload") {
    const file = await uploaded(request);
    if (file)
      sendJson(response, 200, { result: uploadToFolder(engine.world, engine.portal, id, file.name, file.bytes) });
    else sendJson(response, 400, errorBody(new RestError("ERROR_ARGUMENT", "Invalid value of parameter {file}")));
    return true;
  }
  const file = engine.world.files.get(id);
  if (!file) return false;
  sendContents(request, response, contentsOf(file), file.name);
  return true;
}
