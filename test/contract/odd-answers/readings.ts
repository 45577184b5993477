import type { Call } from "../../../src/datasources/bitrix24/calls.ts";
import { Refused } from "../../datasources/bitrix24/scripted-portal.ts";
import * as im from "../../fixtures/im-examples.ts";
import { documentedMethods, documentedReports } from "../documented-portal.ts";
import { valueAt } from "./places.ts";

/** A method and what the portal answers to it. */
interface Answered {
  readonly method: string;
  /** The documented answer. */
  readonly answer: unknown;
  /** Places that their record cannot do without: what makes it this record, and a message's place in time. */
  readonly essential: RegExp;
}

/** An operation that reads a method. */
export interface FieldReading extends Answered {
  readonly kind?: "query" | "mutation";
  /** The root field with its arguments; what it leads to is selected as far as these methods tell it. */
  readonly root: string;
  readonly literals: Readonly<Record<string, string>>;
  /** In place of the root field: only this asks for the method. */
  readonly document?: string;
  /** How many objects deep is selected. */
  readonly depth?: number;
  /** What the portal answers to other methods that the operation reads. */
  readonly others: Readonly<Record<string, unknown>>;
}

/** A call of the gateway's own, whose answer no field tells. */
export interface CallReading extends Answered {
  readonly kind: "read" | "write";
  readonly call: Call<unknown>;
}

/** An event, which the portal sends unasked; `answer` is its body. */
export interface EventReading extends Answered {
  readonly kind: "event";
  /** What it becomes; undefined for one that is set aside whole. */
  readonly read: (answer: unknown) => unknown;
}

export type Reading = FieldReading | CallReading | EventReading;

/** Whether the answer tells what became of a write. */
export function isWrite({ kind }: Reading): boolean {
  return kind === "mutation" || kind === "write";
}

export function documented(method: string): unknown {
  return (documentedMethods.get(method) ?? documentedReports.get(method))?.example.response.result;
}

export const NO_USERS = { "im.user.list.get": [] };
export const NO_HISTORY = { "imopenlines.session.history.get": new Refused("INVALID_SESSION_ID") };
/** The chat of the documented history as `dialog.get` would tell it. */
function chatOfHistory(): unknown {
  const chat: unknown = valueAt(documented("imopenlines.session.history.get"), ["chat", "1763"]);
  const spelled = (key: string) => key.replace(/[A-Z]|\d/g, (character) => `_${character.toLowerCase()}`);
  return Object.fromEntries(Object.entries(Object(chat)).map(([key, value]) => [spelled(key), value]));
}

export const NEVER = /^$/;
export const lead = '{ type: LEAD, entityId: "1205" }';
export const place = (pattern: string): RegExp => new RegExp(`^(${pattern})$`);

/** Beside each method of the documentation that tells something: the operation of the gateway that tells it to clients. */
export const readings: readonly FieldReading[] = [
  {
    method: "imopenlines.dialog.get",
    answer: documented("imopenlines.dialog.get"),
    root: "chat",
    literals: { by: '{ id: "1777" }' },
    others: { ...NO_USERS, ...NO_HISTORY },
    essential: place("id"),
  },
  {
    method: "imopenlines.session.open",
    answer: documented("imopenlines.session.open"),
    root: "chat",
    literals: {},
    document: '{ chat(by: { userCode: "livechat|22|1761|587" }) { id } }',
    others: {},
    essential: place("chatId"),
  },
  {
    method: "imopenlines.session.history.get",
    answer: documented("imopenlines.session.history.get"),
    root: "session",
    literals: { by: '{ id: "321" }' },
    others: { ...NO_USERS, "imopenlines.dialog.get": chatOfHistory() },
    essential: place(
      "chatId|sessionId|message|message\\.\\d+(\\.(id|senderid|date|chatid))?|users\\.\\d+(\\.id)?|files\\.\\d+(\\.(id|image\\.(height|width)))?|userInGroup\\.\\d+(\\.id)?|chat\\.\\d+(\\.id)?|chat|users|files|userInChat\\.\\d+(\\.\\d+)?",
    ),
  },
  {
    method: "imopenlines.config.get",
    answer: documented("imopenlines.config.get"),
    root: "openLine",
    literals: { id: '"22"' },
    others: {},
    essential: place("ID"),
  },
  {
    method: "imopenlines.config.list.get",
    answer: documented("imopenlines.config.list.get"),
    root: "openLines",
    literals: {},
    others: {},
    essential: place("\\d+(\\.ID)?"),
  },
  {
    method: "imopenlines.config.path.get",
    answer: documented("imopenlines.config.path.get"),
    root: "publicPage",
    literals: {},
    others: {},
    essential: place(".*"),
  },
  {
    method: "imopenlines.revision.get",
    answer: documented("imopenlines.revision.get"),
    root: "apiRevision",
    literals: {},
    others: {},
    essential: place(".*"),
  },
  {
    method: "imopenlines.crm.chat.get",
    answer: documented("imopenlines.crm.chat.get"),
    root: "crmEntity",
    literals: { ref: lead },
    others: {},
    essential: place("\\d+(\\.CHAT_ID)?"),
  },
  {
    method: "imopenlines.crm.chat.getLastId",
    answer: documented("imopenlines.crm.chat.getLastId"),
    root: "crmEntity",
    literals: { ref: lead },
    others: {},
    essential: place(".*"),
  },
  {
    method: "im.recent.list",
    answer: im.recentListAnswer.result,
    root: "inbox",
    literals: {},
    others: { ...NO_USERS, ...NO_HISTORY, "imopenlines.dialog.get": im.openLineItemOnWire.chat },
    essential: place("items|items\\.\\d+(\\.(chat_id|chat|chat\\.entity_type|lines|id))?"),
  },
  {
    method: "im.recent.get",
    answer: im.recentGetAnswer.result,
    root: "inbox",
    literals: {},
    others: { ...NO_USERS, ...NO_HISTORY, "imopenlines.dialog.get": im.openLineItemOnWire.chat },
    essential: place("\\d+(\\.(chat_id|chat|chat\\.entity_type|lines|id))?"),
  },
  {
    method: "im.counters.get",
    answer: im.countersAnswer.result,
    root: "viewer",
    literals: {},
    others: {},
    essential: place("LINES"),
  },
  {
    method: "im.user.list.get",
    answer: im.userListAnswer.result,
    root: "users",
    literals: { ids: '["31", "4294967399", "77"]' },
    others: {},
    essential: place("\\d+(\\.id)?"),
  },
  {
    method: "user.search",
    answer: im.userSearchAnswer.result,
    root: "operators",
    literals: { search: '"ort"' },
    others: NO_USERS,
    essential: place("\\d+(\\.ID)?"),
  },
  {
    method: "im.dialog.messages.get",
    answer: im.dialogMessagesAnswer.result,
    root: "chat",
    literals: { by: '{ id: "2051" }', "messages.last": "5" },
    others: { ...NO_USERS, ...NO_HISTORY, "imopenlines.dialog.get": im.openLineItemOnWire.chat },
    essential: place(
      "chat_id|messages|messages\\.\\d+(\\.(id|author_id|date|chat_id))?|users\\.\\d+(\\.id)?|files\\.\\d+(\\.(id|image\\.(height|width)))?",
    ),
  },
  {
    method: "im.dialog.users.list",
    answer: im.dialogUsersAnswer.result,
    root: "chat",
    literals: { by: '{ id: "2051" }', "participants.first": "5" },
    others: { ...NO_USERS, ...NO_HISTORY, "imopenlines.dialog.get": im.openLineItemOnWire.chat },
    essential: place("\\d+(\\.id)?"),
  },
  {
    method: "profile",
    answer: im.profileAnswer.result,
    root: "viewer",
    literals: {},
    others: NO_USERS,
    essential: place("ID"),
  },
  {
    method: "scope",
    answer: im.scopeAnswer.result,
    root: "viewer",
    literals: {},
    others: {},
    essential: NEVER,
  },
];
