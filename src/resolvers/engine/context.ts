import type { PortalSession } from "../../datasources/bitrix24/calls.ts";
import type { AllowanceStatus, UpstreamUsage } from "../../datasources/bitrix24/usage.ts";
import type { ChatChange } from "../../datasources/domain/chat-change.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { Loaders } from "../../datasources/loaders/loaders.ts";
import type { LightSignal } from "../../process/light-signal.ts";
import type { Uploads } from "../files/uploads.ts";
import type { Sends } from "../sends/sends.ts";
import type { EventEyes } from "./event-eyes.ts";
import type { FileLinks } from "./file-links.ts";

/** Who sent the operation, and through which credential it acts. Never holds a secret. */
export interface ViewerIdentity {
  /** `open`: no keys are configured and the gateway listens on loopback only. */
  readonly kind: "api-key" | "user-token" | "json-web-token" | "open";
  /** The key's name, the portal host of a user token, or the subject of a JSON web token; for logs and for `viewer`. */
  readonly label: string;
}

export interface LiveStatus {
  /** What fills the log, the one that sees most first; none where subscriptions are refused. */
  readonly sources: readonly ("receiver" | "webhook" | "polling")[];
  readonly scope: "own" | "all";
  /** The portal no longer renews the application's tokens. */
  readonly needsReinstall: boolean;
  /** How often the viewer's list of dialogs is looked at for what the portal sends no event for; null where it is not. */
  readonly checkedEverySeconds: number | null;
}

/** The live log as one operation sees it. */
export interface LiveContext {
  /**
   * The newest place in the portal's log; null when the portal has none. Taken once: the pipeline asks before it executes an operation that
   * selects `eventCursor`, so that a snapshot read by the same operation has no seam with what is delivered after the cursor.
   */
  takeCursor(): Promise<string | null>;
  /** What fills the log, and what of it this viewer sees. */
  status(): Promise<LiveStatus>;
  /** An action of this gateway changed a chat in a way that the portal sends no event for. Never throws. */
  chatChanged(chatId: Id, change: ChatChange): void;
  /** The viewer did something that may have changed his own list of dialogs. Never throws. */
  acted(): void;
}

/** For a portal without a live log. */
export const NO_LIVE_LOG: LiveContext = {
  takeCursor: () => Promise.resolve(null),
  status: () => Promise.resolve({ sources: [], scope: "own", needsReinstall: false, checkedEverySeconds: null }),
  chatChanged: () => {},
  acted: () => {},
};

/** Work on one portal that must not happen side by side, whichever process it is in. */
export interface Turns {
  /**
   * Runs when nobody else runs under that name; while the gateway's store is away, nobody else of this process. Rejects with `PortalTimeout` when
   * the signal fires first.
   */
  inTurn<T>(name: string, signal: LightSignal, run: () => Promise<T>): Promise<T>;
}

/** For one process that keeps nothing: in no order, without keys, with the portal's own links, and with nowhere to send a file to. */
export const WITHOUT_STORE: Pick<OperationContext, "turns" | "sends" | "links" | "uploads"> = {
  links: {
    file: (file, view) =>
      ({ preview: file.previewUrl, screen: file.showUrl, small: file.mediaPreviewUrl, download: file.downloadUrl })[
        view
      ],
    picture: (address) => address,
    content: (address) => address,
  },
  uploads: {
    maxBytes: 0,
    start: () => undefined,
    sizeOf: async () => undefined,
    take: async () => "absent",
    inTurn: (_signal, run) => run(),
    isInSteps: () => false,
    noteInSteps: () => {},
  },
  turns: { inTurn: (_name, _signal, run) => run() },
  sends: { once: () => Promise.reject(new Error("Sends with a key need a store")) },
};

/** All that a resolver gets; it never sees HTTP. One per operation. */
export interface OperationContext {
  readonly viewer: ViewerIdentity;
  readonly portal: PortalSession;
  readonly loaders: Loaders;
  /** Fires when the client has gone or the operation's deadline has passed. */
  readonly signal: LightSignal;
  readonly usage: UpstreamUsage;
  readonly upstreamStatus: () => AllowanceStatus;
  readonly live: LiveContext;
  readonly turns: Turns;
  readonly sends: Sends;
  readonly links: FileLinks;
  readonly uploads: Uploads;
  /** While a live event is executed. */
  readonly event?: EventEyes;
}
