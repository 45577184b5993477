import { createHmac } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { StorageUnavailable } from "../storage/storage-unavailable.ts";
import { type EventsCommandServices, type EventsReport, isEventsCommand, runEventsCommand } from "./events-command.ts";
import { acceptForms, answerFormErrors } from "./form-routes.ts";
import { hashSecret, matchesHash } from "./installation.ts";

export const COMMAND_PATH = "bitrix24/command";
const MAX_BODY_BYTES = 1024;

/** What a command shows to a running gateway: only who has the gateway's encryption key can make it. */
export function commandSecret(encryptionKey: Buffer): string {
  return createHmac("sha256", encryptionKey).update("commands to the running gateway").digest("base64url");
}

/**
 * `POST /bitrix24/command`: takes `npm run events` into the running gateway, which alone has the data directory and the newest tokens.
 * Form field `command`; `authorization: Bearer` with the command secret.
 */
export function registerCommandEndpoint(
  app: FastifyInstance,
  services: EventsCommandServices,
  encryptionKey: Buffer,
): void {
  const secretHash = hashSecret(commandSecret(encryptionKey));
  app.register(async (scope) => {
    acceptForms(scope);
    answerFormErrors(scope, MAX_BODY_BYTES);
    scope.post<{ Body: unknown }>(`/${COMMAND_PATH}`, { bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
      const [scheme, secret = ""] = (request.headers.authorization ?? "").split(" ");
      if (scheme !== "Bearer" || !matchesHash(secretHash, secret)) {
        return reply.code(403).send(failure("The command secret is wrong."));
      }
      const command = typeof request.body === "string" ? /^command=([a-z]+)$/.exec(request.body)?.[1] : undefined;
      if (!isEventsCommand(command)) return reply.code(400).send(failure("There is no such command."));
      try {
        return await reply.send(await runEventsCommand(command, services));
      } catch (error) {
        if (!(error instanceof StorageUnavailable)) throw error;
        return reply.code(503).send(failure(error.message));
      }
    });
  });
}

function failure(line: string): EventsReport {
  return { ok: false, lines: [line] };
}

const report = z.object({ ok: z.boolean(), lines: z.array(z.string()) });

/** How a running gateway took a command. `absent`: nothing listens there. */
export type CommandAnswer =
  | { readonly kind: "answered"; readonly report: EventsReport }
  | { readonly kind: "absent" }
  | { readonly kind: "foreign" };

const TIMEOUT_MS = 120_000;

/** Gives a command to the gateway at a base address. `foreign`: something listens there that is not this gateway, or not its key. */
export async function sendCommand(baseUrl: string, encryptionKey: Buffer, command: string): Promise<CommandAnswer> {
  let response: Response;
  try {
    response = await fetch(new URL(COMMAND_PATH, `${baseUrl.replace(/\/+$/, "")}/`), {
      method: "POST",
      headers: {
        authorization: `Bearer ${commandSecret(encryptionKey)}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: `command=${command}`,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    if (error instanceof TypeError && isRefusedConnection(error.cause)) return { kind: "absent" };
    return { kind: "foreign" };
  }
  if (response.status === 403 || response.status === 404) return { kind: "foreign" };
  const parsed = report.safeParse(await response.json().catch(() => undefined));
  return parsed.success ? { kind: "answered", report: parsed.data } : { kind: "foreign" };
}

export function isRefusedConnection(cause: unknown): boolean {
  if (cause instanceof AggregateError) return cause.errors.every(isRefusedConnection);
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}
