import { decodeEmoji } from "../lines/emoji-tokens.ts";
import { type LineColumn, lineSetting } from "../lines/line-config.ts";
import type { WorldState } from "./state.ts";

/** What the life of a session needs to know of its line. */
export interface LineSettings {
  id: number;
  name: string;
  active: boolean;
  queueType: "all" | "evenly" | "strictly";
  /** Operators in order, departments expanded, inactive people left out. */
  queue: number[];
  checkAvailable: boolean;
  closeRule: string;
  closeText: string;
  autoCloseRule: string;
  autoCloseText: string;
  autoCloseSeconds: number;
  fullCloseMinutes: number;
  asksVote: boolean;
  closesAfterVote: boolean;
  voteTextSite: string;
  voteTextChannel: string;
  voteThanksGood: string;
  voteThanksBad: string;
  welcomeText: string;
  /** 0 while the line has no welcome bot. */
  welcomeBotId: number;
  welcomeBotJoin: string;
  welcomeBotSeconds: number;
  welcomeBotLeaves: boolean;
  /** Whether sessions are looked up in the CRM and entered there. */
  crm: boolean;
  /** Whether the CRM's responsible person follows the operator. */
  crmFollowsTransfer: boolean;
  /** 0 = not measured. */
  kpiFirstAnswerSeconds: number;
  /** Dialogs an operator may have at once; 0 = any number. */
  maxChat: number;
}

function queueType(value: string): LineSettings["queueType"] {
  return value === "evenly" || value === "strictly" ? value : "all";
}

/** The active operators of a line's queue, in order; none for an unknown line. */
export function activeQueue(state: WorldState, lineId: number): number[] {
  const operators = state.lines.get(lineId)?.operators ?? [];
  return operators.map((operator) => operator.userId).filter((userId) => state.users.get(userId)?.active);
}

export function lineSettings(state: WorldState, lineId: number): LineSettings | undefined {
  const row = state.lines.get(lineId);
  if (!row) return undefined;
  const text = (column: LineColumn): string => decodeEmoji(lineSetting(row, column));
  const flag = (column: LineColumn): boolean => lineSetting(row, column) === "Y";
  return {
    id: row.id,
    name: text("LINE_NAME"),
    active: flag("ACTIVE"),
    queueType: queueType(lineSetting(row, "QUEUE_TYPE")),
    queue: activeQueue(state, lineId),
    checkAvailable: flag("CHECK_AVAILABLE"),
    closeRule: lineSetting(row, "CLOSE_RULE"),
    closeText: text("CLOSE_TEXT"),
    autoCloseRule: lineSetting(row, "AUTO_CLOSE_RULE"),
    autoCloseText: text("AUTO_CLOSE_TEXT"),
    autoCloseSeconds: Number(lineSetting(row, "AUTO_CLOSE_TIME")),
    fullCloseMinutes: Number(lineSetting(row, "FULL_CLOSE_TIME")),
    asksVote: flag("VOTE_MESSAGE"),
    closesAfterVote: flag("VOTE_CLOSING_DELAY"),
    voteTextSite: text("VOTE_MESSAGE_1_TEXT"),
    voteTextChannel: text("VOTE_MESSAGE_2_TEXT"),
    voteThanksGood: text("VOTE_MESSAGE_2_LIKE"),
    voteThanksBad: text("VOTE_MESSAGE_2_DISLIKE"),
    welcomeText: flag("WELCOME_MESSAGE") ? text("WELCOME_MESSAGE_TEXT") : "",
    welcomeBotId: flag("WELCOME_BOT_ENABLE") ? Number(lineSetting(row, "WELCOME_BOT_ID")) : 0,
    welcomeBotJoin: lineSetting(row, "WELCOME_BOT_JOIN"),
    welcomeBotSeconds: Number(lineSetting(row, "WELCOME_BOT_TIME")),
    welcomeBotLeaves: lineSetting(row, "WELCOME_BOT_LEFT") !== "close",
    crm: flag("CRM"),
    crmFollowsTransfer: flag("CRM_TRANSFER_CHANGE"),
    kpiFirstAnswerSeconds: Number(lineSetting(row, "KPI_FIRST_ANSWER_TIME")),
    maxChat: Number(lineSetting(row, "MAX_CHAT")),
  };
}
