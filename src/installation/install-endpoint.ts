import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type FormFields, parseForm, textField, UnreadableForm } from "../datasources/bitrix24/form-body.ts";
import { NamespaceFull } from "../storage/key-value-store.ts";
import { StorageUnavailable } from "../storage/storage-unavailable.ts";
import { INSTALL_PATH } from "./bindings.ts";
import { acceptForms, answerFormErrors } from "./form-routes.ts";
import { callbackKind, readPageOffer, readScriptOffer } from "./install-offer.ts";
import { installPage } from "./install-page.ts";
import type { Installer, InstallOutcome } from "./installer.ts";

/** Where a request comes from, through proxies too. */
export interface SenderAddress {
  /** Tries are shared out by it. */
  readonly address: string;
  /** Whether it is the sender's own, as far as can be told: not that of a proxy which is not trusted to say for whom it speaks. */
  readonly isOwn: boolean;
}

export type AddressOf = (request: FastifyRequest) => SenderAddress;

export interface InstallEndpointOptions {
  readonly allowedHosts: readonly string[];
  readonly addressOf: AddressOf;
}

const MAX_BODY_BYTES = 64 * 1024;

/**
 * `POST /bitrix24/install`: the installation callbacks of both kinds of application. Answers 200 when the application is installed, 400
 * for a form that is no callback, 403 when it was not verified, 429 for too many tries, 503 when nobody could be asked or nothing kept.
 */
export function registerInstallEndpoint(
  app: FastifyInstance,
  installer: Installer,
  { allowedHosts, addressOf }: InstallEndpointOptions,
): void {
  const policy = framePolicy(allowedHosts);
  app.register(async (scope) => {
    acceptForms(scope);
    answerFormErrors(scope, MAX_BODY_BYTES);
    scope.post<{ Body: unknown }>(`/${INSTALL_PATH}`, { bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
      let form: FormFields;
      let query: FormFields;
      try {
        form = parseForm(typeof request.body === "string" ? request.body : "");
        query = readQuery(request.url);
      } catch (error) {
        if (!(error instanceof UnreadableForm)) throw error;
        return reply.code(400).type("text/plain").send(error.message);
      }
      if (isOfSystemUser(form)) {
        const { data } = form;
        return answer(
          reply,
          "script",
          await attempt(() => installer.systemUserReady(isFields(data) ? data : {}, addressOf(request).address)),
        );
      }
      const kind = callbackKind(form);
      const auth = form.auth;
      const offer = kind === "page" ? readPageOffer(form, query) : isFields(auth) ? readScriptOffer(auth) : undefined;
      if (kind === undefined || offer === undefined) {
        return reply.code(400).type("text/plain").send("This is no installation callback of a Bitrix24 application.");
      }
      reply.header("content-security-policy", policy);
      return answer(reply, kind, await attempt(() => installer.install(offer, addressOf(request).address)));
    });
  });
}

/** At an installation the portal also tells, at the same address, of the hidden user that it made for the application. */
function isOfSystemUser(form: FormFields): boolean {
  return textField(form, "event")?.toUpperCase() === "ONAPPUSERREADY";
}

/** The page stands in a frame of the portal that installs the application, and in no other's. */
function framePolicy(allowedHosts: readonly string[]): string {
  return `frame-ancestors ${allowedHosts.length === 0 ? "'none'" : allowedHosts.join(" ")}`;
}

function isFields(value: FormFields[string]): value is FormFields {
  return typeof value === "object" && !Array.isArray(value);
}

function readQuery(url: string): FormFields {
  const start = url.indexOf("?");
  return start === -1 || start === url.length - 1 ? {} : parseForm(url.slice(start + 1));
}

/** An installation that cannot be kept is answered like one that could not be verified: try again. */
export async function attempt(install: () => Promise<InstallOutcome>): Promise<InstallOutcome> {
  try {
    return await install();
  } catch (error) {
    if (error instanceof StorageUnavailable || error instanceof NamespaceFull) {
      return { kind: "unavailable", reason: error.message };
    }
    throw error;
  }
}

export function statusOf(outcome: InstallOutcome): 200 | 400 | 403 | 429 | 503 {
  switch (outcome.kind) {
    case "installed":
    case "unchanged":
      return 200;
    case "refused":
      return outcome.reason === "INCOMPLETE" ? 400 : 403;
    case "tooMany":
      return 429;
    case "unavailable":
      return 503;
  }
}

function answer(reply: FastifyReply, kind: "script" | "page", outcome: InstallOutcome): FastifyReply {
  const status = statusOf(outcome);
  const sentence = sentenceFor(outcome);
  reply.code(status).header("cache-control", "no-store");
  if (kind === "script") return reply.type("text/plain; charset=utf-8").send(sentence);
  return reply.type("text/html; charset=utf-8").send(installPage(sentence, status === 200));
}

function sentenceFor(outcome: InstallOutcome): string {
  switch (outcome.kind) {
    case "installed":
    case "unchanged":
      return "The application is installed.";
    case "tooMany":
      return "Too many installations at once. Please try again in a minute.";
    case "unavailable":
      return "The installation could not be verified or kept. Please try again.";
    case "refused":
      switch (outcome.reason) {
        case "HOST_NOT_ALLOWED":
          return "The gateway is not configured for this portal. Its host must be listed in BITRIX24_PORTALS.";
        case "NOT_AN_ADMINISTRATOR":
          return "An administrator of the portal must install the application.";
        case "INCOMPLETE":
        case "NOT_THE_SYSTEM_USER":
        case "TOKEN_REFUSED":
        case "ANOTHER_APPLICATION":
        case "ANOTHER_PORTAL":
          return "The installation could not be verified.";
      }
  }
}
