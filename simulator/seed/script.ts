import { conversationFor, type FileKind, fileOf, historyFor, type Turn } from "../corpus/corpus.ts";
import type { Random } from "../random.ts";
import { customerWrites, sendWelcome, staffWrites } from "../world/conversation.ts";
import { bindNewCrmEntity } from "../world/crm.ts";
import { addFile, addMessage } from "../world/messages.ts";
import { answer, markSpam, pin, requeue, setSilent } from "../world/operator-actions.ts";
import { type Chat, type CrmLink, SessionStatus } from "../world/records.ts";
import { closeSession, finishSession, loadSession, startSession } from "../world/sessions.ts";
import type { World } from "../world/world.ts";
import { endingsOf } from "./endings.ts";
import type { DialogPlan } from "./plan.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** One deed of the past; all deeds of all chats are played in the order of their times. */
export interface Deed {
  at: number;
  play(): void;
}

const crmTypes: readonly CrmLink["type"][] = ["LEAD", "DEAL", "CONTACT", "COMPANY"];
const fileKinds: readonly FileKind[] = ["image", "image", "pdf", "voice", "spreadsheet", "video"];

function fileType(kind: FileKind): "image" | "video" | "audio" | "file" {
  if (kind === "image" || kind === "video") return kind;
  return kind === "voice" ? "audio" : "file";
}

function attachFile(world: World, chat: Chat, authorId: number, random: Random): number {
  const kind = random.pick(fileKinds);
  const { name, size } = fileOf(kind, random.next);
  const image = kind === "image" ? { height: random.int(300, 2400), width: random.int(300, 3200) } : false;
  return addFile(world, chat, { type: fileType(kind), name, size, image, authorId, voiceNote: kind === "voice" }).id;
}

/** Writes the deeds of one chat, from its first session to the state its plan asks for. */
export function deedsOf(world: World, plan: DialogPlan, now: number, random: Random): Deed[] {
  const deeds: Deed[] = [];
  const endings = endingsOf(world, plan, plan.chat.id);
  const { chat, language, operatorId, outcome, ordinal } = plan;
  const isOpen = !["closed", "spam"].includes(outcome);
  const lastActivity = now - (isOpen ? random.int(1, 600) * minute : random.int(1, 20) * day);
  const turns =
    plan.length === undefined ? conversationFor(language, random.next) : historyFor(language, plan.length, random.next);

  const take = (at: number): Deed[] => [{ at: at - 1000, play: () => void answer(world, chat, operatorId) }];
  const spoken = (from: number, list: readonly Turn[], gap: number, taking = take): number => {
    let at = from;
    let answered = false;
    for (const turn of list) {
      at += random.int(Math.ceil(gap / 2), gap);
      if (turn.from === "operator" && !answered) {
        answered = true;
        deeds.push(...taking(at));
      }
      const withFile = random.chance(0.07);
      deeds.push({ at, play: () => say(turn, withFile) });
    }
    return at;
  };

  const say = (turn: Turn, withFile: boolean): void => {
    const authorId = turn.from === "customer" ? chat.customerId : operatorId;
    const fileIds = withFile ? [attachFile(world, chat, authorId, random)] : [];
    if (turn.from === "customer") customerWrites(world, chat, turn.text, fileIds);
    else staffWrites(world, chat, { authorId, text: turn.text, fileIds });
  };

  const gap = plan.length === undefined ? 6 * minute : Math.floor((25 * day) / plan.length);
  const firstReply = turns.findIndex((turn) => turn.from === "operator");
  const opening = turns.slice(0, firstReply < 0 ? 1 : firstReply);
  const closingTurn: Turn = turns.findLast((turn) => turn.from === "customer") ?? { from: "customer", text: "?" };
  const untilReply = turns.slice(0, turns.findLastIndex((turn) => turn.from === "operator") + 1);
  const main = ((): readonly Turn[] => {
    switch (outcome) {
      case "unanswered":
      case "skipped":
      case "answered":
      case "customerWaits":
      case "spam":
      case "duplicate":
        return opening;
      case "wroteAgain":
        return [...untilReply, closingTurn];
      case "replied":
      case "closing":
        return untilReply;
      case "closed":
        return turns;
    }
  })();
  const start = lastActivity - (main.length + 3) * gap;
  const daysBetween = 3 + (Math.floor(chat.id / 2) % 10);
  for (let past = plan.earlier; past > 0; past--) {
    const from = start - past * daysBetween * day - random.int(1, 20) * hour;
    const last = spoken(from, conversationFor(language, random.next), 8 * minute, endings.taking);
    deeds.push(...endings.ending(last + 20 * minute));
  }
  const end = spoken(start, main, gap);
  if (random.chance(0.1)) deeds.push({ at: start + gap, play: () => sendWelcome(world, chat) });
  if (ordinal % 5 >= 2 && outcome !== "unanswered" && outcome !== "spam") {
    const type = crmTypes[ordinal % crmTypes.length] ?? "LEAD";
    deeds.push({ at: start + gap + 1000, play: () => void bindNewCrmEntity(world, chat, type, operatorId) });
  }
  deeds.push(...endingOf(world, plan, end, closingTurn, random));
  if (outcome === "replied" && ordinal % 4 === 1)
    deeds.push({ at: end + 2000, play: () => void pin(world, chat, operatorId, true) });
  if (outcome === "replied" && ordinal % 9 === 2) {
    deeds.push({ at: end + 3000, play: () => setSilent(world, chat, operatorId, true) });
    deeds.push({
      at: end + 4000,
      play: () =>
        void addMessage(world, chat, { authorId: operatorId, text: "Note to colleagues: call back on Monday" }),
    });
  }
  if (outcome === "closed") deeds.push(...endings.ending(end + 15 * minute));
  return deeds;
}

/** What brings the last session into the status its plan asks for. */
function endingOf(world: World, plan: DialogPlan, end: number, closingTurn: Turn, random: Random): Deed[] {
  const { chat, operatorId, outcome } = plan;
  const take = (at: number): Deed => ({ at, play: () => void answer(world, chat, operatorId) });
  switch (outcome) {
    case "skipped":
      return [
        take(end + minute),
        {
          at: end + 2 * minute,
          play: () => {
            const session = world.openSession(chat.id);
            if (session) requeue(world, chat, session, { mode: "MANUAL", initiatorId: operatorId }, operatorId);
          },
        },
      ];
    case "answered":
      return [take(end + minute)];
    case "customerWaits":
      return [
        take(end + minute),
        { at: end + 3 * minute, play: () => void customerWrites(world, chat, closingTurn.text) },
      ];
    case "closing":
      return [
        {
          at: end + 5 * minute,
          play: () => {
            const session = world.openSession(chat.id);
            if (!session) return;
            finishSession(world, chat, session, "manual");
            // Lines that ask for nothing close at once; the plan wants a dialog that is still closing.
            if (session.closed) world.customerWrites(chat.id, closingTurn.text);
          },
        },
      ];
    case "spam":
      return [{ at: end + minute, play: () => markSpam(world, chat, operatorId) }];
    case "duplicate":
      return [
        { at: end + minute, play: () => void startSession(world, chat, { mode: "input", operatorId: 0 }) },
        { at: end + 2 * minute, play: () => void loadSession(world, chat, false) },
        take(end + 3 * minute),
        {
          at: end + 4 * minute,
          play: () => {
            const session = world.openSession(chat.id);
            if (session && random.chance(0.3)) closeSession(world, chat, session, SessionStatus.closed);
          },
        },
      ];
    case "unanswered":
    case "wroteAgain":
    case "replied":
    case "closed":
      return [];
  }
}
