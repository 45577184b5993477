import { pipeline, type Transform } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Limits } from "../../../config/limits.ts";
import type { OpenContents } from "../../files/contents.ts";
import type { Link } from "../../files/link.ts";
import type { HttpProblem } from "../http-errors.ts";
import { tooLarge, unavailable } from "./link-problems.ts";
import { presentationOf } from "./presentation.ts";
import { cutOut, type Part, partOf } from "./range.ts";
import { watchedStream } from "./watched-stream.ts";

export interface ContentsToSend {
  readonly opened: OpenContents;
  /** The part that was asked for, whether or not the portal sends just that. */
  readonly range: string | undefined;
  readonly target: Link["target"];
  readonly limits: Limits;
  /** Whether the client may still have it. */
  readonly isAllowed: () => Promise<boolean>;
}

/** Sends what a portal sends, at the client's pace. The reason in place of an answer where it may not be sent. */
export function sendContents(
  request: FastifyRequest,
  reply: FastifyReply,
  { opened, range, target, limits, isAllowed }: ContentsToSend,
): HttpProblem | undefined {
  const { body, length, part } = opened;
  const size = part === null ? length : part.size;
  const isAsSaid = part === null || length === null || length === lengthOf(part);
  const cut = range === undefined || part !== null || size === null ? undefined : partOf(range, size);
  const isOutside = range !== undefined && part === null && size !== null && cut === undefined;
  if (!isAsSaid || isOutside || (size ?? 0) > limits.fileBytes || request.method === "HEAD") body.destroy();
  if (!isAsSaid) return unavailable(undefined);
  if ((size ?? 0) > limits.fileBytes) return tooLarge("fileBytes", limits.fileBytes);
  if (isOutside) {
    sendOutside(reply, size);
    return undefined;
  }

  const name = target.kind === "picture" ? "picture" : target.name;
  const isDownload = target.kind !== "picture" && target.isDownload;
  const { contentType, disposition } = presentationOf(opened.contentType, name, isDownload);
  reply.header("content-type", contentType).header("content-disposition", disposition);
  const sent = cut ?? part;
  const sentLength = sent === null ? size : lengthOf(sent);
  if (sent !== null) reply.code(206).header("content-range", `bytes ${sent.from}-${sent.to}/${size ?? "*"}`);
  if (sentLength !== null) reply.header("content-length", String(sentLength));
  if (request.method === "HEAD") {
    reply.send();
    return undefined;
  }
  // Not a byte beyond what was announced: it would be taken for the next answer.
  const maxBytes = Math.min(limits.fileBytes, sentLength ?? limits.fileBytes);
  const watched = watchedStream({ idleMs: limits.fileIdleMs, maxBytes, isAllowed });
  const steps: readonly Transform[] = cut === undefined ? [watched] : [cutOut(cut), watched];
  pipeline([body, ...steps], () => undefined);
  reply.send(watched);
  return undefined;
}

export function sendOutside(reply: FastifyReply, size: number | null): FastifyReply {
  return reply
    .code(416)
    .header("content-range", `bytes */${size ?? "*"}`)
    .send();
}

function lengthOf({ from, to }: Part): number {
  return to - from + 1;
}
