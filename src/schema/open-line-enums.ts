import type {
  BotJoin,
  BotLeave,
  CountedChats,
  CrmCreateMode,
  OperatorIdentityMode,
  QueueEntryType,
  QueueType,
  ReplyRule,
  Weekday,
} from "../datasources/domain/line.ts";
import { describedEnum } from "./described-enum.ts";

const UNKNOWN = "A value that this gateway does not know. Cannot be written.";

export const QueueTypeEnum = describedEnum<QueueType>("QueueType", "How a line offers a new dialog to its operators.", {
  EVENLY: "To one operator after another, in turn (`evenly`).",
  STRICTLY: "Always to the first of the queue who is free (`strictly`).",
  ALL: "To everybody in the queue at once (`all`). Some plans do not allow it: the portal then stores `EVENLY`.",
  UNKNOWN,
});

export const QueueEntryTypeEnum = describedEnum<QueueEntryType>(
  "QueueEntryType",
  "What an entry of a queue stands for.",
  {
    USER: "One user.",
    DEPARTMENT: "A department: all its employees.",
    UNKNOWN,
  },
);

export const CrmCreateModeEnum = describedEnum<CrmCreateMode>(
  "CrmCreateMode",
  "What a line creates in the CRM for a customer whom the CRM does not know.",
  {
    NONE: "Nothing (`none`).",
    LEAD: "A lead (`lead`).",
    DEAL: "A deal (`deal`).",
    UNKNOWN: "Another value: see `createModeCode`. Cannot be written.",
  },
);

export const BotJoinEnum = describedEnum<BotJoin>("BotJoin", "When a line's chat bot joins a dialog.", {
  FIRST_DIALOG: "Only when the customer writes for the first time (`first`).",
  EVERY_DIALOG: "In every dialog (`always`).",
  UNKNOWN,
});

export const BotLeaveEnum = describedEnum<BotLeave>("BotLeave", "When a line's chat bot leaves a dialog.", {
  ON_HAND_OVER: "When the dialog is handed over to the queue (`queue`).",
  ON_CLOSE: "When the dialog is closed (`close`).",
  UNKNOWN,
});

export const ReplyRuleEnum = describedEnum<ReplyRule>("ReplyRule", "What a line does by itself in a situation.", {
  NONE: "Nothing (`none`).",
  TEXT: "Sends a text (`text`).",
  UNKNOWN: "Another rule, of an older portal: see `ruleCode`. Cannot be written.",
});

export const CountedChatsEnum = describedEnum<CountedChats>(
  "CountedChats",
  "Which dialogs of an operator count against `maxChats`.",
  {
    ANSWERED: "Those the operator has answered (`answered`).",
    ANSWERED_AND_NEW: "Those answered, and those offered to the operator (`answered_new`).",
    CLOSED: "Closed ones as well (`closed`).",
    UNKNOWN,
  },
);

export const OperatorIdentityModeEnum = describedEnum<OperatorIdentityMode>(
  "OperatorIdentityMode",
  "Whom customers see when an operator writes.",
  {
    PROFILE: "The operator's own name and picture (`profile`).",
    QUEUE: "What the line's queue says for this operator, see `QueueMember` (`queue`).",
    HIDDEN: "The line's default operator, see `operatorIdentity.default` (`hide`).",
    UNKNOWN,
  },
);

export const WeekdayEnum = describedEnum<Weekday>("Weekday", "A day of the week.", {
  MONDAY: "Monday (`MO`).",
  TUESDAY: "Tuesday (`TU`).",
  WEDNESDAY: "Wednesday (`WE`).",
  THURSDAY: "Thursday (`TH`).",
  FRIDAY: "Friday (`FR`).",
  SATURDAY: "Saturday (`SA`).",
  SUNDAY: "Sunday (`SU`).",
  UNKNOWN,
});
