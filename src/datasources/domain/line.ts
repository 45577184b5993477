import type { Id } from "./ids.ts";

export type QueueType = "EVENLY" | "STRICTLY" | "ALL" | "UNKNOWN";
export type QueueEntryType = "USER" | "DEPARTMENT" | "UNKNOWN";
export type CrmCreateMode = "NONE" | "LEAD" | "DEAL" | "UNKNOWN";
export type BotJoin = "FIRST_DIALOG" | "EVERY_DIALOG" | "UNKNOWN";
export type BotLeave = "ON_HAND_OVER" | "ON_CLOSE" | "UNKNOWN";
export type ReplyRule = "NONE" | "TEXT" | "UNKNOWN";
export type CountedChats = "ANSWERED" | "ANSWERED_AND_NEW" | "CLOSED" | "UNKNOWN";
export type OperatorIdentityMode = "PROFILE" | "QUEUE" | "HIDDEN" | "UNKNOWN";
export type Weekday = "MONDAY" | "TUESDAY" | "WEDNESDAY" | "THURSDAY" | "FRIDAY" | "SATURDAY" | "SUNDAY" | "UNKNOWN";

/** One operator of a queue as `config.get` tells it: departments are expanded, inactive users are left out. */
export interface QueueMemberRecord {
  readonly userId: Id;
  /** Id of the queue row; null when the portal sent no row for this user. */
  readonly entryId: Id | null;
  /** 0-based. */
  readonly position: number | null;
  /** The department that brought the operator in; null when added directly. */
  readonly departmentId: Id | null;
  readonly displayName: string | null;
  readonly displayPosition: string | null;
  readonly displayAvatarUrl: string | null;
  readonly displayAvatarId: Id | null;
}

/** One entry of a queue as it was configured. */
export interface QueueEntryRecord {
  readonly type: QueueEntryType;
  readonly entityId: Id;
}

/** `undefined` members are told by the other source only: see `LineRecord.source`. */
export interface LineQueue {
  readonly lineId: Id;
  readonly type: QueueType;
  readonly redirectAfterSeconds: number | null;
  readonly checksAvailability: boolean | null;
  readonly notifiesWhenEmpty: boolean | null;
  readonly showsRedirectNotice: boolean | null;
  readonly isOnline?: boolean | null;
  readonly members?: readonly QueueMemberRecord[] | null;
  readonly configured?: readonly QueueEntryRecord[] | null;
  /** Everybody in the queue, inactive users too. */
  readonly userIds?: readonly Id[] | null;
}

export interface LineCrm {
  readonly isEnabled: boolean | null;
  readonly createMode: CrmCreateMode;
  readonly createModeCode: string | null;
  readonly dealCategory: string | null;
  readonly createsThirdItem: boolean | null;
  readonly forwardsToResponsible: boolean | null;
  readonly tracksChatText: boolean | null;
  readonly changesResponsibleOnTransfer: boolean | null;
  readonly source: string | null;
}

export interface LineWelcome {
  readonly isEnabled: boolean | null;
  readonly text: string | null;
  readonly isInEverySession: boolean | null;
}

export interface LineBot {
  readonly isEnabled: boolean | null;
  readonly userId: Id | null;
  readonly joins: BotJoin;
  readonly handOverAfterSeconds: number | null;
  readonly leaves: BotLeave;
}

/** What the line does by itself in one situation. */
export interface LineReply {
  readonly rule: ReplyRule;
  readonly ruleCode: string | null;
  readonly text: string | null;
  readonly formId: Id | null;
  readonly botId: Id | null;
}

export interface LineWorkTime {
  readonly isEnabled: boolean | null;
  /** `HH:MM` in `timeZone`. */
  readonly from: string | null;
  readonly to: string | null;
  readonly timeZone: string | null;
  readonly daysOff: readonly Weekday[];
  /** `DD.MM`. */
  readonly holidays: readonly string[];
  readonly outsideReply: LineReply;
}

export interface LineNoAnswer {
  readonly afterSeconds: number | null;
  readonly reply: LineReply;
}

export interface LineClosing {
  readonly reply: LineReply;
  readonly fullCloseAfterMinutes: number | null;
  readonly asksForConfirmation: boolean | null;
  readonly automaticReply: LineReply;
  readonly automaticAfterSeconds: number | null;
  readonly expireAfterSeconds: number | null;
}

export interface RatingTexts {
  readonly request: string | null;
  readonly thanks: string | null;
  readonly regret: string | null;
}

export interface LineCustomerRating {
  readonly isEnabled: boolean | null;
  readonly timeLimitSeconds: number | null;
  readonly asksBeforeFinish: boolean | null;
  readonly closesWithDelay: boolean | null;
  readonly widget: RatingTexts;
  readonly messenger: RatingTexts;
}

export interface LineKpiTarget {
  readonly targetTime: number | null;
  readonly alerts: boolean | null;
  /** As stored; usually user ids, in the portal's own screens also `U<user id>` and codes of departments. */
  readonly recipientCodes: readonly string[];
  readonly text: string | null;
}

export interface LineKpi {
  readonly firstAnswer: LineKpiTarget;
  readonly furtherAnswer: LineKpiTarget;
  readonly watchesOperatorActivity: boolean | null;
}

export interface LineForms {
  readonly isEnabled: boolean | null;
  readonly formId: Id | null;
  readonly isDelayed: boolean | null;
  readonly ignoresResponsible: boolean | null;
}

export interface LineLimits {
  /** null: no limit. */
  readonly maxChats: number | null;
  readonly countedChats: CountedChats;
  readonly sessionPriority: number | null;
}

export interface LineAgreement {
  readonly isShown: boolean | null;
  readonly agreementId: Id | null;
}

export interface LineCategory {
  readonly isEnabled: boolean | null;
  readonly categoryId: Id | null;
}

export interface DefaultOperator {
  readonly name: string | null;
  readonly avatarUrl: string | null;
  readonly avatarId: Id | null;
}

export interface LineOperatorIdentity {
  readonly mode: OperatorIdentityMode;
  readonly default: DefaultOperator | null;
}

/**
 * An open line with all its settings. `source` "full" is `config.get`, the source of the queue's members and online state;
 * "list" is `config.list.get`, the source of the configured entries and of inactive users in the queue.
 * The groups are decoded when they are first read. A setting that the portal does not tell, or that is not understood, is null.
 */
export interface LineRecord {
  readonly id: Id;
  readonly source: "full" | "list";
  readonly name: string | null;
  readonly isActive: boolean | null;
  readonly isTemporary: boolean | null;
  readonly languageCode: string | null;
  readonly externalId: string | null;
  readonly modifiedById: Id | null;
  readonly quickReplyStoreId: Id | null;
  readonly showsTyping: boolean | null;
  readonly queue: LineQueue;
  readonly crm: LineCrm;
  readonly welcome: LineWelcome;
  readonly bot: LineBot;
  readonly workTime: LineWorkTime;
  readonly noAnswer: LineNoAnswer;
  readonly closing: LineClosing;
  readonly customerRating: LineCustomerRating;
  readonly kpi: LineKpi;
  readonly forms: LineForms;
  readonly limits: LineLimits;
  readonly agreement: LineAgreement;
  readonly category: LineCategory;
  readonly operatorIdentity: LineOperatorIdentity;
}

/** Some parts of a line, because a list was asked for no more; `undefined` is not told here. */
export type LineParts = Pick<LineRecord, "id"> & { readonly source: "parts" } & Partial<
    Omit<LineRecord, "id" | "source">
  >;

export type ListedLine = LineRecord | LineParts;

/** Where the portal's public contact-centre page is. */
export interface PublicPageRecord {
  readonly serverUrl: string;
  readonly path: string;
  readonly url: string;
}

/** Revision numbers of the open-channels module. */
export interface ApiRevisionRecord {
  readonly rest: number;
  readonly web: number;
  readonly mobile: number;
}
