import { once } from "node:events";
import { pipeline, type Readable, type Transform } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Limits } from "../../../config/limits.ts";
import { guard } from "../../../process/guard.ts";
import type { OpenContents } from "../../files/contents.ts";
import type { Link } from "../../files/link.ts";
import type { HttpProblem } from "../http-errors.ts";
import { NO_LONGER, tooLarge, unavailable } from "./link-problems.ts";
import { presentationOf } from "./presentation.ts";
import { cutOut, isOfRange, type Part, partOf } from "./range.ts";
import { BrokenOff, watchedStream } from "./watched-stream.ts";

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
export async function sendContents(
  request: FastifyRequest,
  reply: FastifyReply,
  { opened, range, target, limits, isAllowed }: ContentsToSend,
): Promise<HttpProblem | undefined> {
  const { body, length, part } = opened;
  const size = part === null ? length : part.size;
  const isAsSaid =
    part === null || (range !== undefined && isOfRange(part, range) && (length === null || length === lengthOf(part)));
  const cut = range === undefined || part !== null || size === null ? undefined : partOf(range, size);
  const isOutside = range !== undefined && part === null && size !== null && cut === undefined;
  if (!isAsSaid || isOutside || (size ?? 0) > limits.fileBytes || request.method === "HEAD") body.destroy();
  if (!isAsSaid) return unavailable(undefined);
  if ((size ?? 0) > limits.fileBytes) return tooLarge("fileBytes", limits.fileBytes);
  if (isOutside) {
    sendOutside(reply, size);
    return undefined;
  }

  const sent = cut ?? part;
  const sentLength = sent === null ? size : lengthOf(sent);
  if (request.method === "HEAD") {
    describe(reply, { opened, target, sent, sentLength, size }).send();
    return undefined;
  }
  // Not a byte beyond what was announced: it would be taken for the next answer.
  const maxBytes = Math.min(limits.fileBytes, sentLength ?? limits.fileBytes);
  const watched = watchedStream({ idleMs: limits.fileIdleMs, maxBytes, leastBytes: sentLength ?? 0, isAllowed });
  const steps: readonly Transform[] = cut === undefined ? [watched] : [cutOut(cut), watched];
  // Whoever sends it on hears of an error himself.
  watched.on(
    "error",
    guard("contents that break off", () => undefined),
  );
  pipeline([body, ...steps], () => undefined);
  const failure = await failureBeforeFirst(watched);
  if (failure === "too-large" && maxBytes === limits.fileBytes) return tooLarge("fileBytes", limits.fileBytes);
  if (failure !== undefined) return failure === "not-allowed" ? NO_LONGER : unavailable(undefined);
  describe(reply, { opened, target, sent, sentLength, size }).send(watched);
  return undefined;
}

/** Why contents break off before their first byte, when it can still be told; undefined once there is one, or their end. */
async function failureBeforeFirst(contents: Readable): Promise<BrokenOff["reason"] | "portal" | undefined> {
  try {
    await once(contents, "readable");
    return undefined;
  } catch (error) {
    return error instanceof BrokenOff ? error.reason : "portal";
  }
}

interface Described extends Pick<ContentsToSend, "opened" | "target"> {
  readonly sent: Part | null;
  readonly sentLength: number | null;
  readonly size: number | null;
}

function describe(reply: FastifyReply, { opened, target, sent, sentLength, size }: Described): FastifyReply {
  const name = target.kind === "picture" ? "picture" : target.name;
  const isDownload = target.kind !== "picture" && target.isDownload;
  const { contentType, disposition } = presentationOf(opened.contentType, name, isDownload);
  reply.header("content-type", contentType).header("content-disposition", disposition);
  if (sent !== null) reply.code(206).header("content-range", `bytes ${sent.from}-${sent.to}/${size ?? "*"}`);
  if (sentLength !== null) reply.header("content-length", String(sentLength));
  return reply;
}

export function sendOutside(reply: FastifyReply, size: number | null): FastifyReply {
  // What does not lie there now is no file to be kept.
  return reply
    .removeHeader("etag")
    .header("cache-control", "no-store")
    .code(416)
    .header("content-range", `bytes */${size ?? "*"}`)
    .send();
}

function lengthOf({ from, to }: Part): number {
  return to - from + 1;
}
