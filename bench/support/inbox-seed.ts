import { staffWrites } from "../../simulator/world/conversation.ts";
import { addFile } from "../../simulator/world/messages.ts";
import { answer } from "../../simulator/world/operator-actions.ts";
import type { Chat, Session } from "../../simulator/world/records.ts";
import { closeSession } from "../../simulator/world/sessions.ts";
import type { World } from "../../simulator/world/world.ts";

const EVERY_TENTH = 10;
const SENTENCES = [
  "Hello, I ordered last week and the parcel has not arrived yet. Could you have a look?",
  "Of course. Which order is it? The number stands in the confirmation, it begins with BX.",
  "It is BX-20417, ordered on the 3rd, paid by card.",
  "Thank you. The carrier says [b]out for delivery[/b]; it should reach you by tomorrow evening.",
  "Great, and can I still change the address? I am at the office until six.",
  "That works until the van leaves the depot. I have asked them, one moment please …",
  "Danke schön, das hilft mir sehr. Ich warte dann auf die Nachricht.",
  "Они подтвердили: доставка завтра с 10 до 14 часов по новому адресу.",
] as const;

/** A session of the operator's inbox: the messages since its beginning. */
function lengthOf(chat: Chat, session: Session): number {
  return chat.messages.filter((message) => message.id >= session.startId).length;
}

function write(world: World, chat: Chat, operatorId: number, index: number, byCustomer: boolean): void {
  const text = SENTENCES[index % SENTENCES.length] ?? "";
  const authorId = byCustomer ? chat.customerId : operatorId;
  const fileIds =
    index % EVERY_TENTH === 0
      ? [
          addFile(world, chat, {
            type: "image",
            name: `photo-${index}.jpg`,
            size: 180_000 + index,
            image: { width: 1200, height: 800 },
            authorId,
            voiceNote: false,
          }).id,
        ]
      : [];
  if (byCustomer) world.customerWrites(chat.id, text, fileIds);
  else staffWrites(world, chat, { authorId, text, fileIds });
}

/**
 * Gives the operator an inbox of exactly so many dialogs, each his, each with an open session of at least so many messages (exactly so many where the seeded
 * conversation was shorter). Customers have the last word. Returns the dialogs' user codes.
 */
export function fillInbox(world: World, operatorId: number, dialogs: number, messages: number): string[] {
  const open = [...world.chats.values()].flatMap((chat) => {
    const session = chat.kind === "lines" ? world.openSession(chat.id) : undefined;
    return session !== undefined && lengthOf(chat, session) + 3 < messages ? [{ chat, session }] : [];
  });
  const chosen = open.slice(0, dialogs);
  if (chosen.length < dialogs) throw new Error(`The world has only ${chosen.length} dialogs for the inbox`);
  const kept = new Set(chosen.map(({ chat }) => chat.id));
  for (const chat of world.chats.values()) {
    const session = world.openSession(chat.id);
    if (kept.has(chat.id) || session === undefined || !chat.recents.has(operatorId)) continue;
    closeSession(world, chat, session);
  }
  for (const { chat } of chosen) {
    answer(world, chat, operatorId);
    const session = world.openSession(chat.id);
    if (session === undefined) throw new Error(`Chat ${chat.id} lost its session`);
    for (let index = lengthOf(chat, session); index < messages; index += 1) {
      write(world, chat, operatorId, index, (messages - index) % 2 === 1);
    }
  }
  return chosen.map(({ chat }) => chat.userCode);
}
