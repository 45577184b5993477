import {
  LINES,
  type PlainPortal,
  RECENT,
  type WireChat,
  type WireHistory,
  type WireLine,
  type WireRecent,
} from "./plain-portal.ts";
import { chatView, lineView, sessionView } from "./views.ts";

// What the resolvers of both GraphQL peers read: one call for each need.

export async function readInbox(portal: PlainPortal, first: number) {
  const { items } = await portal.call<WireRecent>("im.recent.list", RECENT(first));
  return { nodes: items.map(({ chat_id: id }) => ({ id: String(id) })) };
}

export async function readLines(portal: PlainPortal, first: number) {
  const rows = await portal.call<readonly WireLine[]>("imopenlines.config.list.get", LINES(first));
  return { nodes: rows.slice(0, first).map(lineView) };
}

export async function readChat(
  portal: PlainPortal,
  lookup: { readonly CHAT_ID: string } | { readonly USER_CODE: string },
) {
  return chatView(await portal.call<WireChat>("imopenlines.dialog.get", lookup));
}

export async function readSession(portal: PlainPortal, chatId: string) {
  return sessionView(await portal.call<WireHistory>("imopenlines.session.history.get", { CHAT_ID: chatId }));
}
