import type { PortalSession } from "../../datasources/bitrix24/calls.ts";
import type { PortalRef } from "../../datasources/bitrix24/portal-ref.ts";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { StoredEvent } from "../events/stored-event.ts";
import { participantsOf } from "./chat-participants.ts";
import { createChatTurns } from "./chat-turns.ts";
import { createDialogLists, type DialogList, type DialogLists, type ListUrgency } from "./dialog-lists.ts";
import type { Gathering } from "./gathering.ts";
import type { LiveViewer } from "./live-viewer.ts";
import { createPortalAnswers, type PortalAnswers } from "./portal-answers.ts";
import { createSightRules } from "./sight-rules.ts";
import { createEventAccess, type OrderedEventAccess } from "./who-may-see.ts";

/** With whose credential a portal is asked. */
export interface SightCredentials {
  ofViewer(viewer: LiveViewer, urgency?: ListUrgency): PortalSession;
  userOf(viewer: LiveViewer): Id | null | Promise<Id | null>;
  /** The application's; undefined where there is none. */
  ofPortal(portal: PortalRef): Promise<PortalSession | undefined>;
  readerOf(portal: PortalRef): Promise<Id | null>;
}

export interface SightOptions {
  readonly credentials: SightCredentials;
  readonly gathering: Gathering;
  /** Those for names. */
  readonly names: Gathering;
  /** How long an answer that lets somebody see holds, in milliseconds. */
  readonly trustMs: number;
  readonly signal: AbortSignal;
  /** What an answer says about a chat, whoever asked. */
  readonly observe?: (portal: PortalRef, chat: ChatRecord, askedAt: number) => void;
  /** Told of each list of dialogs that was read. */
  readonly onList?: (viewer: LiveViewer, list: DialogList, askedAt: number) => void;
}

/** Everything by which it is told who may see an event. */
export interface Sight {
  readonly access: OrderedEventAccess;
  readonly answers: PortalAnswers;
  readonly lists: DialogLists;
  /** An event came into the log of a portal, by its name. */
  notice(portal: string, event: StoredEvent): void;
}

export function createSight(options: SightOptions): Sight {
  const { credentials, gathering, names, trustMs, signal, observe } = options;
  const turns = createChatTurns();
  const answers = createPortalAnswers({
    sessionOf: credentials.ofPortal,
    gathering,
    names,
    signal,
    onChat: observe,
  });
  const lists = createDialogLists({
    sessionOf: credentials.ofViewer,
    signal,
    onRead(viewer, list, askedAt) {
      for (const chat of list.chats.values()) observe?.(viewer.portal, chat, askedAt);
      options.onList?.(viewer, list, askedAt);
    },
  });
  const rules = createSightRules({
    answers,
    lists,
    turns,
    readerOf: credentials.readerOf,
    userOf: credentials.userOf,
    sessionOf: credentials.ofViewer,
    signal,
    trustMs,
  });
  return {
    access: createEventAccess(rules),
    answers,
    lists,
    notice(portal, event) {
      const chatId = event.kind === "gap" ? null : event.address.chatId;
      if (chatId === null) return;
      const kept = answers.chats.keptBy(`${portal}\n${chatId}`)?.value ?? null;
      turns.notice(`${portal}\n${chatId}`, event, kept === null ? [] : participantsOf(kept, null).ids);
    },
  };
}
