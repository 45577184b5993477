import type { ChangeSource } from "../../schema/live-events.ts";

/**
 * Actions after which `ChatChanged` tells subscribers to read the chat again, by REST method: those that the portal sends no event for.
 * Messages come back through the portal's own events, and what concerns the viewer alone (read marks, muting, typing) is nobody else's.
 */
const CHANGES: Readonly<Record<string, ChangeSource>> = {
  "imopenlines.operator.answer": "ANSWER",
  "imopenlines.operator.skip": "SKIP",
  "imopenlines.operator.finish": "FINISH",
  "imopenlines.operator.another.finish": "FINISH",
  "imopenlines.operator.spam": "SPAM",
  "imopenlines.operator.transfer": "TRANSFER",
  "imopenlines.session.intercept": "INTERCEPT",
  "imopenlines.session.join": "JOIN",
  "imopenlines.session.start": "SESSION",
  "imopenlines.message.session.start": "SESSION",
  "imopenlines.session.mode.pin": "PIN",
  "imopenlines.session.mode.silent": "SILENT_MODE",
  "imopenlines.crm.lead.create": "CRM",
  "imopenlines.crm.chat.user.add": "CRM",
  "imopenlines.crm.chat.user.delete": "CRM",
  "imopenlines.bot.session.operator": "BOT",
  "imopenlines.bot.session.transfer": "BOT",
  "imopenlines.bot.session.finish": "BOT",
  "im.chat.leave": "LEAVE",
};

/** Undefined for a method after which nothing needs to be told. */
export function changeOf(method: string): ChangeSource | undefined {
  return CHANGES[method];
}
