import { keepActing, languageOf } from "./activity.ts";
import { operatorMessage } from "./corpus/corpus.ts";
import { createRandom, type Random } from "./random.ts";
import { editActivity } from "./world/activities.ts";
import { staffWrites } from "./world/conversation.ts";
import { activeQueue } from "./world/line-settings.ts";
import { answer, transfer } from "./world/operator-actions.ts";
import { type Chat, type Session, SessionStatus } from "./world/records.ts";
import { finishSession } from "./world/sessions.ts";
import type { World } from "./world/world.ts";

interface Dialog {
  chat: Chat;
  session: Session;
}

/** Dialogs that run now, the ones hidden from the customer and those that only wait for his last word left out. */
function runningDialogs(world: World): Dialog[] {
  return [...world.chats.values()].flatMap((chat) => {
    const session = world.isLively(chat) && chat.silent !== "Y" ? world.openSession(chat.id) : undefined;
    return session && !session.waitAction && session.botUntil === null ? [{ chat, session }] : [];
  });
}

function operatorOf(world: World, { session }: Dialog): number {
  return world.users.get(session.operatorId)?.kind === "staff" ? session.operatorId : 0;
}

function reply(world: World, { chat }: Dialog, operatorId: number, random: Random): void {
  const text = operatorMessage(languageOf(world, chat), random.next);
  staffWrites(world, chat, { authorId: operatorId, text });
}

function handOver(world: World, dialog: Dialog, random: Random): void {
  const { chat, session } = dialog;
  const operatorId = operatorOf(world, dialog);
  const colleagues = activeQueue(world, session.lineId).filter((userId) => userId !== operatorId);
  if (colleagues.length > 0) transfer(world, chat, operatorId, { kind: "user", userId: random.pick(colleagues) });
}

/** Work in the CRM that has nothing to do with dialogs: its events are noise for whoever follows sessions. */
function editTask(world: World, random: Random): void {
  const tasks = [...world.activities.values()].filter(({ sessionId }) => sessionId === 0);
  if (tasks.length === 0) return;
  const { id, subject, responsibleId } = random.pick(tasks);
  editActivity(world, id, subject.replace(/( \(\d+\))?$/, ` (${random.int(2, 9)})`), responsibleId);
}

/**
 * One deed of some operator: mostly an answer to a customer who waits, sometimes taking a dialog from the queue (and
 * greeting), handing one over or ending one that was answered, now and then a task of the CRM. Nothing when nobody waits.
 */
export function operatorActs(world: World, random: Random): void {
  const dialogs = runningDialogs(world);
  const { answered, operatorReplied } = SessionStatus;
  const unanswered = dialogs.filter(({ chat, session }) => session.waitAnswer && chat.ownerId === 0);
  const waiting = dialogs.filter(
    (dialog) =>
      dialog.session.status >= answered && dialog.session.status < operatorReplied && operatorOf(world, dialog) > 0,
  );
  const replied = dialogs.filter(
    (dialog) => dialog.session.status === operatorReplied && !dialog.session.pause && operatorOf(world, dialog) > 0,
  );
  if (unanswered.length > 0 && random.chance(0.2)) {
    const dialog = random.pick(unanswered);
    const queue = activeQueue(world, dialog.session.lineId);
    if (queue.length === 0) return;
    const operatorId = random.pick(queue);
    if (answer(world, dialog.chat, operatorId)) reply(world, dialog, operatorId, random);
    return;
  }
  if (replied.length > 0 && random.chance(0.15)) {
    const dialog = random.pick(replied);
    finishSession(world, dialog.chat, dialog.session, "manual");
    return;
  }
  if (waiting.length > 0 && random.chance(0.08)) {
    handOver(world, random.pick(waiting), random);
    return;
  }
  if (random.chance(0.05)) editTask(world, random);
  if (waiting.length === 0) return;
  const dialog = random.pick(waiting);
  reply(world, dialog, operatorOf(world, dialog), random);
}

/** Lets operators act at the given pace, at irregular intervals. @returns a function that ends it */
export function startOperatorActivity(world: World, perMinute: number, seed: number): () => void {
  const random = createRandom(seed + 15_485_863);
  return keepActing(perMinute, random, () => operatorActs(world, random));
}
