import type { Id } from "./ids.ts";
import type {
  BotJoin,
  BotLeave,
  CountedChats,
  CrmCreateMode,
  OperatorIdentityMode,
  QueueEntryRecord,
  QueueType,
  ReplyRule,
  Weekday,
} from "./line.ts";

/** A setting to be written. Not mentioned: it stays. null: it is to be "none", which only some settings can be. */
type Setting<T> = T | null | undefined;

export interface ReplySettings {
  readonly rule?: Setting<ReplyRule>;
  readonly text?: Setting<string>;
  readonly formId?: Setting<Id>;
  readonly botId?: Setting<Id>;
}

export interface QueueSettings {
  readonly type?: Setting<QueueType>;
  readonly redirectAfterSeconds?: Setting<number>;
  readonly checksAvailability?: Setting<boolean>;
  readonly showsRedirectNotice?: Setting<boolean>;
  /** Replaces the whole queue. */
  readonly configured?: Setting<readonly QueueEntryRecord[]>;
}

export interface CrmSettings {
  readonly isEnabled?: Setting<boolean>;
  readonly createMode?: Setting<CrmCreateMode>;
  readonly dealCategory?: Setting<string>;
  readonly createsThirdItem?: Setting<boolean>;
  readonly forwardsToResponsible?: Setting<boolean>;
  readonly tracksChatText?: Setting<boolean>;
  readonly changesResponsibleOnTransfer?: Setting<boolean>;
  readonly source?: Setting<string>;
}

export interface WelcomeSettings {
  readonly isEnabled?: Setting<boolean>;
  readonly text?: Setting<string>;
  readonly isInEverySession?: Setting<boolean>;
}

export interface BotSettings {
  readonly isEnabled?: Setting<boolean>;
  readonly userId?: Setting<Id>;
  readonly joins?: Setting<BotJoin>;
  readonly handOverAfterSeconds?: Setting<number>;
  readonly leaves?: Setting<BotLeave>;
}

export interface WorkTimeSettings {
  readonly isEnabled?: Setting<boolean>;
  /** `HH:MM`. */
  readonly from?: Setting<string>;
  readonly to?: Setting<string>;
  readonly timeZone?: Setting<string>;
  readonly daysOff?: Setting<readonly Weekday[]>;
  /** `DD.MM`. */
  readonly holidays?: Setting<readonly string[]>;
  readonly outsideReply?: Setting<ReplySettings>;
}

export interface NoAnswerSettings {
  readonly afterSeconds?: Setting<number>;
  readonly reply?: Setting<ReplySettings>;
}

export interface ClosingSettings {
  readonly reply?: Setting<ReplySettings>;
  readonly fullCloseAfterMinutes?: Setting<number>;
  readonly asksForConfirmation?: Setting<boolean>;
  readonly automaticReply?: Setting<ReplySettings>;
  readonly automaticAfterSeconds?: Setting<number>;
  readonly expireAfterSeconds?: Setting<number>;
}

export interface RatingTextSettings {
  readonly request?: Setting<string>;
  readonly thanks?: Setting<string>;
  readonly regret?: Setting<string>;
}

export interface CustomerRatingSettings {
  readonly isEnabled?: Setting<boolean>;
  readonly timeLimitSeconds?: Setting<number>;
  readonly asksBeforeFinish?: Setting<boolean>;
  readonly closesWithDelay?: Setting<boolean>;
  readonly widget?: Setting<RatingTextSettings>;
  readonly messenger?: Setting<RatingTextSettings>;
}

export interface KpiTargetSettings {
  readonly targetTime?: Setting<number>;
  readonly alerts?: Setting<boolean>;
  readonly recipientIds?: Setting<readonly Id[]>;
  readonly text?: Setting<string>;
}

export interface KpiSettings {
  readonly firstAnswer?: Setting<KpiTargetSettings>;
  readonly furtherAnswer?: Setting<KpiTargetSettings>;
  readonly watchesOperatorActivity?: Setting<boolean>;
}

export interface FormSettings {
  readonly isEnabled?: Setting<boolean>;
  readonly formId?: Setting<Id>;
  readonly isDelayed?: Setting<boolean>;
  readonly ignoresResponsible?: Setting<boolean>;
}

export interface LimitSettings {
  readonly maxChats?: Setting<number>;
  readonly countedChats?: Setting<CountedChats>;
  readonly sessionPriority?: Setting<number>;
}

export interface AgreementSettings {
  readonly isShown?: Setting<boolean>;
  readonly agreementId?: Setting<Id>;
}

export interface CategorySettings {
  readonly isEnabled?: Setting<boolean>;
  readonly categoryId?: Setting<Id>;
}

export interface DefaultOperatorSettings {
  readonly name?: Setting<string>;
  readonly avatarUrl?: Setting<URL | string>;
  readonly avatarId?: Setting<Id>;
}

export interface OperatorIdentitySettings {
  readonly mode?: Setting<OperatorIdentityMode>;
  readonly default?: Setting<DefaultOperatorSettings>;
}

/** Everything of a line that can be written, in the groups in which it is read. */
export interface LineSettings {
  readonly name?: Setting<string>;
  readonly isActive?: Setting<boolean>;
  readonly isTemporary?: Setting<boolean>;
  readonly languageCode?: Setting<string>;
  readonly quickReplyStoreId?: Setting<Id>;
  readonly showsTyping?: Setting<boolean>;
  readonly queue?: Setting<QueueSettings>;
  readonly crm?: Setting<CrmSettings>;
  readonly welcome?: Setting<WelcomeSettings>;
  readonly bot?: Setting<BotSettings>;
  readonly workTime?: Setting<WorkTimeSettings>;
  readonly noAnswer?: Setting<NoAnswerSettings>;
  readonly closing?: Setting<ClosingSettings>;
  readonly customerRating?: Setting<CustomerRatingSettings>;
  readonly kpi?: Setting<KpiSettings>;
  readonly forms?: Setting<FormSettings>;
  readonly limits?: Setting<LimitSettings>;
  readonly agreement?: Setting<AgreementSettings>;
  readonly category?: Setting<CategorySettings>;
  readonly operatorIdentity?: Setting<OperatorIdentitySettings>;
}

/** A setting that the portal would not take, or would silently replace. Nothing has been sent. */
export class InvalidSetting extends Error {
  /** Where it stands in the settings, e.g. `workTime.from`. */
  readonly path: string;
  /** What is wrong and what would be right, as the end of a sentence that begins with the path. */
  readonly problem: string;

  constructor(path: string, problem: string) {
    super(`${path} ${problem}`);
    this.name = "InvalidSetting";
    this.path = path;
    this.problem = problem;
  }
}
