import type { Id } from "./ids.ts";
import type { MessageRecord } from "./message.ts";

/** `connector|line|chat in the channel|user in the channel`; a part after the third pipe may itself contain pipes. */
export interface UserCode {
  readonly raw: string;
  readonly connectorId: string;
  readonly lineId: Id | null;
  readonly externalChatId: string;
  readonly externalUserId: string;
}

export type CrmEntityType = "LEAD" | "DEAL" | "CONTACT" | "COMPANY";
export interface CrmReference {
  readonly type: CrmEntityType;
  readonly id: Id;
}

/** The packed `entity_data_1` of an open-line chat. Positions that an old chat lacks are null. */
export interface ChatSessionData {
  readonly isSavedInCrm: boolean | null;
  /** The CRM item the session was recorded for; null when none. */
  readonly crmEntity: CrmReference | null;
  readonly isPinned: boolean | null;
  /** Closing: waiting for the customer's rating or an automatic answer. */
  readonly isWaitingForAction: boolean | null;
  /** The open session; null when none is open (after a normal close the portal writes 0). */
  readonly sessionId: Id | null;
  readonly sessionStartedAt: Date | null;
  /** Where the chat is now, after transfers; null when the portal wrote 0. */
  readonly lineId: Id | null;
  readonly blockedAt: Date | null;
  readonly blockReason: string | null;
}

export type ChatRole = "OWNER" | "MANAGER" | "MEMBER" | "GUEST" | "NONE" | "UNKNOWN";
/** Status of the session as the recent list tells it. */
export type SessionStatus =
  | "NEW"
  | "SKIPPED"
  | "ANSWERED_BY_OPERATOR"
  | "CUSTOMER_WAITING"
  | "CUSTOMER_WAITING_AGAIN"
  | "OPERATOR_REPLIED"
  | "CLOSING"
  | "CLOSED"
  | "SPAM"
  | "DUPLICATE"
  | "SILENTLY_CLOSED"
  | "UNKNOWN";

export interface ChatPermissions {
  readonly manageUsersAdd: ChatRole | null;
  readonly manageUsersDelete: ChatRole | null;
  readonly manageUi: ChatRole | null;
  readonly manageSettings: ChatRole | null;
  readonly manageMessages: ChatRole | null;
  readonly canPost: ChatRole | null;
}

/** True: the action is allowed in this chat. null: not told. */
export interface ChatRestrictions {
  readonly avatar: boolean | null;
  readonly rename: boolean | null;
  readonly extend: boolean | null;
  readonly call: boolean | null;
  readonly mute: boolean | null;
  readonly leave: boolean | null;
  readonly leaveOwner: boolean | null;
  readonly send: boolean | null;
  readonly userList: boolean | null;
}

export interface ReadMarkRecord {
  readonly userId: Id;
  readonly userName: string | null;
  readonly messageId: Id | null;
  readonly readAt: Date | null;
}

export interface LastMessageViewsRecord {
  readonly messageId: Id | null;
  readonly firstViewers: readonly {
    readonly userId: Id;
    readonly userName: string | null;
    readonly viewedAt: Date | null;
  }[];
  /** Further viewers beyond the first ones. */
  readonly otherViewerCount: number | null;
}

/** The stripped last message of a recent list: never a `Message`. */
export interface MessagePreviewRecord {
  readonly messageId: Id | null;
  readonly text: string | null;
  readonly sentAt: Date | null;
  readonly authorId: Id | null;
  readonly hasFile: boolean | null;
  readonly hasAttachment: boolean | null;
}

/**
 * An open-line chat, filled from any source. `undefined` means that this source does not tell the field; `null` that it says there is none.
 * `source` "full" is `dialog.get`, which tells every field it documents.
 */
export interface ChatRecord {
  readonly id: Id;
  readonly source: "full" | "partial";
  readonly title?: string | null;
  readonly description?: string | null;
  readonly avatarUrl?: string | null;
  readonly color?: string | null;
  readonly createdAt?: Date | null;
  readonly userCode?: UserCode | null;
  /** Responsible operator; null when unassigned. */
  readonly operatorId?: Id | null;
  readonly session?: ChatSessionData | null;
  /** Bound CRM items by name (`entity_data_2`). */
  readonly crmBindings?: readonly CrmReference[];
  readonly isSilent?: boolean | null;
  readonly isExtranet?: boolean | null;
  readonly isNew?: boolean | null;
  readonly messageCount?: number | null;
  readonly participantCount?: number | null;
  /** Participants as far as this source lists them (a session's history does). */
  readonly participantIds?: readonly Id[];
  readonly managerIds?: readonly Id[];
  /** Users with notifications off, as far as the portal tells (at most the caller in `dialog.get`). */
  readonly mutedUserIds?: readonly Id[];
  readonly unreadCount?: number | null;
  readonly firstUnreadMessageId?: Id | null;
  readonly lastMessageId?: Id | null;
  readonly lastReadMessageId?: Id | null;
  readonly markedMessageId?: Id | null;
  readonly viewerRole?: ChatRole | null;
  readonly restrictions?: ChatRestrictions | null;
  readonly permissions?: ChatPermissions | null;
  readonly readMarks?: readonly ReadMarkRecord[];
  readonly lastMessageViews?: LastMessageViewsRecord | null;
  readonly parentChatId?: Id | null;
  readonly parentMessageId?: Id | null;
  readonly diskFolderId?: Id | null;
  readonly backgroundId?: string | null;
  readonly isTextFieldEnabled?: boolean | null;
  readonly publicLink?: { readonly code: string | null; readonly url: string | null } | null;
  readonly entityUrl?: string | null;
  /** Phone number or call id of a telephony chat; usually null. */
  readonly callNumber?: string | null;
  /** A recent list told of it, whose list of muted users is everybody's. */
  readonly isListed?: true;
}

export interface MessagePage {
  readonly chatId: Id;
  readonly messages: readonly MessageRecord[];
}
