import { type PortalRef, portalName } from "../../../datasources/bitrix24/portal-ref.ts";
import type { MessagePreviewRecord } from "../../../datasources/domain/chat.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import { inBackground } from "../../../process/guard.ts";
import type { ChatStoredEvent } from "../../events/event-filter.ts";
import type { LoggedEvent } from "../../events/event-log.ts";
import type { StoredMessageAdded } from "../../events/stored-event.ts";
import { type DialogList, type DialogLists, dialogListName } from "../dialog-lists.ts";
import { inTime } from "../event-withheld.ts";
import { firstSeen } from "../first-seen.ts";
import type { LiveResult } from "../live-result.ts";
import type { LiveStream } from "../live-stream.ts";
import type { ChatResolution, EventAccess, LiveViewer } from "../live-viewer.ts";
import type { Watchers } from "../watchers.ts";
import { type HeardEvent, type InboxFeed, openInboxFeed } from "./inbox-feed.ts";
import type { InboxDelivery, InboxRequest } from "./inbox-request.ts";
import { openInboxStream } from "./inbox-stream.ts";

/** One subscription to a list as the pipeline hands it over. */
export interface InboxSubscription {
  readonly viewer: LiveViewer;
  /** Whether anything brings events of the portal. Without it the list is looked at now and then. */
  readonly hasEvents: boolean;
  readonly request: InboxRequest;
  readonly execute: (delivery: InboxDelivery) => Promise<LiveResult>;
  readonly failed: (error: unknown) => LiveResult;
}

/** The lists of all who are shown theirs: one of each credential, whatever their number of windows. */
export interface Inboxes {
  open(subscription: InboxSubscription): LiveStream;
  /** A list was read, by whomever and for whatever. */
  noteList(viewer: LiveViewer, list: DialogList, askedAt: number): void;
  /** Streams that are open. */
  openStreams(): number;
  close(): void;
}

export interface InboxesOptions {
  readonly lists: DialogLists;
  readonly watchers: Watchers;
  readonly access: EventAccess;
  readonly chats: ChatResolution;
  /** Has each event of a portal told, for as long as it is not ended. */
  readonly hear: (portal: PortalRef, heard: (logged: LoggedEvent) => void) => () => void;
  /** How a list will tell a message that an event brought. */
  readonly previewOf: (event: StoredMessageAdded) => MessagePreviewRecord;
  readonly onError: (error: unknown) => void;
}

/** After a time in which nobody received events all lists are read again, spread over this time. */
const AFTER_GAP_MS = 10_000;

interface HeardPortal {
  readonly feeds: Map<string, InboxFeed>;
  stopHearing: (() => void) | undefined;
}

export function createInboxes(options: InboxesOptions): Inboxes {
  const { lists, watchers, access, chats, previewOf, onError } = options;
  const portals = new Map<string, HeardPortal>();
  let openStreams = 0;

  /** Looked for once, whoever asks. */
  function chatOf(portal: PortalRef, { address }: ChatStoredEvent): () => Id | null | Promise<Id | null> {
    let found: Id | null | Promise<Id | null> | undefined = address.chatId ?? undefined;
    return () => {
      if (found === undefined) {
        const looked = chats.resolve(portal, address);
        found = looked instanceof Promise ? inTime(looked) : looked;
      }
      return found;
    };
  }

  function hear(portal: PortalRef, logged: LoggedEvent): void {
    const { event, receivedAt } = logged;
    const feeds = portals.get(portalName(portal))?.feeds.values() ?? [];
    if (event.kind === "gap") {
      for (const feed of feeds) feed.missedSomething(AFTER_GAP_MS);
      return;
    }
    const heard: HeardEvent = { event, receivedAt, seenAt: firstSeen(logged), chat: chatOf(portal, event) };
    for (const feed of feeds) inBackground("telling a list of an event", () => feed.heard(heard));
  }

  function useFeed({ viewer, hasEvents }: InboxSubscription): InboxFeed {
    const portalKey = portalName(viewer.portal);
    const portal = portals.get(portalKey) ?? { feeds: new Map(), stopHearing: undefined };
    portals.set(portalKey, portal);
    if (hasEvents) portal.stopHearing ??= options.hear(viewer.portal, (logged) => hear(viewer.portal, logged));
    const name = dialogListName(viewer);
    const feed = portal.feeds.get(name) ?? openInboxFeed({ viewer, lists, watchers, access, previewOf, onError });
    portal.feeds.set(name, feed);
    return feed;
  }

  function leaveFeed(viewer: LiveViewer, feed: InboxFeed): void {
    if (feed.streams.size > 0) return;
    feed.close();
    const portalKey = portalName(viewer.portal);
    const portal = portals.get(portalKey);
    portal?.feeds.delete(dialogListName(viewer));
    if (portal === undefined || portal.feeds.size > 0) return;
    portal.stopHearing?.();
    portals.delete(portalKey);
  }

  return {
    open(subscription) {
      const { viewer, request, execute, failed } = subscription;
      const feed = useFeed(subscription);
      const stream = openInboxStream({
        request,
        list: feed.list,
        execute,
        failed,
        closed() {
          openStreams -= 1;
          feed.streams.delete(stream);
          leaveFeed(viewer, feed);
        },
      });
      openStreams += 1;
      feed.streams.add(stream);
      return stream;
    },
    noteList(viewer, list, askedAt) {
      portals.get(portalName(viewer.portal))?.feeds.get(dialogListName(viewer))?.take(list, askedAt);
    },
    openStreams: () => openStreams,
    close() {
      for (const { feeds } of portals.values()) {
        for (const { streams } of feeds.values()) for (const stream of [...streams]) stream.close();
      }
    },
  };
}
