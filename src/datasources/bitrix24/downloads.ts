import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import type { TransportOptions } from "./transport.ts";

/** What a portal's link to contents leads to. Nothing of it may be passed on but what is named here. */
export type Download =
  | {
      readonly kind: "contents";
      readonly contentType: string;
      /** Bytes of `body`; null where it is not told. */
      readonly length: number | null;
      /** Set where `body` is the part that was asked for. */
      readonly part: { readonly from: number; readonly to: number; readonly size: number | null } | null;
      readonly body: Readable;
    }
  /** The part that was asked for lies outside. */
  | { readonly kind: "outside"; readonly size: number | null }
  /** Only a browser that is logged in to the portal gets it. */
  | { readonly kind: "session-only" }
  | { readonly kind: "absent" }
  /** It leads away from the portal's hosts, or is not answered as it should be. */
  | { readonly kind: "failed" };

export interface DownloadRequest {
  /** As a header says it: `bytes=0-99`. */
  readonly range: string | undefined;
  /** Ends the request, whatever it has come to. */
  readonly signal: AbortSignal;
}

/** Fetches contents from portals: without any credential, and never whole into memory. */
export interface Downloads {
  /** Never rejects; where the address is none of the portal's hosts nothing is asked. */
  get(address: URL, portalOrigin: string, wanted: DownloadRequest): Promise<Download>;
  close(): Promise<void>;
}

export interface DownloadsOptions extends TransportOptions {
  readonly allowHttp: boolean;
  /** Further hosts from which portals hand out contents. */
  readonly fileHosts: readonly string[];
  /** Milliseconds without a byte after which a transfer is given up. */
  readonly idleMs: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const HEADERS_TIMEOUT_MS = 20_000;
const CONNECTIONS_PER_HOST = 64;
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Portals refuse signed links to what does not look like a browser on their own pages. */
const HEADERS = {
  accept: "*/*",
  "accept-encoding": "identity",
  "accept-language": "en",
  "user-agent": "bitrix24-open-channels-graphql/0.1",
};
const LOGIN_PATH = /\/(auth|login|oauth\/authorize)(\/|\.php|$)/i;

export function createDownloads(options: DownloadsOptions): Downloads {
  const tls = options.certificateAuthority === undefined ? {} : { ca: options.certificateAuthority };
  const pool = {
    connections: CONNECTIONS_PER_HOST,
    pipelining: 1,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: options.idleMs,
  };
  const dispatcher: Dispatcher =
    options.proxyUrl === undefined
      ? new Agent({ ...pool, connect: { timeout: CONNECT_TIMEOUT_MS, ...tls } })
      : new ProxyAgent({ ...pool, uri: options.proxyUrl, requestTls: tls, proxyTls: tls });
  const fileHosts = new Set(options.fileHosts);

  function isOfPortal({ protocol, host }: URL, portal: URL): boolean {
    if (host !== portal.host && !fileHosts.has(host)) return false;
    return protocol === "https:" || (protocol === "http:" && (portal.protocol === "http:" || options.allowHttp));
  }

  async function follow(first: URL, portal: URL, { range, signal }: DownloadRequest): Promise<Download> {
    let address = first;
    for (let redirects = 0; ; redirects += 1) {
      if (!isOfPortal(address, portal)) return { kind: "failed" };
      const { statusCode, headers, body } = await request(address, {
        dispatcher,
        headers: { ...HEADERS, referer: `${portal.origin}/`, ...(range === undefined ? {} : { range }) },
        signal,
      });
      // Whoever destroys it hears of that himself.
      body.on("error", () => undefined);
      const read = (name: string): string => {
        const value = headers[name];
        return (Array.isArray(value) ? value[0] : value) ?? "";
      };
      if (REDIRECTS.has(statusCode)) {
        body.destroy();
        const location = read("location");
        if (!URL.canParse(location, address.href) || redirects >= MAX_REDIRECTS) return { kind: "failed" };
        address = new URL(location, address.href);
        if (LOGIN_PATH.test(address.pathname)) return { kind: "session-only" };
        continue;
      }
      const answered = answerOf(statusCode, read, body);
      if (answered.kind !== "contents") body.destroy();
      return answered;
    }
  }

  return {
    async get(address, portalOrigin, wanted) {
      try {
        return await follow(address, new URL(portalOrigin), wanted);
      } catch {
        return { kind: "failed" };
      }
    },
    close: () => dispatcher.destroy(),
  };
}

function answerOf(status: number, header: (name: string) => string, body: Readable): Download {
  switch (status) {
    case 200:
    case 206:
      break;
    case 401:
    case 403:
      return { kind: "session-only" };
    case 404:
    case 410:
      return { kind: "absent" };
    case 416:
      return { kind: "outside", size: numberIn(/^bytes \*\/(\d{1,15})$/, header("content-range")) };
    default:
      return { kind: "failed" };
  }
  const contentType = header("content-type");
  // A portal's pages say that one must log in, and other things, with 200.
  if (/^text\/html/i.test(contentType) && !/^attachment/i.test(header("content-disposition"))) {
    return { kind: "session-only" };
  }
  const encoding = header("content-encoding").toLowerCase();
  const isPlain = encoding === "" || encoding === "identity";
  const found = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(header("content-range"));
  if (status === 206 && (found === null || !isPlain)) return { kind: "failed" };
  const part =
    status === 206 && found !== null
      ? { from: Number(found[1]), to: Number(found[2]), size: found[3] === "*" ? null : Number(found[3]) }
      : null;
  const plain = isPlain ? body : decompressed(body, encoding);
  if (plain === undefined) return { kind: "failed" };
  const length = isPlain ? numberIn(/^(\d{1,15})$/, header("content-length")) : null;
  return { kind: "contents", contentType, length, part, body: plain };
}

/** No compression was asked for, but a proxy before the portal may compress all the same. Undefined for what is not known. */
function decompressed(body: Readable, encoding: string): Readable | undefined {
  const decoder =
    encoding === "gzip" || encoding === "x-gzip"
      ? createGunzip()
      : encoding === "deflate"
        ? createInflate()
        : encoding === "br"
          ? createBrotliDecompress()
          : undefined;
  if (decoder !== undefined) pipeline(body, decoder, () => undefined);
  return decoder;
}

function numberIn(pattern: RegExp, text: string): number | null {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}
