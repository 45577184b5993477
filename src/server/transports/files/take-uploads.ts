import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Limits } from "../../../config/limits.ts";
import { guard } from "../../../process/guard.ts";
import { StorageUnavailable } from "../../../storage/storage-unavailable.ts";
import { isOfPortal } from "../../files/contents.ts";
import type { SharedUploads } from "../../files/shared-uploads.ts";
import type { Receiving, UploadSpool } from "../../files/upload-spool.ts";
import type { TicketSeals, UploadTicket } from "../../files/upload-ticket.ts";
import type { ClientAddressOf } from "../../identity/client-address.ts";
import type { HolderOf } from "../../identity/holders.ts";
import type { Admission } from "../../operations/admission.ts";
import { type HttpProblem, sendProblem } from "../http-errors.ts";
import {
  BEGUN,
  NO_LINK,
  NO_LONGER,
  noByte,
  OVER,
  otherSize,
  otherType,
  STORE_AWAY,
  spoolFull,
  tooLarge,
  tooManyTransfers,
} from "./link-problems.ts";
import { BrokenOff, watchedStream } from "./watched-stream.ts";

export interface UploadRouteOptions {
  readonly path: string;
  readonly seals: TicketSeals;
  readonly spool: UploadSpool;
  /** Undefined where no other gateway may send what came here. */
  readonly shared: SharedUploads | undefined;
  readonly holderOf: HolderOf;
  readonly clientAddress: ClientAddressOf;
  readonly limits: Limits;
  readonly transfers: Admission;
}

/** Takes the bytes of files that were announced: one `PUT` each, to disk as they come. */
export function registerUploads(server: FastifyInstance, options: UploadRouteOptions): void {
  const { seals, spool, shared, holderOf, clientAddress, limits, transfers, path } = options;

  async function mayBring({ claim, portal }: UploadTicket, request: FastifyRequest): Promise<boolean> {
    const holder = await holderOf(claim, { headers: request.headers, ...clientAddress(request.raw) }, "act");
    return holder !== undefined && isOfPortal(holder.credential, portal);
  }

  /** Why nothing of the body is taken. */
  async function problemWith(ticket: UploadTicket | undefined, request: FastifyRequest) {
    if (ticket === undefined) return NO_LINK;
    if (ticket.expiresAt <= Date.now()) return OVER;
    if (!(await mayBring(ticket, request))) return NO_LONGER;
    if (ticket.size > limits.uploadBytes) return tooLarge("uploadBytes", limits.uploadBytes);
    const { "content-length": length, "content-type": type } = request.headers;
    if (length !== String(ticket.size)) return otherSize(ticket.size);
    if (type !== undefined && mediaType(type) !== mediaType(ticket.contentType)) return otherType(ticket.contentType);
    return await problemElsewhere(ticket);
  }

  /** Another gateway may have sent it on. */
  async function problemElsewhere({ uploadId }: UploadTicket): Promise<HttpProblem | undefined> {
    try {
      return (await shared?.find(uploadId))?.upload.state === "sent" ? BEGUN : undefined;
    } catch (error) {
      if (error instanceof StorageUnavailable) return STORE_AWAY;
      throw error;
    }
  }

  async function take(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const refuse = (problem: HttpProblem): FastifyReply => {
      // What is not read must not be taken for the next request.
      reply.header("connection", "close");
      if (problem.retryAfterMs !== undefined)
        reply.header("retry-after", String(Math.ceil(problem.retryAfterMs / 1_000)));
      return sendProblem(reply, problem, request.headers.accept);
    };
    const ticket = seals.open((request.url.split("?")[0] ?? "").slice(path.length + 1));
    const problem = await problemWith(ticket, request);
    if (ticket === undefined || problem !== undefined) return refuse(problem ?? NO_LINK);
    const gone = new AbortController();
    reply.raw.once(
      "close",
      guard("the end of an upload", () => gone.abort()),
    );
    const entry = await transfers.enter(ticket.owner, gone.signal);
    if (entry.kind !== "entered") return refuse(tooManyTransfers(limits.fileTransfers));
    try {
      const place = spool.reserve(ticket);
      if (place === "begun") return refuse(BEGUN);
      if (place === "full") return refuse(spoolFull(limits.uploadsBytes));
      const failure = await receive(request, place, ticket);
      return failure === undefined ? await reply.code(204).send() : refuse(failure);
    } finally {
      entry.leave();
    }
  }

  /** Why the bytes are not here: they stopped coming, or the client has gone, say. Whatever ends it before the last byte leaves nothing behind. */
  async function receive(
    request: FastifyRequest,
    place: Receiving,
    ticket: UploadTicket,
  ): Promise<HttpProblem | undefined> {
    const watched = watchedStream({
      idleMs: limits.fileIdleMs,
      maxBytes: ticket.size,
      leastBytes: ticket.size,
      isAllowed: () => mayBring(ticket, request),
    });
    try {
      // The connection stays open for the answer.
      await pipeline(
        request.raw.iterator({ destroyOnReturn: false }),
        watched,
        createWriteStream(place.path, { flags: "wx", mode: 0o600 }),
      );
      await shared?.received(ticket);
      place.received();
      return undefined;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EEXIST") {
        place.isAnothers();
        return BEGUN;
      }
      await place.failed();
      if (error instanceof BrokenOff && error.reason === "not-allowed") return NO_LONGER;
      if (error instanceof BrokenOff || request.raw.destroyed) return noByte(limits.fileIdleMs);
      if (error instanceof StorageUnavailable) return STORE_AWAY;
      throw error;
    }
  }

  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _body, done) => done(null));
    scope.put(`${path}/*`, { config: { ownBodyTime: true }, handler: take });
  });
}

function mediaType(header: string): string {
  return (header.split(";")[0] ?? "").trim().toLowerCase();
}
