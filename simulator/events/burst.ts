import { setImmediate as breathe, setTimeout as pause } from "node:timers/promises";
import { staffWrites } from "../world/conversation.ts";
import type { Chat } from "../world/records.ts";
import type { World } from "../world/world.ts";

export type BurstKind = "customerWrites" | "operatorWrites" | "customerEdits";

export interface BurstOptions {
  /** Default "customerWrites". Edits change what the customer wrote last. */
  kind?: BurstKind;
  /** Used one after another, over and over; default: every chat in which each deed causes exactly one event. */
  chatIds?: readonly number[];
  /** Default: as fast as possible. */
  perSecond?: number;
  /** Begins each text; of several, a space and the number from 1 follow. Default "Message". */
  text?: string;
}

export interface Burst {
  /** The messages written or edited, in order. */
  messageIds: number[];
}

const tickMs = 10;
const breath = 250;

function hasPlainSession(world: World, chat: Chat): boolean {
  const session = world.openSession(chat.id);
  return session !== undefined && !session.waitVote && !session.waitAction;
}

function lastOfCustomer(chat: Chat): number | undefined {
  const isLiving = (params: Record<string, unknown>): boolean =>
    params.IS_DELETED === undefined && params.CONNECTOR_MID !== undefined;
  return chat.messages.findLast(({ authorId, params }) => authorId === chat.customerId && isLiving(params))?.id;
}

function isReachedByOperator(world: World, chat: Chat): boolean {
  const operatorId = world.openSession(chat.id)?.operatorId ?? 0;
  return chat.connectorId !== "livechat" && chat.silent !== "Y" && world.users.get(operatorId)?.kind === "staff";
}

function suits(world: World, chat: Chat, kind: BurstKind): boolean {
  if (!world.isLively(chat)) return false;
  switch (kind) {
    case "customerWrites":
      return hasPlainSession(world, chat);
    case "operatorWrites":
      return hasPlainSession(world, chat) && isReachedByOperator(world, chat);
    case "customerEdits":
      return lastOfCustomer(chat) !== undefined;
  }
}

function act(world: World, chat: Chat, kind: BurstKind, text: string): number {
  switch (kind) {
    case "customerWrites":
      return world.customerWrites(chat.id, text).id;
    case "operatorWrites": {
      const authorId = world.openSession(chat.id)?.operatorId ?? 0;
      if (authorId === 0) throw new Error(`Nobody answers in chat ${chat.id} of the simulated portal`);
      return staffWrites(world, chat, { authorId, text }).id;
    }
    case "customerEdits": {
      const messageId = lastOfCustomer(chat);
      if (messageId === undefined) throw new Error(`The customer of chat ${chat.id} has written nothing`);
      world.customerEdits(messageId, text);
      return messageId;
    }
  }
}

function textOf({ text = "Message" }: BurstOptions, count: number, number: number): string {
  return count === 1 ? text : `${text} ${number}`;
}

/** Lets people write many messages, all at once or at a pace. Resolves when the last is written; deliveries follow. */
export async function emitMessages(world: World, count: number, options: BurstOptions = {}): Promise<Burst> {
  const kind = options.kind ?? "customerWrites";
  const chats = options.chatIds?.map((id) => world.chat(id)) ?? [...world.chats.values()];
  const chosen = options.chatIds ? chats : chats.filter((chat) => suits(world, chat, kind));
  if (chosen.length === 0) throw new Error(`No chat for ${kind} in the simulated portal`);
  const messageIds: number[] = [];
  const startedAt = performance.now();
  while (messageIds.length < count) {
    const { perSecond } = options;
    const elapsed = (performance.now() - startedAt) / 1000;
    const due = perSecond === undefined ? messageIds.length + breath : Math.floor(elapsed * perSecond) + 1;
    while (messageIds.length < Math.min(due, count)) {
      const chat = chosen[messageIds.length % chosen.length];
      if (chat) messageIds.push(act(world, chat, kind, textOf(options, count, messageIds.length + 1)));
    }
    if (perSecond === undefined) await breathe();
    else await pause(tickMs);
  }
  return { messageIds };
}
