import type { PayloadShape } from "../../simulator/events/payloads.ts";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Chat, Session } from "../../simulator/world/records.ts";
import { type EventReceiver, type Received, startReceiver } from "./event-receiver.ts";
import { seededChats } from "./seeded-chats.ts";

export const added = "ONOPENLINEMESSAGEADD";
export const updated = "ONOPENLINEMESSAGEUPDATE";
export const deleted = "ONOPENLINEMESSAGEDELETE";
export const started = "ONSESSIONSTART";
export const finished = "ONSESSIONFINISH";

/** A portal with an application whose handlers lead to a receiver. */
export async function officeOf(shape: PayloadShape): Promise<Office> {
  const portal = await startPortal({ size: 0.3, plan: "on-premise", events: { shape, jitterMs: 0 } });
  const receiver = await startReceiver();
  await portal.installApplication({ kind: "script-only", handlerUrl: `${receiver.url}/events` });
  return { portal, receiver, chats: seededChats(portal) };
}

export interface Office {
  portal: RunningPortal;
  receiver: EventReceiver;
  chats: ReturnType<typeof seededChats>;
}

/** A chat on a channel with an operator, who can reach the customer. */
export function answered(
  { portal, chats }: Office,
  connector: string,
): { chat: Chat; session: Session; operatorId: number } {
  const chat = chats.where((candidate, session) => {
    const operator = portal.world.users.get(session?.operatorId ?? 0);
    const isPlain = session?.status === 40 && candidate.silent !== "Y" && !session.pause;
    return isPlain && candidate.connectorId === connector && operator?.kind === "staff";
  });
  const session = chats.open(chat);
  return { chat, session, operatorId: session.operatorId };
}

export function codes(receiver: EventReceiver): unknown[] {
  return receiver.received.map(({ form }) => form.event);
}

/** The only event of a code; waits for it. */
export async function only(receiver: EventReceiver, code: string): Promise<Received> {
  const [event, ...more] = await receiver.waitFor(code);
  if (!event || more.length > 0) throw new Error(`Expected one ${code}, received ${more.length + 1}`);
  return event;
}
