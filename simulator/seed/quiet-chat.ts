import { type Chat, SessionStatus } from "../world/records.ts";
import type { World } from "../world/world.ts";

/**
 * Chooses the dialog that the simulated people leave alone, so that whoever tries the portal has one of his own: the newest
 * unanswered one that is offered to the first operator, else to any of them; of a named customer where there is one.
 */
export function chooseQuietChat(world: World, operators: readonly number[]): void {
  // A visitor of any country can read it.
  const isForeign = (chat: Chat): boolean => !/^[\x20-\x7e]+$/.test(chat.title);
  const waiting = [...world.chats.values()]
    .filter((chat) => isWaiting(world, chat))
    .sort(
      (a, b) =>
        Number(isForeign(a)) - Number(isForeign(b)) ||
        Number(isGuest(world, a)) - Number(isGuest(world, b)) ||
        b.lastActivityAt - a.lastActivityAt,
    );
  for (const operatorId of operators) {
    const chat = waiting.find((candidate) => candidate.recents.has(operatorId));
    if (!chat) continue;
    world.quietChat = { chatId: chat.id, operatorId };
    return;
  }
}

function isWaiting(world: World, chat: Chat): boolean {
  const session = chat.kind === "lines" ? world.openSession(chat.id) : undefined;
  return session?.status === SessionStatus.new && chat.ownerId === 0;
}

function isGuest(world: World, chat: Chat): boolean {
  return world.users.get(chat.customerId)?.lastName === "";
}
