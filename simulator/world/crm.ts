import { bindActivity } from "./activities.ts";
import { addSystemMessage } from "./messages.ts";
import type { CrmEntity } from "./office-records.ts";
import { type Chat, type CrmLink, SessionStatus } from "./records.ts";
import type { WorldState } from "./state.ts";
import { systemText } from "./system-texts.ts";

/** Creates a CRM item for the chat's customer, binds the chat to it and posts the message the portal writes about it. */
export function bindNewCrmEntity(state: WorldState, chat: Chat, type: CrmLink["type"], assignedTo: number): CrmEntity {
  const id = state.next.crm;
  state.next.crm += 2;
  const entity: CrmEntity = { type, id, title: chat.title, assignedTo };
  state.crm.set(state.crmKey(type, id), entity);
  chat.crm = { saved: true, type, id, links: [...chat.crm.links.filter((link) => link.type !== type), { type, id }] };
  const attach = {
    ID: Math.floor(state.now() / 1000),
    BLOCKS: [
      { LINK: [{ NAME: chat.title, LINK: `/crm/${type.toLowerCase()}/details/${id}/` }] },
      { GRID: [{ DISPLAY: "ROW", NAME: "Name", VALUE: state.userName(chat.customerId), COLOR_TOKEN: "base" }] },
    ],
    DESCRIPTION: "",
    COLOR: "#df532d",
  };
  const session = state.openSession(chat.id);
  if (session) bindActivity(state, chat, session, { type, id });
  addSystemMessage(state, chat, systemText.leadCreated(), { ATTACH: [attach] });
  return entity;
}

/** Whether the chat has a session the CRM counts as active: answered and not yet closing. */
export function hasActiveSession(state: WorldState, chat: Chat): boolean {
  return (state.sessionsByChat.get(chat.id) ?? []).some(
    (session) => session.status >= SessionStatus.answered && session.status < SessionStatus.waitingForCustomer,
  );
}

/** Chats bound to the CRM item, the last changed first. @param type any case */
export function chatsOfCrm(state: WorldState, type: string, id: number): Chat[] {
  const wanted = type.toUpperCase();
  return [...state.chats.values()]
    .filter((chat) => chat.crm.links.some((link) => link.type === wanted && link.id === id))
    .sort((a, b) => b.lastActivityAt - a.lastActivityAt);
}
