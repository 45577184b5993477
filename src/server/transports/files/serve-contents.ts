import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Limits } from "../../../config/limits.ts";
import type { Credential } from "../../../datasources/bitrix24/credentials.ts";
import { guard } from "../../../process/guard.ts";
import { type ContentsReader, isOfPortal } from "../../files/contents.ts";
import type { Link, LinkSeals } from "../../files/link.ts";
import type { ClientAddressOf } from "../../identity/client-address.ts";
import type { Holder, HolderOf } from "../../identity/holders.ts";
import type { Admission } from "../../operations/admission.ts";
import { type HttpProblem, sendProblem } from "../http-errors.ts";
import { DENIED, NO_LINK, NO_LONGER, OVER, tooManyTransfers, unavailable } from "./link-problems.ts";
import { singleRange } from "./range.ts";
import { sendContents, sendOutside } from "./send-contents.ts";

export interface ContentsRouteOptions {
  readonly path: string;
  readonly seals: LinkSeals;
  readonly holderOf: HolderOf;
  readonly clientAddress: ClientAddressOf;
  readonly contents: ContentsReader;
  /** The application's credential in a portal; undefined when there is none that works. */
  readonly applicationOf: (portal: string) => Promise<Credential | undefined>;
  readonly limits: Limits;
  readonly transfers: Admission;
}

/** Serves what lies in portals to whoever has a link: `GET` and `HEAD`, whole or in parts. */
export function registerContents(server: FastifyInstance, options: ContentsRouteOptions): void {
  const { seals, holderOf, clientAddress, contents, applicationOf, limits, transfers } = options;

  async function holderNow(link: Link, request: FastifyRequest): Promise<Holder | undefined> {
    const holder = await holderOf(link.claim, { headers: request.headers, ...clientAddress(request.raw) }, "query");
    return holder !== undefined && isOfPortal(holder.credential, link.portal) ? holder : undefined;
  }

  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const refuse = (problem: HttpProblem): FastifyReply => {
      if (problem.retryAfterMs !== undefined)
        reply.header("retry-after", String(Math.ceil(problem.retryAfterMs / 1_000)));
      return sendProblem(reply, problem, request.headers.accept);
    };
    const link = seals.open(sealedIn(request.url, options.path));
    if (link === undefined) return refuse(NO_LINK);
    if (link.expiresAt <= Date.now()) return refuse(OVER);
    const holder = await holderNow(link, request);
    const credential = link.reader === "application" ? await applicationOf(link.portal) : holder?.credential;
    if (holder === undefined || credential === undefined) return refuse(NO_LONGER);
    const tag = tagOf(link);
    describe(reply, link, tag);
    if (namesTag(request.headers["if-none-match"], tag)) return reply.code(304).send();

    const gone = new AbortController();
    reply.raw.once(
      "close",
      guard("the end of a download", () => gone.abort()),
    );
    const entry = await transfers.enter(holder.name, gone.signal);
    if (entry.kind !== "entered") return refuse(undescribed(reply, tooManyTransfers(limits.fileTransfers)));
    if (gone.signal.aborted) entry.leave();
    else gone.signal.addEventListener("abort", guard("the place of a download", entry.leave));

    const ifRange = request.headers["if-range"];
    const range = ifRange === undefined || ifRange === tag ? singleRange(request.headers.range) : undefined;
    const opened = await contents.open({
      target: link.target,
      credential,
      holder: holder.name,
      range,
      requestId: request.id,
      signal: gone.signal,
    });
    switch (opened.kind) {
      case "contents": {
        const isAllowed = async (): Promise<boolean> => (await holderNow(link, request)) !== undefined;
        const problem = await sendContents(request, reply, { opened, range, target: link.target, limits, isAllowed });
        return problem === undefined ? reply : refuse(undescribed(reply, problem));
      }
      case "outside":
        return sendOutside(reply, opened.size);
      case "denied":
        return refuse(undescribed(reply, DENIED));
      case "unavailable":
        return refuse(undescribed(reply, unavailable(opened.retryAfterMs)));
      default:
        return opened satisfies never;
    }
  }

  server.route({ method: ["GET", "HEAD"], url: `${options.path}/*`, handler: serve });
}

function sealedIn(url: string, path: string): string {
  return (url.split("?")[0] ?? "").slice(path.length + 1);
}

/** Stored files never change under their id. */
function tagOf({ portal, target }: Link): string {
  return `"${createHash("sha256")
    .update(JSON.stringify([portal, target]))
    .digest("base64url")
    .slice(0, 27)}"`;
}

function namesTag(header: string | undefined, tag: string): boolean {
  const named = (header ?? "").split(",").map((each) => each.trim().replace(/^W\//, ""));
  return named.includes(tag) || named.includes("*");
}

function describe(reply: FastifyReply, { expiresAt }: Link, tag: string): void {
  reply.headers({
    "cache-control": `private, max-age=${Math.max(0, Math.floor((expiresAt - Date.now()) / 1_000))}`,
    etag: tag,
    "accept-ranges": "bytes",
    "content-security-policy": "sandbox",
    // Pages of other origins show them; who has the address has the right.
    "cross-origin-resource-policy": "cross-origin",
  });
}

/** A problem is not kept, and is no file. */
function undescribed(reply: FastifyReply, problem: HttpProblem): HttpProblem {
  for (const name of ["cache-control", "etag", "accept-ranges", "content-security-policy"]) reply.removeHeader(name);
  return problem;
}
