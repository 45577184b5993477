import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough, Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Credential } from "../datasources/bitrix24/credentials.ts";
import { PortalRefusal, UpstreamError } from "../datasources/bitrix24/errors.ts";
import type { Portals } from "../datasources/bitrix24/portals.ts";
import { isRefusedConnection } from "../installation/command-endpoint.ts";
import { acceptForms, answerFormErrors } from "../installation/form-routes.ts";
import { hashSecret, matchesHash } from "../installation/installation.ts";
import { guard, inBackground } from "../process/guard.ts";
import { queryErrorOf } from "../refusals/query-error.ts";
import { createBackgroundReader } from "./background-reader.ts";
import { parseExportCursor } from "./export-cursor.ts";
import { type ExportRow, exportRow } from "./export-lines.ts";
import { type ExportQuery, exportSessions } from "./export-sessions.ts";

const EXPORT_PATH = "bitrix24/sessions";
const MAX_BODY_BYTES = 64 * 1024;
/** Exports of one gateway at once. */
const MAX_EXPORTS = 2;
/** An empty line while nothing comes, so that nobody takes the connection for dead. */
const KEEP_ALIVE_MS = 15_000;

/** Which sessions, and who reads them. */
export interface ExportRequest extends ExportQuery {
  readonly credential: string;
}

const requestSchema = z.strictObject({
  credential: z.string().min(1),
  from: z.iso.datetime().transform((text) => new Date(text)),
  to: z.iso.datetime().transform((text) => new Date(text)),
  lineIds: z.array(z.string().regex(/^[1-9]\d{0,18}$/)).optional(),
  withMessages: z.boolean(),
  after: z.string().optional(),
});

const lineSchema = z.union([
  z.strictObject({ row: z.record(z.string(), z.unknown()), after: z.string() }),
  z.strictObject({ end: z.literal(true) }),
  z.strictObject({ error: z.string() }),
]);

export interface ExportServices {
  readonly credentials: ReadonlyMap<string, Credential>;
  readonly portals: Pick<Portals, "session">;
}

/** What an export shows to a running gateway: only who has the credential, as the gateway's own settings do, can make it. */
export function exportSecret(credential: Credential): string {
  return createHmac("sha256", lastingSecret(credential))
    .update("exports through the running gateway")
    .digest("base64url");
}

/** Of an application the part that is not renewed. */
function lastingSecret(credential: Credential): string {
  switch (credential.kind) {
    case "webhook":
      return credential.url;
    case "application":
      return `${credential.portal}\n${credential.clientId}\n${credential.clientSecret}`;
    case "user-token":
      return credential.accessToken;
  }
}

/** A session on its way to whoever exports. */
export interface ExportedRow {
  readonly row: ExportRow;
  readonly after: string;
}

/** The sessions of an export, one after the other. */
export async function* runExport(
  portals: Pick<Portals, "session">,
  credential: Credential,
  query: ExportQuery,
  signal: AbortSignal,
): AsyncGenerator<ExportedRow> {
  const read = createBackgroundReader({ portals, credential, signal });
  for await (const part of exportSessions(read, query)) {
    for (const session of part) yield { row: exportRow(session), after: session.cursor };
  }
}

/**
 * `POST /bitrix24/sessions`: an export through the running gateway, which alone spends the portal's allowance. Form field `request` (JSON);
 * `authorization: Bearer` with the credential's export secret. Answers lines of JSON.
 */
export function registerExportEndpoint(app: FastifyInstance, services: ExportServices): void {
  const ending = new AbortController();
  let running = 0;
  app.register(async (scope) => {
    acceptForms(scope);
    answerFormErrors(scope, MAX_BODY_BYTES);
    scope.addHook("preClose", async () => ending.abort());
    scope.post<{ Body: unknown }>(`/${EXPORT_PATH}`, { bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
      const asked = parseRequest(request.body);
      if (asked === undefined) return reply.code(400).send({ error: "The request cannot be read." });
      const [scheme, secret = ""] = (request.headers.authorization ?? "").split(" ");
      const credential = services.credentials.get(asked.credential);
      // Which credentials there are is nobody's business who does not have them.
      if (scheme !== "Bearer" || credential === undefined || !matchesHash(hashSecret(exportSecret(credential)), secret))
        return reply.code(403).send({ error: "The secret of the export is wrong." });
      if (running >= MAX_EXPORTS)
        return reply.code(429).send({ error: `${MAX_EXPORTS} exports are under way: wait for one of them to end.` });
      running += 1;
      const gone = new AbortController();
      reply.raw.once(
        "close",
        guard("the end of an export's connection", () => gone.abort()),
      );
      const lines = new PassThrough();
      const signal = AbortSignal.any([gone.signal, ending.signal]);
      inBackground("an export", async () => {
        try {
          await send(lines, runExport(services.portals, credential, asked, signal), signal);
        } finally {
          running -= 1;
        }
      });
      return reply.type("application/x-ndjson").send(lines);
    });
  });
}

function parseRequest(body: unknown): ExportRequest | undefined {
  if (typeof body !== "string") return undefined;
  try {
    const { after, ...request } = requestSchema.parse(JSON.parse(new URLSearchParams(body).get("request") ?? ""));
    if (after === undefined) return request;
    const cursor = parseExportCursor(after);
    return cursor === undefined ? undefined : { ...request, after: cursor };
  } catch {
    return undefined;
  }
}

async function send(lines: PassThrough, rows: AsyncGenerator<ExportedRow>, signal: AbortSignal): Promise<void> {
  const keepAlive = setInterval(
    guard("an export's sign of life", () => lines.write("\n")),
    KEEP_ALIVE_MS,
  );
  try {
    for await (const each of rows) {
      if (lines.destroyed) return;
      if (!lines.write(`${JSON.stringify(each)}\n`)) await once(lines, "drain", { signal });
    }
    lines.write('{"end":true}\n');
  } catch (error) {
    if (!lines.destroyed) lines.write(`${JSON.stringify({ error: sentenceOf(error) })}\n`);
  } finally {
    clearInterval(keepAlive);
    lines.end();
  }
}

/** For the person at the terminal; what nobody foresaw stays in here. */
export function sentenceOf(error: unknown): string {
  if (error instanceof PortalRefusal) return queryErrorOf(error).message;
  if (error instanceof UpstreamError) return error.message;
  if (error instanceof Error && error.name === "AbortError") return "The gateway ends.";
  return error instanceof Error && error.constructor === Error ? error.message : "The gateway failed.";
}

/** How a running gateway took an export. `absent`: nothing listens there; `foreign`: something that is not this gateway, or does not have the credential. */
export type ExportAnswer =
  | { readonly kind: "rows"; readonly rows: AsyncGenerator<ExportedRow> }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "absent" }
  | { readonly kind: "foreign" };

/** Asks the gateway at a base address for an export. `after`: a cursor's text. */
export async function requestExport(
  baseUrl: string,
  secret: string,
  request: Omit<ExportRequest, "after"> & { readonly after?: string | undefined },
  signal: AbortSignal,
): Promise<ExportAnswer> {
  let response: Response;
  try {
    response = await fetch(new URL(EXPORT_PATH, `${baseUrl.replace(/\/+$/, "")}/`), {
      method: "POST",
      headers: {
        authorization: `Bearer ${secret}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ request: JSON.stringify(request) }).toString(),
      redirect: "error",
      signal,
    });
  } catch (error) {
    if (error instanceof TypeError && isRefusedConnection(error.cause)) return { kind: "absent" };
    if (signal.aborted) throw error;
    return { kind: "foreign" };
  }
  if (response.status === 200 && response.body !== null) return { kind: "rows", rows: rowsOf(response.body) };
  if (response.status === 400 || response.status === 429) {
    const told = z.object({ error: z.string() }).safeParse(await response.json().catch(() => undefined));
    if (told.success) return { kind: "refused", reason: told.data.error };
  }
  return { kind: "foreign" };
}

async function* rowsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ExportedRow> {
  const lines = createInterface({ input: Readable.from(body) });
  for await (const line of lines) {
    if (line === "") continue;
    const parsed = lineSchema.parse(JSON.parse(line));
    if ("end" in parsed) return;
    if ("error" in parsed) throw new Error(parsed.error);
    yield parsed;
  }
  throw new Error("The gateway ended before the export did.");
}
