import type { SelectedField } from "./selected-fields.ts";

/** What a field costs where that does not follow from its `@rest` methods, and what the objects that it answers bring along. */
export interface FieldRule {
  /** Commands for one object, in place of those of its methods. */
  readonly commands?: (field: SelectedField) => number;
  /** A field of the same object, which its record tells, that decides what is sent. */
  readonly dependsOn?: string;
  /** Fields of the answer that its owner tells: nothing is sent while no others are selected. */
  readonly tells?: ReadonlySet<string>;
  /** Reads of the answered objects that the field's own commands are. */
  readonly reads?: readonly string[];
  /** Fields of the answered objects that come with them. */
  readonly brings?: ReadonlySet<string>;
  /** Objects on a page when the client does not say. */
  readonly pageSize?: number;
  /** Objects of a list that is not paged, where more than elsewhere must be reckoned with. */
  readonly listSize?: number;
}

/** What the recent list tells of a chat. */
const RECENT_CHAT = new Set(
  (
    "title avatarUrl color createdAt userCode connector externalChatId externalUserId entryLine line state operator crm currentSession " +
    "isPinned isSilent isWaitingForAction blockedAt blockReason isExtranet lastMessageId viewerUnreadCount viewerLastReadMessageId " +
    "managers mutedUsers restrictions participantCount viewerRole viewerCanSend permissions parentChatId parentMessageId backgroundId " +
    "isTextFieldEnabled publicLink entityUrl"
  ).split(" "),
);

/** What a search tells of a chat: nothing of its messages. */
const FOUND_CHAT = without(RECENT_CHAT, "lastMessageId viewerUnreadCount viewerLastReadMessageId");

/** What a user record tells. */
const USER_RECORD = new Set(
  (
    "kind name firstName lastName position avatarUrl color gender birthday isActive isExtranet isNetwork isBot isConnector externalAuthId " +
    "status idleSince absentUntil lastActivityAt mobileLastSeenAt desktopLastSeenAt departmentIds phones website email portalType botData"
  ).split(" "),
);

/** What `profile` tells of the viewer. */
const PROFILE = new Set(["name", "firstName", "lastName", "gender", "avatarUrl"]);

/** Settings of a line, which a list of lines tells but for the state of its queue. */
const LINE_SETTINGS = new Set(
  (
    "name isActive isTemporary languageCode externalId modifiedBy quickReplyStoreId showsTyping queue crm welcome bot workTime noAnswer " +
    "closing customerRating kpi forms limits agreement category operatorIdentity"
  ).split(" "),
);

/** What lists of sessions tell, or do without. */
const LISTED_SESSION = new Set(
  (
    "isCurrent startedAt closedAt firstAnsweredAt operatorAnsweredAt state closeReason operator line connector sourceCode customer userCode " +
    "crmEntity supervisorRating supervisorComment"
  ).split(" "),
);

/** A list of lines tells the whole row of each, of which the queue has parts of its own. */
const LISTED_LINE = new Set([...LINE_SETTINGS, "row"]);

/** Calls of one page of activities: 50 each, and two more where rows cannot be read. */
const ACTIVITY_CALLS = 4;
/** Calls of one page of the reports, years without sessions included. */
const REPORT_CALLS = 5;
/** One page from the newest session on, and one more where rows cannot be read: no year has to be looked for. */
const NEWEST_REPORT_CALLS = 2;
/** The chat's record, and its activities and its line's reports together. */
const CHAT_SESSION_CALLS = 1 + 5;
/** 200 rows each. */
const OPERATOR_LOAD_CALLS = 25;

/** Commands of a list of messages: the portal gives 50 at a time. */
function messagePages({ args }: SelectedField): number {
  return Math.ceil(pageSizeOf(args, 20) / 50);
}

/** The portal gives 50 people at a time; those who have left are passed over, at most five times. */
function peopleFound({ args }: SelectedField): number {
  return typeof args.lineId === "string" ? 2 : Math.min(5, Math.ceil((pageSizeOf(args, 20) + 1) / 50) + 1);
}

function peopleNamed({ args: { ids } }: SelectedField): number {
  return Array.isArray(ids) ? Math.ceil(ids.length / 100) : 1;
}

/** A portal that lacks the newer method refuses it before the older one is asked; with a filter several pages are looked through. */
function inboxPages({ args }: SelectedField): number {
  return args.filter === undefined || args.filter === null ? 2 : 4;
}

/** Reports that answer nothing are asked once more for anything, and then the activities. */
function sessionPages({ args: { filter, orderBy, after } }: SelectedField): number {
  const isNewest = [filter, orderBy, after].every((given) => given === undefined || given === null);
  return (isNewest ? NEWEST_REPORT_CALLS : REPORT_CALLS + 1) + ACTIVITY_CALLS;
}

/**
 * A session by its chat may not be open, so that only its history names it; what lists tell may need the history after the record. By its id
 * it may be named by its activity alone.
 */
const SESSION_LOOKUP = 3;

/** With a key the chat's newest message is asked for first, or, after an unknown outcome, the newest 200 with the sender and the authors. */
function keyedSend({ args: { idempotencyKey } }: SelectedField): number {
  return typeof idempotencyKey === "string" ? 7 : 1;
}

/** The portal gives 50 at a time, and one more tells whether others follow; what is no open-line chat is passed over. */
function searchPages({ args }: SelectedField): number {
  return Math.ceil((pageSizeOf(args, 20) + 1) / 50) + 1;
}

/** The one call that a portal may lack, or the three in its place. */
function keyedFile(field: SelectedField): number {
  return keyedSend(field) + 3;
}

/** By the field's type and name. */
export const FIELD_RULES: Readonly<Record<string, FieldRule>> = {
  "Query.chatSearch": { commands: searchPages, brings: FOUND_CHAT },
  "Query.quickReplies": { commands: ({ args }) => Math.ceil(pageSizeOf(args, 20) / 50) },
  "Query.chat": { commands: () => 1, reads: ["record"] },
  "Query.session": { commands: () => SESSION_LOOKUP, reads: ["history"] },
  "Query.inbox": { commands: inboxPages },
  "Subscription.inboxChanged": { commands: () => 2 },
  "InboxItem.chat": { commands: () => 0, brings: RECENT_CHAT },
  "Query.sessions": { commands: sessionPages, brings: LISTED_SESSION },
  "Query.operatorLoad": { commands: () => OPERATOR_LOAD_CALLS },
  "Query.lineStatistics": { commands: () => 1 },
  "Query.sessionRatings": { commands: () => 1 },
  "LineStatistics.byOperator": { listSize: 100 },
  "CrmEntity.sessions": { commands: () => ACTIVITY_CALLS, brings: LISTED_SESSION },
  "Chat.sessions": { commands: () => CHAT_SESSION_CALLS },
  "Capabilities.sessionList": { commands: () => 1 },
  "Capabilities.sessionStatistics": { commands: () => 2 },
  "Capabilities.sessionTransfers": { commands: () => 2 },
  "Capabilities.sessionRatings": { commands: () => 1 },
  "Capabilities.operatorLoad": { commands: () => OPERATOR_LOAD_CALLS },
  "Capabilities.lineStatistics": { commands: () => 1 },
  "Capabilities.activityEvents": { commands: () => 1 },
  "Query.openLine": { reads: ["settings"], brings: LINE_SETTINGS },
  "Query.openLines": { brings: LISTED_LINE },
  "Query.operators": { commands: peopleFound, brings: USER_RECORD },
  "Query.user": { brings: USER_RECORD },
  "Query.users": { commands: peopleNamed, brings: USER_RECORD },
  "Message.replyTo": { commands: () => 3, tells: new Set(["__typename", "id", "chat"]) },
  // A look first, the name of whoever has the chat, and the answer.
  "Mutation.chatAnswer": { commands: () => 3 },
  "Mutation.botMessageSend": { commands: keyedSend },
  "Mutation.chatMessageSend": { commands: keyedSend },
  "Mutation.chatFileSend": { commands: keyedFile },
  "Mutation.crmMessageSend": { commands: keyedSend },
  "UnreadCounters.chats": { listSize: 100 },
  "Viewer.user": { brings: PROFILE },
  "Chat.messages": { commands: messagePages, dependsOn: "viewerRole" },
  "Chat.participants": { brings: USER_RECORD },
  "Chat.customer": { brings: USER_RECORD },
  // The portal names the session's own line.
  "Session.viewerRateableLines": { listSize: 3 },
  "Session.messages": { pageSize: 50 },
  "Session.files": { pageSize: 50 },
};

function without(fields: ReadonlySet<string>, names: string): ReadonlySet<string> {
  const left = new Set(fields);
  for (const name of names.split(" ")) left.delete(name);
  return left;
}

const MAX_PAGE_SIZE = 100;
const DEFAULT_PAGE_SIZE = 20;

/** Objects on the page that the arguments ask for; the default where they say none, or one that is refused. */
export function pageSizeOf(args: Readonly<Record<string, unknown>>, whenNotSaid = DEFAULT_PAGE_SIZE): number {
  const asked = args.first ?? args.last;
  return typeof asked === "number" && asked >= 1 ? Math.min(asked, MAX_PAGE_SIZE) : whenNotSaid;
}
