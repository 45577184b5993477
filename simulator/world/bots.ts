import { lineSettings } from "./line-settings.ts";
import { joinChat, leaveChat } from "./members.ts";
import { withdrawOffers } from "./queue.ts";
import type { Chat, Session } from "./records.ts";
import type { WorldState } from "./state.ts";

/** Gives a new session to the line's welcome bot, if it has one that joins now. @returns whether it did */
export function welcomeByBot(state: WorldState, chat: Chat, session: Session): boolean {
  const line = lineSettings(state, session.lineId);
  const bot = line ? state.users.get(line.welcomeBotId) : undefined;
  if (!line || bot?.kind !== "bot" || !bot.active) return false;
  const isFirst = (state.sessionsByChat.get(chat.id) ?? []).length === 1;
  if (line.welcomeBotJoin === "first" && !isFirst) return false;
  joinChat(state, chat, [bot.id]);
  withdrawOffers(chat);
  chat.ownerId = bot.id;
  session.operatorId = bot.id;
  session.botUntil = state.now() + line.welcomeBotSeconds * 1000;
  return true;
}

/** Whether the dialog is in a bot's hands. */
export function isWithBot(state: WorldState, chat: Chat): boolean {
  return state.users.get(chat.ownerId)?.kind === "bot";
}

export function botLeaves(state: WorldState, chat: Chat): void {
  const bots = [...chat.members.keys()].filter((userId) => state.users.get(userId)?.kind === "bot");
  leaveChat(state, chat, bots);
}
