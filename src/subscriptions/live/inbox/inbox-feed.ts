import { createBackoff } from "../../../datasources/bitrix24/backoff.ts";
import { PortalRateLimited, UpstreamError } from "../../../datasources/bitrix24/errors.ts";
import type { MessagePreviewRecord } from "../../../datasources/domain/chat.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import { guard, inBackground } from "../../../process/guard.ts";
import type { ChatStoredEvent } from "../../events/event-filter.ts";
import type { StoredMessageAdded } from "../../events/stored-event.ts";
import type { DialogList, DialogLists } from "../dialog-lists.ts";
import { EventWithheld } from "../event-withheld.ts";
import type { EventAccess, LiveViewer } from "../live-viewer.ts";
import { isPassing } from "../patient-read.ts";
import type { Watchers } from "../watchers.ts";
import type { InboxStream } from "./inbox-stream.ts";
import { createLiveList, type LiveList } from "./live-list.ts";

/** An event that is told to all lists of its portal. */
export interface HeardEvent {
  readonly event: ChatStoredEvent;
  readonly receivedAt: Date;
  /** When this process first had it; milliseconds of the monotonic clock. */
  readonly seenAt: number;
  /** Its chat; null when it cannot be told. Rejects with `EventWithheld` when it is not told in time. */
  readonly chat: () => Id | null | Promise<Id | null>;
}

/** The list of one credential, for all who are shown it. */
export interface InboxFeed {
  readonly list: LiveList;
  readonly streams: Set<InboxStream>;
  /** A list that was read, by whomever. */
  take(list: DialogList, askedAt: number): void;
  /** Events move a row at once where they tell its last message, and have the list looked at sooner. */
  heard(heard: HeardEvent): Promise<void>;
  /** Nobody knows what happened: the list is looked at within that time. */
  missedSomething(withinMs: number): void;
  close(): void;
}

export interface InboxFeedOptions {
  readonly viewer: LiveViewer;
  readonly lists: DialogLists;
  readonly watchers: Watchers;
  readonly access: EventAccess;
  readonly previewOf: (event: StoredMessageAdded) => MessagePreviewRecord;
  readonly onError: (error: unknown) => void;
}

/** A list of that age is as good as a new one for whoever is shown it first: what changed since is on its way. */
const FIRST_LIST_MS = 2_000;
/** A list that the portal refused is looked at again after this. */
const AGAIN_MS = 5_000;
/** One that the portal was too busy for is asked for again: hundreds may be opened at once. */
const pauseBefore = createBackoff({ firstMs: 4_000, longestMs: 30_000 });

export function openInboxFeed(options: InboxFeedOptions): InboxFeed {
  const { viewer, lists, watchers, access, previewOf, onError } = options;
  const list = createLiveList();
  const streams = new Set<InboxStream>();
  let again: NodeJS.Timeout | undefined;
  let isClosed = false;

  function moved(): void {
    for (const stream of streams) stream.moved();
  }

  function take(next: DialogList, askedAt: number): void {
    list.take(next, askedAt);
    moved();
  }

  function failed(error: unknown): void {
    if (!(error instanceof UpstreamError)) onError(error);
    for (const stream of [...streams]) stream.failed(error);
    if (list.read() === undefined && !isPassing(error)) watchers.hasten(viewer, performance.now(), AGAIN_MS);
  }

  /** An ordinary read of the viewer's, not one of the live side, whose share would have hundreds wait for minutes. */
  async function readFirst(attempt = 1): Promise<void> {
    try {
      const { value, askedAt } = await lists.ask({ viewer, urgency: "viewer" }, performance.now() - FIRST_LIST_MS);
      if (value.isTold) take(value, askedAt);
      else failed(value.refusal);
    } catch (error) {
      failed(error);
      if (isPassing(error)) readAgain(attempt, error);
    }
  }

  function readAgain(attempt: number, error: unknown): void {
    if (isClosed || list.read() !== undefined) return;
    const wait = pauseBefore(attempt);
    again = setTimeout(
      guard("reading a list again that could not be read", () => readFirst(attempt + 1)),
      error instanceof PortalRateLimited ? Math.max(wait, error.retryAfterMs) : wait,
    );
    again.unref();
  }

  /** Undefined: it cannot be told. */
  async function isSeen({ event, chat, seenAt }: HeardEvent): Promise<boolean | undefined> {
    try {
      return await access.maySee({ viewer, event, chat, isNamed: false, seenAt });
    } catch (error) {
      // Who is no longer served is told so by the next look.
      if (!(error instanceof EventWithheld || error instanceof UpstreamError)) onError(error);
      return undefined;
    }
  }

  function tell(chatId: Id, { event, receivedAt, seenAt }: HeardEvent): void {
    if (event.kind !== "messageAdded") return;
    const preview = previewOf(event);
    const at = preview.sentAt ?? receivedAt;
    if (list.note(chatId, { preview, at, seenAt })) moved();
  }

  const unwatch = watchers.show(viewer, failed);
  inBackground("reading a list for whoever is shown it", () => readFirst());

  return {
    list,
    streams,
    take,
    async heard(heard) {
      const { chat, seenAt } = heard;
      const seen = await isSeen(heard);
      const chatId = await Promise.resolve(chat()).catch(() => null);
      if (chatId === null) return;
      if (seen === true) tell(chatId, heard);
      const concernsList = seen !== false || list.read()?.chats.has(chatId) === true;
      if (concernsList && list.askedAt() < seenAt) watchers.hasten(viewer, seenAt);
    },
    missedSomething(withinMs) {
      watchers.hasten(viewer, performance.now(), Math.random() * withinMs);
    },
    close() {
      isClosed = true;
      clearTimeout(again);
      unwatch();
    },
  };
}
