import type { Credential } from "../../datasources/bitrix24/credentials.ts";
import type { FileRecord } from "../../datasources/domain/file.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { EventEyes } from "../../resolvers/engine/event-eyes.ts";
import type { FileLinks, FileView } from "../../resolvers/engine/file-links.ts";
import { type Claim, claimOf, listenersClaim } from "../identity/holders.ts";
import type { Identity } from "../identity/identity.ts";
import type { Link, LinkSeals } from "./link.ts";
import type { SessionOnlyPlaces } from "./session-only.ts";

export interface OperationLinksOptions {
  readonly seals: LinkSeals;
  /** Address under which clients reach the gateway; undefined: the one that each of them used. */
  readonly publicUrl: string | undefined;
  readonly credentials: ReadonlyMap<string, Credential>;
  readonly sessionOnly: SessionOnlyPlaces;
  /** Path under which contents are served. */
  readonly path: string;
}

/** Makes the links of operations. */
export interface OperationLinks {
  /** For the one who asks. `reachedAt`: the gateway's address as he used it. */
  forOperation(identity: Identity, portalOrigin: string, reachedAt: string | undefined): FileLinks;
  /** For all who get an event: under no address that one of them used, and of the event's chat where the application reads. */
  forEvent(identity: Identity, portalOrigin: string, eyes: EventEyes | undefined): FileLinks;
}

const HOUR_MS = 60 * 60_000;
/** Longer addresses do not pass everywhere; what a portal's own links add is left out of them then. */
const MAX_PATH = 700;
const MAX_NAME = 150;
const NAME_END = 12;

export function createOperationLinks(options: OperationLinksOptions): OperationLinks {
  const { seals, publicUrl, credentials, sessionOnly, path } = options;

  function linksOf(made: {
    readonly base: string | undefined;
    readonly claim: Claim;
    readonly reader: Link["reader"];
    readonly portalOrigin: string;
    readonly notAfter: number;
    readonly chatOf: (file: FileRecord) => Id | null | Promise<Id | null>;
  }): FileLinks {
    const { base, claim, reader, portalOrigin, chatOf } = made;
    const portal = new URL(portalOrigin).host;

    function address(target: Link["target"]): string | null {
      if (base === undefined) return null;
      const expiresAt = Math.min(made.notAfter, Math.ceil((Date.now() + HOUR_MS) / HOUR_MS) * HOUR_MS);
      return `${base}${path}/${seals.seal({ claim, reader, portal, target, expiresAt })}`;
    }

    function fileAddress(file: FileRecord, view: FileView, chatId: Id | null): string | null {
      // The application may read more than those who get the event.
      if (reader === "application" && (chatId === null || (file.chatId ?? chatId) !== chatId)) return null;
      const own = placeOnPortal(ownAddress(file, view), portalOrigin);
      const whole = placeOnPortal(file.downloadUrl, portalOrigin);
      return address({
        kind: "file",
        chatId,
        fileId: file.id,
        name: shortened(file.name),
        isDownload: view === "download",
        viewPath: own === null || own.href === whole?.href || sessionOnly.has(own) ? null : pathOf(own),
        filePath: whole === null ? null : pathOf(whole),
      });
    }

    /** Foreign addresses stay what they are. */
    function placed(told: string | null, targetAt: (path: string) => Link["target"]): string | null {
      if (told === null) return null;
      const place = placeOnPortal(told, portalOrigin);
      if (place === null) return told;
      const found = sessionOnly.has(place) ? null : pathOf(place);
      return found === null ? null : address(targetAt(found));
    }

    return {
      file(file, view) {
        const chatId = chatOf(file);
        return chatId instanceof Promise
          ? chatId.then((found) => fileAddress(file, view, found))
          : fileAddress(file, view, chatId);
      },
      picture: (told) => placed(told, (found) => ({ kind: "picture", path: found })),
      content: (told, name, isDownload) =>
        placed(told, (found) => ({
          kind: "content",
          path: found,
          name: shortened(name ?? lastPart(found)),
          isDownload,
        })),
    };
  }

  return {
    forOperation: (identity, portalOrigin, reachedAt) => {
      const claim = claimOf(identity, credentials);
      return linksOf({
        base: publicUrl ?? reachedAt,
        claim,
        reader: "holder",
        portalOrigin,
        // Nobody can be asked later whether such a token is still good.
        notAfter: claim.kind === "subject" ? (identity.expiresAt ?? 0) : Number.POSITIVE_INFINITY,
        chatOf: (file) => file.chatId,
      });
    },
    forEvent: (identity, portalOrigin, eyes) =>
      linksOf({
        base: publicUrl,
        claim: listenersClaim(identity, credentials),
        reader: eyes?.shared === undefined ? "holder" : "application",
        portalOrigin,
        notAfter: Number.POSITIVE_INFINITY,
        chatOf: eyes?.shared === undefined ? (file) => file.chatId : async () => await eyes.chatId(),
      }),
  };
}

function ownAddress(file: FileRecord, view: FileView): string | null {
  switch (view) {
    case "preview":
      return file.previewUrl;
    case "screen":
      return file.showUrl;
    case "small":
      return file.mediaPreviewUrl;
    case "download":
      return null;
    default:
      return view satisfies never;
  }
}

/** Null for an address on another host; what the portal names without TLS is the portal's too. */
function placeOnPortal(address: string | null, portalOrigin: string): URL | null {
  if (address === null || !URL.canParse(address)) return null;
  const url = new URL(address);
  return url.host === new URL(portalOrigin).host ? url : null;
}

/** Keeps the end, which says what it is. */
function shortened(name: string): string {
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME - NAME_END)}${name.slice(-NAME_END)}`;
}

/** What a browser would call it. */
function lastPart(path: string): string {
  return path.split(/[?#]/)[0]?.split("/").at(-1) ?? "";
}

function pathOf({ pathname, search }: URL): string | null {
  const path = `${pathname}${search}`;
  return path.length > MAX_PATH ? null : path;
}
