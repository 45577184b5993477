import { conversationFor } from "../corpus/corpus.ts";
import type { Language } from "../corpus/language.ts";
import { createRandom, type Random } from "../random.ts";
import { completeActivity, openActivity } from "../world/activities.ts";
import { activeQueue } from "../world/line-settings.ts";
import { addMessage, addSystemMessage } from "../world/messages.ts";
import { newSession } from "../world/new-session.ts";
import { type Chat, type Session, SessionStatus } from "../world/records.ts";
import { systemText } from "../world/system-texts.ts";
import { logTransferToUser } from "../world/transfers.ts";
import type { World } from "../world/world.ts";
import type { SeedChat } from "./chats.ts";

const day = 24 * 60 * 60 * 1000;
/** The bulk ends where the seed's own past begins. */
const newestDays = 70;
const oldestDays = 730;
const preparedTexts = 24;

type Texts = ReadonlyMap<Language, { customer: string; operator: string }[]>;

/**
 * Adds many short, closed sessions to the chats, the oldest first, evenly spread over the two years before the seed's own
 * past: quickly, because they are written down as they ended instead of being played. Every third customer is in the CRM.
 */
export function seedBulkSessions(
  world: World,
  chats: readonly SeedChat[],
  count: number,
  seed: number,
  now: number,
): void {
  const random = createRandom(seed + 104_729);
  const texts = prepare(chats, random);
  const queues = new Map(world.lines.all().map((line) => [line.id, activeQueue(world, line.id)]));
  for (const [index, { chat }] of chats.entries()) if (index % 3 === 0) bindContact(world, chat);
  const from = now - oldestDays * day;
  const step = ((oldestDays - newestDays) * day) / count;
  for (let index = 0; index < count; index++) {
    const place = chats[index % chats.length];
    if (!place) return;
    const operators = queues.get(place.chat.data.lineId) ?? [];
    const operatorId = operators[Math.floor(index / chats.length) % operators.length] ?? world.supervisorId;
    const turns = random.pick(texts.get(place.language) ?? []);
    play(world, place.chat, { startedAt: from + index * step, operatorId, others: operators, turns }, random);
  }
}

function prepare(chats: readonly SeedChat[], random: Random): Texts {
  const texts = new Map<Language, { customer: string; operator: string }[]>();
  for (const language of new Set(chats.map((place) => place.language))) {
    const pairs = Array.from({ length: preparedTexts }, () => {
      const turns = conversationFor(language, random.next);
      const textOf = (from: "customer" | "operator"): string => turns.find((turn) => turn.from === from)?.text ?? "…";
      return { customer: textOf("customer"), operator: textOf("operator") };
    });
    texts.set(language, pairs);
  }
  return texts;
}

function bindContact(world: World, chat: Chat): void {
  const id = world.next.crm;
  world.next.crm += 2;
  const assignedTo = activeQueue(world, chat.data.lineId)[0] ?? world.supervisorId;
  world.crm.set(world.crmKey("CONTACT", id), { type: "CONTACT", id, title: chat.title, assignedTo });
  chat.crm = { saved: true, type: "CONTACT", id, links: [{ type: "CONTACT", id }] };
}

interface Scene {
  startedAt: number;
  operatorId: number;
  others: readonly number[];
  turns: { customer: string; operator: string };
}

function play(world: World, chat: Chat, scene: Scene, random: Random): void {
  const at = (seconds: number): void => {
    const time = Math.floor(scene.startedAt + seconds * 1000);
    world.setClock(() => time);
  };
  at(0);
  const session = newSession(world, chat, { mode: "input", operatorId: 0 });
  world.addSession(session);
  addSystemMessage(world, chat, systemText.newSession(session.id));
  addMessage(world, chat, { authorId: chat.customerId, text: scene.turns.customer });
  openActivity(world, chat, session);
  const waited = random.int(20, 900);
  const ends = random.next();
  if (ends > 0.04) reply(world, chat, session, scene, waited, at);
  at(waited + random.int(120, 3600));
  end(world, chat, session, ends);
  if (random.chance(0.25) && ends > 0.04) {
    session.vote = random.chance(0.85) ? 5 : 1;
    session.votedAt = (session.closedAt ?? world.now()) + 60_000;
  }
}

function reply(
  world: World,
  chat: Chat,
  session: Session,
  scene: Scene,
  waited: number,
  at: (seconds: number) => void,
): void {
  const { operatorId, others, turns } = scene;
  at(waited);
  const first = others.find((userId) => userId !== operatorId);
  session.answeredAt = world.now() - 5000;
  if (first !== undefined && session.id % 10 === 1) {
    session.operatorId = first;
    logTransferToUser(world, session, operatorId, first);
  }
  session.operatorId = operatorId;
  const message = addMessage(world, chat, { authorId: operatorId, text: turns.operator });
  session.firstAnswerAt = message.createdAt;
  session.firstReplyAt = message.createdAt;
}

function end(world: World, chat: Chat, session: Session, ends: number): void {
  const isSpam = ends <= 0.04;
  session.closed = true;
  session.status = isSpam ? SessionStatus.spam : SessionStatus.closed;
  session.spam = isSpam;
  session.closeReason = isSpam ? "spam" : ends < 0.2 ? "auto" : ends < 0.25 ? "client" : "operator";
  session.waitAnswer = false;
  session.modifiedAt = world.now();
  session.closedAt = world.now();
  session.endId = chat.messages.at(-1)?.id ?? session.startId;
  session.autoCloseAt = null;
  completeActivity(world, session);
}
