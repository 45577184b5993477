import * as im from "../../fixtures/im-examples.ts";
import { documented, type FieldReading, lead, NEVER, place } from "./readings.ts";

const chat = { "imopenlines.dialog.get": im.openLineItemOnWire.chat };
const line = { "imopenlines.config.get": documented("imopenlines.config.get") };
const ofChat = { chatId: '"2051"' };
const code = '"0123456789abcdef0123456789abcdef"';

/** What a mutation tells of its own answer; the chat that is read again beside it has a reading of its own. */
function write(
  method: string,
  root: string,
  literals: Readonly<Record<string, string>>,
  settings: Partial<FieldReading> = {},
): FieldReading {
  const answer = documented(method) ?? true;
  const wholeAnswer = typeof answer === "object" ? NEVER : place(".*");
  return {
    kind: "mutation",
    method,
    answer,
    root,
    literals,
    depth: 2,
    others: chat,
    essential: wholeAnswer,
    ...settings,
  };
}

const member = { entity: lead, userId: '"27"', ...ofChat };

/** Beside each method that changes something: its mutation. */
export const writeReadings: readonly FieldReading[] = [
  write("imopenlines.config.add", "openLineCreate", { input: '{ name: "Shop" }' }, { others: line }),
  write(
    "imopenlines.config.update",
    "openLineUpdate",
    { openLineId: '"22"', input: '{ name: "Shop" }' },
    { others: line },
  ),
  write("imopenlines.config.delete", "openLineDelete", { openLineId: '"22"' }, { others: line }),
  write("imopenlines.network.join", "networkLineJoin", { code }),
  write("imopenlines.network.message.add", "networkMessageSend", {
    input: `{ code: ${code}, recipientId: "27", text: "News" }`,
  }),
  write("imopenlines.crm.chat.user.add", "crmChatParticipantAdd", member),
  write("imopenlines.crm.chat.user.delete", "crmChatParticipantRemove", member),
  write("imopenlines.crm.message.add", "crmMessageSend", {
    entity: lead,
    authorId: '"27"',
    text: '"Hello"',
    ...ofChat,
  }),
  write("imopenlines.crm.lead.create", "crmLeadCreate", ofChat),
  write("imopenlines.message.quick.save", "quickReplySave", { ...ofChat, messageId: '"7"' }),
  write("imopenlines.bot.session.finish", "botSessionFinish", ofChat),
  write("imopenlines.bot.session.message.send", "botMessageSend", { ...ofChat, kind: "DEFAULT", text: '"Hello"' }),
  write("imopenlines.bot.session.operator", "botChatRouteToOperator", ofChat),
  write("imopenlines.bot.session.transfer", "botChatTransfer", { ...ofChat, to: '{ userId: "27" }' }),
  write("imopenlines.operator.answer", "chatAnswer", { ...ofChat, ifUnassigned: "false" }),
  write("imopenlines.operator.finish", "chatFinish", ofChat),
  write("imopenlines.operator.another.finish", "chatFinishOnBehalf", ofChat),
  write("imopenlines.operator.skip", "chatSkip", ofChat),
  write("imopenlines.operator.spam", "chatMarkAsSpam", ofChat),
  write("imopenlines.operator.transfer", "chatTransfer", { ...ofChat, to: '{ userId: "27" }' }),
  write("imopenlines.session.start", "sessionStart", ofChat),
  write("imopenlines.message.session.start", "sessionStartFromMessage", { ...ofChat, messageId: '"7"' }),
  write("imopenlines.session.join", "chatJoin", ofChat),
  write("imopenlines.session.intercept", "chatIntercept", ofChat),
  write("imopenlines.session.mode.pin", "chatPin", ofChat),
  write("imopenlines.session.mode.pinAll", "chatPinAll", {}, { essential: place("\\d+") }),
  write("imopenlines.session.mode.unpinAll", "chatUnpinAll", {}, { essential: place("\\d+") }),
  write("imopenlines.session.mode.silent", "chatSetSilentMode", { ...ofChat, enabled: "true" }),
  write(
    "imopenlines.session.head.vote",
    "sessionRate",
    { sessionId: '"321"', rating: "4", comment: '"Polite"' },
    { others: { "imopenlines.session.history.get": documented("imopenlines.session.history.get") } },
  ),
  write("im.dialog.read", "chatMarkAsRead", ofChat, { answer: im.dialogReadAnswer.result, essential: NEVER }),
  write("im.recent.unread", "chatMarkAsUnread", ofChat),
  write("im.recent.pin", "inboxPin", { ...ofChat, pinned: "true" }),
  write("im.dialog.writing", "chatTyping", ofChat),
  write("im.chat.leave", "chatLeave", ofChat),
  write("im.chat.mute", "chatMute", { ...ofChat, muted: "true" }),
  write("im.message.add", "chatMessageSend", { ...ofChat, text: '"Hello"' }, { answer: im.messageAddAnswer.result }),
  write("im.message.update", "messageEdit", { messageId: '"7"', text: '"Hello"' }),
  write("im.message.delete", "messageDelete", { messageId: '"7"' }),
  write("im.message.like", "messageReact", { messageId: '"7"', reaction: "LIKE" }),
];
