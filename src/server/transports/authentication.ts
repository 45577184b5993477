import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import { guard } from "../../process/guard.ts";
import { createLightSignal, type LightSignal } from "../../process/light-signal.ts";
import type { ClientAddressOf } from "../identity/client-address.ts";
import {
  type Identities,
  type Identity,
  type IdentityRefusal,
  type IdentityRequest,
  refusalStatus,
} from "../identity/identity.ts";
import { sendProblem } from "./http-errors.ts";

/** Who sent a request, known before its body is read. */
export interface Sender {
  readonly identity: Identity;
  readonly request: IdentityRequest;
  /** Fires when the client has gone. */
  readonly gone: LightSignal;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Once `Authentication.hook` has run. On the request itself: a weak map would keep all requests alive until the next large collection. */
    sender?: Sender | undefined;
  }
}

export interface Authentication {
  /** A hook for routes that need to know who asks; answers the request itself when nobody may. */
  readonly hook: onRequestAsyncHookHandler;
  /** Undefined where the hook has not run. */
  senderOf(request: FastifyRequest): Sender | undefined;
}

/** What a refused client has begun to send is read to its end when it is this little; else it could not read its answer. */
const READ_AWAY_BYTES = 64 * 1024;

export function createAuthentication(identities: Identities, clientAddress: ClientAddressOf): Authentication {
  return {
    hook: async (request, reply) => {
      const gone = goneWith(reply);
      const from: IdentityRequest = { headers: request.headers, ...clientAddress(request.raw) };
      const decision = await identities.identify(from);
      if (decision.kind === "refused") return refuse(request, reply, decision);
      request.sender = { identity: decision.identity, request: from, gone };
    },
    senderOf: (request) => request.sender,
  };
}

/** Fires when the connection ends before the answer does. */
function goneWith(reply: FastifyReply): LightSignal {
  const { signal, abort } = createLightSignal();
  reply.raw.on(
    "close",
    guard("the end of a request", () => {
      if (!reply.raw.writableFinished) abort();
    }),
  );
  return signal;
}

function refuse(request: FastifyRequest, reply: FastifyReply, refusal: IdentityRefusal): FastifyReply {
  const { kind: _kind, ...told } = refusal;
  const { code, retryAfterMs } = told;
  if (code === "UNAUTHENTICATED") reply.header("www-authenticate", "Bearer");
  if (retryAfterMs !== undefined) reply.header("retry-after", String(Math.ceil(retryAfterMs / 1_000)));
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (encoding !== undefined || Number(length ?? 0) > READ_AWAY_BYTES) reply.header("connection", "close");
  return sendProblem(reply, { status: refusalStatus(refusal), ...told }, request.headers.accept);
}
