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
} from "../../domain/line.ts";

/** Wire word -> domain word of a closed set. */
export type ChoiceTable<T extends string> = Readonly<Record<string, Exclude<T, "UNKNOWN">>>;

export const QUEUE_TYPES: ChoiceTable<QueueType> = { evenly: "EVENLY", strictly: "STRICTLY", all: "ALL" };
export const QUEUE_ENTRY_TYPES: ChoiceTable<QueueEntryType> = { user: "USER", department: "DEPARTMENT" };
export const CRM_CREATE_MODES: ChoiceTable<CrmCreateMode> = { none: "NONE", lead: "LEAD", deal: "DEAL" };
export const BOT_JOINS: ChoiceTable<BotJoin> = { first: "FIRST_DIALOG", always: "EVERY_DIALOG" };
export const BOT_LEAVES: ChoiceTable<BotLeave> = { queue: "ON_HAND_OVER", close: "ON_CLOSE" };
export const REPLY_RULES: ChoiceTable<ReplyRule> = { none: "NONE", text: "TEXT" };
export const COUNTED_CHATS: ChoiceTable<CountedChats> = {
  answered: "ANSWERED",
  answered_new: "ANSWERED_AND_NEW",
  closed: "CLOSED",
};
export const IDENTITY_MODES: ChoiceTable<OperatorIdentityMode> = { profile: "PROFILE", queue: "QUEUE", hide: "HIDDEN" };
export const WEEKDAYS: ChoiceTable<Weekday> = {
  MO: "MONDAY",
  TU: "TUESDAY",
  WE: "WEDNESDAY",
  TH: "THURSDAY",
  FR: "FRIDAY",
  SA: "SATURDAY",
  SU: "SUNDAY",
};

/** The domain word of a wire word; a word that is not known is `UNKNOWN`, never an error. */
export function decodeChoice<T extends string>(
  table: ChoiceTable<T>,
  word: string | null,
): Exclude<T, "UNKNOWN"> | "UNKNOWN" {
  return word !== null && Object.hasOwn(table, word) ? (table[word] ?? "UNKNOWN") : "UNKNOWN";
}

/** The wire word of a domain word; undefined for `UNKNOWN`, which cannot be written. */
export function encodeChoice<T extends string>(table: ChoiceTable<T>, word: string): string | undefined {
  return Object.keys(table).find((wire) => table[wire] === word);
}
