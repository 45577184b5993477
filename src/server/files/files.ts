import type { FastifyInstance } from "fastify";
import type { Config } from "../../config/config.ts";
import type { Credential } from "../../datasources/bitrix24/credentials.ts";
import { createDownloads } from "../../datasources/bitrix24/downloads.ts";
import type { Portals } from "../../datasources/bitrix24/portals.ts";
import type { ClientAddressOf } from "../identity/client-address.ts";
import type { HolderOf } from "../identity/holders.ts";
import type { LiveStore } from "../live-store.ts";
import { createAdmission } from "../operations/admission.ts";
import { registerContents } from "../transports/files/serve-contents.ts";
import { registerUploads } from "../transports/files/take-uploads.ts";
import { FILES_PATH, UPLOADS_PATH } from "../transports/paths.ts";
import { createContentsReader } from "./contents.ts";
import { createLinkSeals } from "./link.ts";
import { createOperationLinks, type OperationLinks } from "./operation-links.ts";
import { createOperationUploads, type OperationUploads } from "./operation-uploads.ts";
import { createSessionOnlyPlaces } from "./session-only.ts";
import { createSharedUploads } from "./shared-uploads.ts";
import { openUploadSpool } from "./upload-spool.ts";
import { createTicketSeals } from "./upload-ticket.ts";

/** Files and pictures of portals, in both directions. */
export interface Files {
  readonly links: OperationLinks;
  readonly uploads: OperationUploads;
  register(server: FastifyInstance): void;
  close(): Promise<void>;
}

export interface FilesOptions {
  readonly config: Config;
  readonly store: LiveStore;
  readonly portals: Portals;
  readonly holderOf: HolderOf;
  readonly clientAddress: ClientAddressOf;
  /** The application's credential in a portal; undefined when there is none that works. */
  readonly applicationOf: (portal: string) => Promise<Credential | undefined>;
}

/** Transfers of one identity that wait for others of it. */
const WAITING = 100;

export function openFiles(options: FilesOptions): Files {
  const { config, store, portals, holderOf, clientAddress, applicationOf } = options;
  const { limits, server: settings, portal, live } = config;
  const { credentials } = portal;
  const { encryptionKey } = store;
  const publicUrl = live.publicUrl?.replace(/\/+$/, "");
  const sessionOnly = createSessionOnlyPlaces();
  const downloads = createDownloads({
    certificateAuthority: portal.certificateAuthority,
    proxyUrl: portal.proxyUrl,
    allowHttp: portal.allowHttp,
    fileHosts: portal.fileHosts,
    idleMs: limits.fileIdleMs,
  });
  const spool = openUploadSpool({
    directory: settings.uploadsDirectory,
    maxBytes: limits.uploadsBytes,
    isShared: !store.storage.exclusive,
  });
  const shared = store.storage.exclusive ? undefined : createSharedUploads(store.storage.keyValues, encryptionKey);
  const patienceMs = settings.operationTimeoutMs;
  const transfers = createAdmission({ places: limits.fileTransfers, waiting: WAITING, patienceMs });
  const linkSeals = createLinkSeals(encryptionKey);
  const ticketSeals = createTicketSeals(encryptionKey);
  return {
    links: createOperationLinks({ seals: linkSeals, publicUrl, credentials, sessionOnly, path: FILES_PATH }),
    uploads: createOperationUploads({
      seals: ticketSeals,
      spool,
      shared,
      credentials,
      publicUrl,
      path: UPLOADS_PATH,
      maxBytes: limits.uploadBytes,
      patienceMs,
    }),
    register(server) {
      const common = { holderOf, clientAddress, limits, transfers };
      const contents = createContentsReader({ portals, downloads, sessionOnly });
      registerContents(server, { ...common, path: FILES_PATH, seals: linkSeals, contents, applicationOf });
      registerUploads(server, { ...common, path: UPLOADS_PATH, seals: ticketSeals, spool, shared });
    },
    async close() {
      spool.close();
      await downloads.close();
    },
  };
}
