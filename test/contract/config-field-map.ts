/** Where a documented result field is found on `OpenLine`, with two wire values that must answer differently. */
export interface ReadMapping {
  readonly path: string;
  /** Without it: two values by the documented type. */
  readonly values?: readonly [unknown, unknown];
}

/** How a documented parameter is given: a setting of the input, and what it becomes on the wire. */
export interface WriteMapping {
  readonly path: string;
  readonly value: unknown;
  readonly wire: unknown;
  /** Other settings that it is refused without. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

/** The portal sends both as `{}`: the dates are lost before they reach anybody. */
export const LOST_ON_THE_WIRE: ReadonlySet<string> = new Set(["DATE_CREATE", "DATE_MODIFY"]);

const at = (path: string, values?: readonly [unknown, unknown]): ReadMapping =>
  values === undefined ? { path } : { path, values };

const reply = (prefix: string, path: string): Readonly<Record<string, ReadMapping>> => ({
  [`${prefix}_RULE`]: at(`${path}.rule`, ["none", "text"]),
  [`${prefix}_FORM_ID`]: at(`${path}.formId`),
  [`${prefix}_BOT_ID`]: at(`${path}.bot.id`),
  [`${prefix}_TEXT`]: at(`${path}.text`),
});

/** The columns, which `config.get` and `config.list.get` have in common. */
export const COLUMN_FIELDS: Readonly<Record<string, ReadMapping>> = {
  ID: at("id"),
  LINE_NAME: at("name"),
  ACTIVE: at("isActive"),
  TEMPORARY: at("isTemporary"),
  LANGUAGE_ID: at("languageCode"),
  XML_ID: at("externalId"),
  MODIFY_USER_ID: at("modifiedBy.id"),
  QUICK_ANSWERS_IBLOCK_ID: at("quickReplyStoreId"),
  WATCH_TYPING: at("showsTyping"),
  QUEUE_TYPE: at("queue.type", ["evenly", "all"]),
  QUEUE_TIME: at("queue.redirectAfterSeconds"),
  CHECK_AVAILABLE: at("queue.checksAvailability"),
  SEND_NOTIFICATION_EMPTY_QUEUE: at("queue.notifiesWhenEmpty"),
  CRM: at("crm.isEnabled"),
  CRM_CREATE: at("crm.createMode", ["lead", "deal"]),
  CRM_CREATE_SECOND: at("crm.dealCategory"),
  CRM_CREATE_THIRD: at("crm.createsThirdItem"),
  CRM_FORWARD: at("crm.forwardsToResponsible"),
  CRM_CHAT_TRACKER: at("crm.tracksChatText"),
  CRM_TRANSFER_CHANGE: at("crm.changesResponsibleOnTransfer"),
  CRM_SOURCE: at("crm.source"),
  WELCOME_MESSAGE: at("welcome.isEnabled"),
  WELCOME_MESSAGE_TEXT: at("welcome.text"),
  SEND_WELCOME_EACH_SESSION: at("welcome.isInEverySession"),
  WELCOME_BOT_ENABLE: at("bot.isEnabled"),
  WELCOME_BOT_ID: at("bot.user.id"),
  WELCOME_BOT_JOIN: at("bot.joins", ["first", "always"]),
  WELCOME_BOT_TIME: at("bot.handOverAfterSeconds"),
  WELCOME_BOT_LEFT: at("bot.leaves", ["queue", "close"]),
  WORKTIME_ENABLE: at("workTime.isEnabled"),
  WORKTIME_FROM: at("workTime.from", ["9", "9.30"]),
  WORKTIME_TO: at("workTime.to", ["18.30", "23.59"]),
  WORKTIME_TIMEZONE: at("workTime.timeZone"),
  WORKTIME_DAYOFF: at("workTime.daysOff", [[""], ["SA", "SU"]]),
  "WORKTIME_DAYOFF[]": at("workTime.daysOff.0", [["MO"], ["TU"]]),
  WORKTIME_HOLIDAYS: at("workTime.holidays", [[""], ["1.1"]]),
  "WORKTIME_HOLIDAYS[]": at("workTime.holidays.0", [["1.1"], ["25.12"]]),
  ...reply("WORKTIME_DAYOFF", "workTime.outsideReply"),
  NO_ANSWER_TIME: at("noAnswer.afterSeconds"),
  ...reply("NO_ANSWER", "noAnswer.reply"),
  ...reply("CLOSE", "closing.reply"),
  FULL_CLOSE_TIME: at("closing.fullCloseAfterMinutes"),
  CONFIRM_CLOSE: at("closing.asksForConfirmation"),
  ...reply("AUTO_CLOSE", "closing.automaticReply"),
  AUTO_CLOSE_TIME: at("closing.automaticAfterSeconds"),
  AUTO_EXPIRE_TIME: at("closing.expireAfterSeconds"),
  VOTE_MESSAGE: at("customerRating.isEnabled"),
  VOTE_TIME_LIMIT: at("customerRating.timeLimitSeconds"),
  VOTE_BEFORE_FINISH: at("customerRating.asksBeforeFinish"),
  VOTE_CLOSING_DELAY: at("customerRating.closesWithDelay"),
  VOTE_MESSAGE_1_TEXT: at("customerRating.widget.request"),
  VOTE_MESSAGE_1_LIKE: at("customerRating.widget.thanks"),
  VOTE_MESSAGE_1_DISLIKE: at("customerRating.widget.regret"),
  VOTE_MESSAGE_2_TEXT: at("customerRating.messenger.request"),
  VOTE_MESSAGE_2_LIKE: at("customerRating.messenger.thanks"),
  VOTE_MESSAGE_2_DISLIKE: at("customerRating.messenger.regret"),
  KPI_FIRST_ANSWER_TIME: at("kpi.firstAnswer.targetTime"),
  KPI_FIRST_ANSWER_ALERT: at("kpi.firstAnswer.alerts"),
  KPI_FIRST_ANSWER_LIST: at("kpi.firstAnswer.recipientCodes", [null, ["27"]]),
  KPI_FIRST_ANSWER_TEXT: at("kpi.firstAnswer.text"),
  KPI_FURTHER_ANSWER_TIME: at("kpi.furtherAnswer.targetTime"),
  KPI_FURTHER_ANSWER_ALERT: at("kpi.furtherAnswer.alerts"),
  KPI_FURTHER_ANSWER_LIST: at("kpi.furtherAnswer.recipients", [null, ["U27"]]),
  KPI_FURTHER_ANSWER_TEXT: at("kpi.furtherAnswer.text"),
  KPI_CHECK_OPERATOR_ACTIVITY: at("kpi.watchesOperatorActivity"),
  USE_WELCOME_FORM: at("forms.isEnabled"),
  WELCOME_FORM_ID: at("forms.formId"),
  WELCOME_FORM_DELAY: at("forms.isDelayed"),
  IGNORE_WELCOME_FORM_RESPONSIBLE: at("forms.ignoresResponsible"),
  MAX_CHAT: at("limits.maxChats"),
  TYPE_MAX_CHAT: at("limits.countedChats", ["answered", "closed"]),
  SESSION_PRIORITY: at("limits.sessionPriority"),
  AGREEMENT_MESSAGE: at("agreement.isShown"),
  AGREEMENT_ID: at("agreement.agreementId"),
  CATEGORY_ENABLE: at("category.isEnabled"),
  CATEGORY_ID: at("category.categoryId"),
  OPERATOR_DATA: at("operatorIdentity.mode", ["profile", "hide"]),
  DEFAULT_OPERATOR_DATA: at("operatorIdentity.default.name", [[], { NAME: "Desk" }]),
};

const memberField = (path: string, key: string, values: readonly [unknown, unknown]): ReadMapping =>
  at(`queue.members.0.${path}`, [{ 27: { [key]: values[0] } }, { 27: { [key]: values[1] } }]);

const displayFields = (map: string): Readonly<Record<string, ReadMapping>> => ({
  [`${map}.USER_NAME`]: memberField("displayName", "USER_NAME", [null, "Ann"]),
  [`${map}.USER_WORK_POSITION`]: memberField("displayPosition", "USER_WORK_POSITION", [null, "Desk"]),
  [`${map}.USER_AVATAR`]: memberField("displayAvatarUrl", "USER_AVATAR", ["", "https://example.com/a.png"]),
  [`${map}.USER_AVATAR_ID`]: memberField("displayAvatarId", "USER_AVATAR_ID", ["0", "312"]),
});

/** The queue as `config.get` tells it. */
export const FULL_QUEUE_FIELDS: Readonly<Record<string, ReadMapping>> = {
  QUEUE: at("queue.members", [[], ["27"]]),
  "QUEUE[]": at("queue.members.0.user.id", [["27"], ["103"]]),
  QUEUE_ONLINE: at("queue.isOnline"),
  QUEUE_FULL: memberField("position", "SORT", ["0", "1"]),
  "QUEUE_FULL.ID": memberField("entryId", "ID", ["245", "251"]),
  "QUEUE_FULL.SORT": memberField("position", "SORT", ["0", "1"]),
  "QUEUE_FULL.USER_ID": at("queue.members.0.user.id", [{ 27: { USER_ID: "27" } }, { 103: { USER_ID: "103" } }]),
  "QUEUE_FULL.DEPARTMENT_ID": memberField("departmentId", "DEPARTMENT_ID", ["0", "10"]),
  ...displayFields("QUEUE_FULL"),
  QUEUE_USERS_FIELDS: memberField("displayName", "USER_NAME", [null, "Ann"]),
  ...displayFields("QUEUE_USERS_FIELDS"),
};

/** The queue as `config.list.get` tells it. What customers see of operators is `config.get`'s to tell: `queue.members`. */
export const LISTED_QUEUE_FIELDS: Readonly<Record<string, ReadMapping>> = {
  QUEUE: at("queue.users", [[], [27]]),
  "QUEUE[]": at("queue.users.0.id", [[27], [103]]),
  CONFIG_QUEUE: at("queue.configured", [[], [{ ENTITY_TYPE: "user", ENTITY_ID: "27" }]]),
  "CONFIG_QUEUE[].ENTITY_ID": at("queue.configured.0.entityId", [
    [{ ENTITY_TYPE: "user", ENTITY_ID: "27" }],
    [{ ENTITY_TYPE: "user", ENTITY_ID: "103" }],
  ]),
  "CONFIG_QUEUE[].ENTITY_TYPE": at("queue.configured.0.type", [
    [{ ENTITY_TYPE: "user", ENTITY_ID: "27" }],
    [{ ENTITY_TYPE: "department", ENTITY_ID: "27" }],
  ]),
};

const set = (path: string, value: unknown, wire: unknown, beside?: WriteMapping["beside"]): WriteMapping =>
  beside === undefined ? { path, value, wire } : { path, value, wire, beside };
const flag = (path: string): WriteMapping => set(path, true, "Y");
const count = (path: string): WriteMapping => set(path, 42, 42);
const text = (path: string): WriteMapping => set(path, "Text", "Text");
const id = (path: string): WriteMapping => set(path, "42", 42);

const writtenReply = (prefix: string, path: string): Readonly<Record<string, WriteMapping>> => ({
  [`${prefix}_RULE`]: set(`${path}.rule`, "NONE", "none"),
  [`${prefix}_FORM_ID`]: id(`${path}.formId`),
  [`${prefix}_BOT_ID`]: id(`${path}.botId`),
  [`${prefix}_TEXT`]: text(`${path}.text`),
});

const botOn = { bot: { isEnabled: true } };
const department = [{ type: "DEPARTMENT", entityId: "10" }];

/** The parameters of `config.add` and `config.update`. */
export const SETTING_INPUTS: Readonly<Record<string, WriteMapping>> = {
  LINE_NAME: text("name"),
  ACTIVE: flag("isActive"),
  TEMPORARY: flag("isTemporary"),
  LANGUAGE_ID: set("languageCode", "de", "de"),
  QUICK_ANSWERS_IBLOCK_ID: id("quickReplyStoreId"),
  WATCH_TYPING: flag("showsTyping"),
  QUEUE: set("queue.configured", department, [{ ENTITY_TYPE: "department", ENTITY_ID: "10" }]),
  "QUEUE[].ENTITY_TYPE": set("queue.configured", department, "department"),
  "QUEUE[].ENTITY_ID": set("queue.configured", department, "10"),
  QUEUE_TYPE: set("queue.type", "EVENLY", "evenly"),
  QUEUE_TIME: count("queue.redirectAfterSeconds"),
  CHECK_AVAILABLE: flag("queue.checksAvailability"),
  CRM: flag("crm.isEnabled"),
  CRM_CREATE: set("crm.createMode", "DEAL", "deal"),
  CRM_CREATE_SECOND: text("crm.dealCategory"),
  CRM_CREATE_THIRD: flag("crm.createsThirdItem"),
  CRM_FORWARD: flag("crm.forwardsToResponsible"),
  CRM_CHAT_TRACKER: flag("crm.tracksChatText"),
  CRM_TRANSFER_CHANGE: flag("crm.changesResponsibleOnTransfer"),
  CRM_SOURCE: text("crm.source"),
  WELCOME_MESSAGE: flag("welcome.isEnabled"),
  WELCOME_MESSAGE_TEXT: text("welcome.text"),
  SEND_WELCOME_EACH_SESSION: flag("welcome.isInEverySession"),
  WELCOME_BOT_ENABLE: flag("bot.isEnabled"),
  WELCOME_BOT_ID: { ...id("bot.userId"), beside: botOn },
  WELCOME_BOT_JOIN: set("bot.joins", "FIRST_DIALOG", "first"),
  WELCOME_BOT_TIME: { ...count("bot.handOverAfterSeconds"), beside: botOn },
  WELCOME_BOT_LEFT: set("bot.leaves", "ON_CLOSE", "close", botOn),
  WORKTIME_ENABLE: flag("workTime.isEnabled"),
  WORKTIME_FROM: set("workTime.from", "08:15", "8.15", { workTime: { to: "17:00" } }),
  WORKTIME_TO: set("workTime.to", "17:00", "17", { workTime: { from: "08:15" } }),
  WORKTIME_TIMEZONE: set("workTime.timeZone", "Asia/Tokyo", "Asia/Tokyo"),
  WORKTIME_DAYOFF: set("workTime.daysOff", ["SUNDAY"], ["SU"]),
  "WORKTIME_DAYOFF[]": set("workTime.daysOff", ["SUNDAY"], "SU"),
  WORKTIME_HOLIDAYS: set("workTime.holidays", ["01.01", "25.12"], "01.01,25.12"),
  ...writtenReply("WORKTIME_DAYOFF", "workTime.outsideReply"),
  NO_ANSWER_TIME: count("noAnswer.afterSeconds"),
  ...writtenReply("NO_ANSWER", "noAnswer.reply"),
  ...writtenReply("CLOSE", "closing.reply"),
  FULL_CLOSE_TIME: count("closing.fullCloseAfterMinutes"),
  CONFIRM_CLOSE: flag("closing.asksForConfirmation"),
  ...writtenReply("AUTO_CLOSE", "closing.automaticReply"),
  AUTO_CLOSE_TIME: count("closing.automaticAfterSeconds"),
  AUTO_EXPIRE_TIME: count("closing.expireAfterSeconds"),
  VOTE_MESSAGE: flag("customerRating.isEnabled"),
  VOTE_TIME_LIMIT: count("customerRating.timeLimitSeconds"),
  VOTE_BEFORE_FINISH: flag("customerRating.asksBeforeFinish"),
  VOTE_CLOSING_DELAY: flag("customerRating.closesWithDelay"),
  VOTE_MESSAGE_1_TEXT: text("customerRating.widget.request"),
  VOTE_MESSAGE_1_LIKE: text("customerRating.widget.thanks"),
  VOTE_MESSAGE_1_DISLIKE: text("customerRating.widget.regret"),
  VOTE_MESSAGE_2_TEXT: text("customerRating.messenger.request"),
  VOTE_MESSAGE_2_LIKE: text("customerRating.messenger.thanks"),
  VOTE_MESSAGE_2_DISLIKE: text("customerRating.messenger.regret"),
  KPI_FIRST_ANSWER_TIME: count("kpi.firstAnswer.targetTime"),
  KPI_FIRST_ANSWER_ALERT: flag("kpi.firstAnswer.alerts"),
  KPI_FIRST_ANSWER_LIST: set("kpi.firstAnswer.recipientIds", ["27"], ["27"]),
  KPI_FIRST_ANSWER_TEXT: text("kpi.firstAnswer.text"),
  KPI_FURTHER_ANSWER_TIME: count("kpi.furtherAnswer.targetTime"),
  KPI_FURTHER_ANSWER_ALERT: flag("kpi.furtherAnswer.alerts"),
  KPI_FURTHER_ANSWER_LIST: set("kpi.furtherAnswer.recipientIds", ["27"], ["27"]),
  KPI_FURTHER_ANSWER_TEXT: text("kpi.furtherAnswer.text"),
  KPI_CHECK_OPERATOR_ACTIVITY: flag("kpi.watchesOperatorActivity"),
  USE_WELCOME_FORM: flag("forms.isEnabled"),
  WELCOME_FORM_ID: id("forms.formId"),
  WELCOME_FORM_DELAY: flag("forms.isDelayed"),
  IGNORE_WELCOME_FORM_RESPONSIBLE: flag("forms.ignoresResponsible"),
  MAX_CHAT: count("limits.maxChats"),
  TYPE_MAX_CHAT: set("limits.countedChats", "CLOSED", "closed"),
  SESSION_PRIORITY: count("limits.sessionPriority"),
  CATEGORY_ENABLE: flag("category.isEnabled"),
  CATEGORY_ID: set("category.categoryId", "42", 42, { category: { isEnabled: true } }),
  OPERATOR_DATA: set("operatorIdentity.mode", "HIDDEN", "hide"),
  DEFAULT_OPERATOR_DATA: set("operatorIdentity.default", { name: "Desk" }, { NAME: "Desk" }),
  "DEFAULT_OPERATOR_DATA.NAME": set("operatorIdentity.default.name", "Desk", "Desk"),
  "DEFAULT_OPERATOR_DATA.AVATAR": set(
    "operatorIdentity.default.avatarUrl",
    "https://example.com/a.png",
    "https://example.com/a.png",
  ),
  "DEFAULT_OPERATOR_DATA.AVATAR_ID": id("operatorIdentity.default.avatarId"),
};
