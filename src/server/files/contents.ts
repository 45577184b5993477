import { LRUCache } from "lru-cache";
import { credentialHost } from "../../config/credentials.ts";
import type { Call, PortalSession } from "../../datasources/bitrix24/calls.ts";
import type { Credential } from "../../datasources/bitrix24/credentials.ts";
import type { Download, Downloads } from "../../datasources/bitrix24/downloads.ts";
import {
  PortalProtocolError,
  PortalRateLimited,
  PortalRefusal,
  UpstreamError,
} from "../../datasources/bitrix24/errors.ts";
import type { Portals } from "../../datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../datasources/bitrix24/usage.ts";
import { diskFileLink, fileDownload } from "../../datasources/im/files.ts";
import { atMost } from "../../process/growing-cache.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";
import type { FileTarget, Link } from "./link.ts";
import type { SessionOnlyPlaces } from "./session-only.ts";

/** What a portal sends. */
export type OpenContents = Extract<Download, { readonly kind: "contents" }>;

/** What became of opening contents: `denied` by the portal, which does not tell whether they exist; `unavailable` now. */
export type OpenedContents =
  | Extract<Download, { readonly kind: "contents" | "outside" }>
  | { readonly kind: "denied" }
  | { readonly kind: "unavailable"; readonly retryAfterMs: number | undefined };

export interface WantedContents {
  readonly target: Link["target"];
  readonly credential: Credential;
  /** In whose turn the portal is asked. */
  readonly holder: string;
  readonly range: string | undefined;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** Opens what links lead to. */
export interface ContentsReader {
  /** Never rejects with what a portal does. */
  open(wanted: WantedContents): Promise<OpenedContents>;
}

export interface ContentsReaderOptions {
  readonly portals: Portals;
  readonly downloads: Downloads;
  readonly sessionOnly: SessionOnlyPlaces;
}

const LINK_TIMEOUT_MS = 20_000;
/** A portal may be renewed, and a credential be given a scope. */
const MISSING_METHOD_MS = 10 * 60_000;
const MAX_MISSING = 10_000;
const DENIED = { kind: "denied" } as const;
/** In the place of one that the portal's answer should have named. */
const UNREADABLE = "unreadable";
type Place = URL | typeof UNREADABLE;

export function createContentsReader({ portals, downloads, sessionOnly }: ContentsReaderOptions): ContentsReader {
  /** Methods that a portal does not have, or not for a credential. */
  const missing = new LRUCache<string, true>({ ...atMost(MAX_MISSING), ttl: MISSING_METHOD_MS });
  /** The last question about a file: equal reads would share a link that works once. */
  const asking = new Map<string, Promise<unknown>>();

  async function inTurn<T>(name: string, run: () => Promise<T>): Promise<T> {
    const mine = (asking.get(name) ?? Promise.resolve()).then(run, run);
    asking.set(name, mine);
    try {
      return await mine;
    } finally {
      if (asking.get(name) === mine) asking.delete(name);
    }
  }

  /** Undefined where this portal does not have the method, or not for this credential; `unreadable` for an answer that names no place. */
  async function linkBy(call: Call<string>, portal: PortalSession, holder: string): Promise<Place | undefined> {
    const name = `${portal.host} ${holder} ${call.method}`;
    if (missing.has(name)) return undefined;
    try {
      const link = await inTurn(`${name} ${JSON.stringify(call.params)}`, () => portal.read(call, { fresh: true }));
      return URL.canParse(link, portal.origin) ? new URL(link, portal.origin) : UNREADABLE;
    } catch (error) {
      // There are other ways to the same file.
      if (error instanceof PortalProtocolError) return UNREADABLE;
      if (!(error instanceof PortalRefusal) || !isMissing(error)) throw error;
      missing.set(name, true);
      return undefined;
    }
  }

  /** Each place from which the contents may be had, the better first. */
  async function* placesOf(target: Link["target"], portal: PortalSession, holder: string): AsyncIterable<Place> {
    if (target.kind !== "file") {
      yield placeOn(portal, target.path);
      return;
    }
    yield* portalPlace(target.viewPath, portal);
    yield* methodPlaces(target, portal, holder);
    yield* portalPlace(target.filePath, portal);
  }

  function* portalPlace(path: string | null, portal: PortalSession): Iterable<URL> {
    if (path === null) return;
    const place = placeOn(portal, path);
    if (!sessionOnly.has(place)) yield place;
  }

  async function* methodPlaces({ chatId, fileId }: FileTarget, portal: PortalSession, holder: string) {
    const calls = [...(chatId === null ? [] : [fileDownload(chatId, fileId)]), diskFileLink(fileId)];
    for (const call of calls) {
      const place = await linkBy(call, portal, holder);
      if (place !== undefined) yield place;
    }
  }

  return {
    async open({ target, credential, holder, range, requestId, signal }) {
      try {
        const portal = portals.session(credential, {
          signal,
          deadlineAt: performance.now() + LINK_TIMEOUT_MS,
          usage: new UpstreamUsage(requestId),
          identity: holder,
        });
        let isBroken = false;
        for await (const place of placesOf(target, portal, holder)) {
          if (place === UNREADABLE) {
            isBroken = true;
            continue;
          }
          const download = await downloads.get(place, portal.origin, { range, signal });
          switch (download.kind) {
            case "contents":
            case "outside":
              return download;
            case "session-only":
              if (isLasting(target, place)) sessionOnly.note(place);
              break;
            case "absent":
              break;
            case "failed":
              isBroken = true;
              break;
            default:
              return download satisfies never;
          }
        }
        return isBroken ? { kind: "unavailable", retryAfterMs: undefined } : DENIED;
      } catch (error) {
        if (error instanceof PortalRefusal && refusalClass(error) === "business") return DENIED;
        if (!(error instanceof UpstreamError)) throw error;
        return {
          kind: "unavailable",
          retryAfterMs: error instanceof PortalRateLimited ? error.retryAfterMs : undefined,
        };
      }
    },
  };
}

/** Not resolved against the portal: a path that begins with two slashes would name another host. */
function placeOn({ origin }: PortalSession, path: string): URL {
  return new URL(`${origin}${path}`);
}

/** Whether a place is one that records name, and not one that a method has just given out. */
function isLasting(target: Link["target"], place: URL): boolean {
  const path = `${place.pathname}${place.search}`;
  return target.kind !== "file" || path === target.viewPath || path === target.filePath;
}

function isMissing(error: PortalRefusal): boolean {
  const kind = refusalClass(error);
  return kind === "unknown-method" || kind === "insufficient-scope" || kind === "module-missing";
}

/** Whether a link's portal is still the credential's. */
export function isOfPortal(credential: Credential, portal: string): boolean {
  return credentialHost(credential) === portal;
}
