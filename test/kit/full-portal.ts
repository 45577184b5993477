import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { completeActivity, openActivity } from "../../simulator/world/activities.ts";
import { joinChat } from "../../simulator/world/members.ts";
import { addFile, addMessage } from "../../simulator/world/messages.ts";
import { newSession } from "../../simulator/world/new-session.ts";
import { type Chat, type CrmLink, type Session, SessionStatus } from "../../simulator/world/records.ts";
import { logTransferToQueue, logTransferToUser } from "../../simulator/world/transfers.ts";
import type { World } from "../../simulator/world/world.ts";

/** One who is in every chat and reports on every line: all lists are for him as long as they may be. */
export const BUSIEST = 1;

/** `new`: with reports, without a CRM, all dialogs open. `old`: without reports, every session in the CRM, no dialog open but those of the first item. */
export type FullPortalKind = "new" | "old";

const LINES = 20;
const OPERATORS = 125;
const FIRST_PERSON = 5_001;
const CHATS = 100;
const OTHERS_IN_A_CHAT = 18;
const CHATS_OF_AN_ITEM = 20;
const SESSIONS_OF_A_CHAT = 102;
const MESSAGES = 100;
const BETWEEN_SESSIONS_MS = 240_000;

/**
 * A portal on which everything is as long as an operation may ask for: as many chats as a page holds, each with 20 people of its own and more
 * than 100 sessions of which more than 600 lie in any half an hour, sessions of 100 messages by all of them, each an answer to one of the session
 * before, items of the CRM with 20 chats, and 20 lines. Between them the two kinds make a gateway look in all places.
 */
export async function startFullPortal(kind: FullPortalKind): Promise<RunningPortal> {
  const portal = await startPortal({ size: 0.3, plan: "on-premise", age: kind === "new" ? 2026 : 2024, now: NOW });
  const { world } = portal;
  const people = hire(world);
  const lineIds = fillLines(world, people.slice(0, OPERATORS));
  const chats = [...world.chats.values()].filter((chat) => chat.kind === "lines").slice(0, CHATS);
  world.sessions.clear();
  world.sessionsByChat.clear();
  world.activities.clear();
  const places = chats.map((chat, index) => {
    moveTo(world, chat, lineIds[index % LINES] ?? 0);
    const item = Math.floor(index / CHATS_OF_AN_ITEM);
    if (kind === "old") bindTo(world, chat, item);
    else chat.crm = { saved: false, type: "NONE", id: 0, links: [] };
    const others = people.slice(index * OTHERS_IN_A_CHAT, (index + 1) * OTHERS_IN_A_CHAT);
    gather(world, chat, others);
    return { chat, others, item };
  });
  for (let left = SESSIONS_OF_A_CHAT - 1; left >= 0; left -= 1) {
    world.setClock(() => NOW - (left + 1) * BETWEEN_SESSIONS_MS);
    for (const place of places) {
      const staysOpen = kind === "new" || place.item === 0;
      play(world, place, left < 2 ? MESSAGES : 1, left > 0 || !staysOpen);
    }
  }
  world.setClock(Date.now);
  return portal;
}

/** The same in both, so that they are alike. */
const NOW = Date.now();

function hire(world: World): number[] {
  const model = world.user(27);
  return Array.from({ length: CHATS * OTHERS_IN_A_CHAT }, (_, index) => {
    const id = FIRST_PERSON + index * 2;
    world.users.set(id, { ...model, id, firstName: "Anna", lastName: `No. ${index}`, admin: false });
    return id;
  });
}

/** Every operator takes turns on every line. */
function fillLines(world: World, operators: readonly number[]): number[] {
  const [model] = world.lines.all();
  if (model === undefined) throw new Error("the seed has no line");
  while (world.lines.all().length < LINES) world.lines.put({ ...model, id: world.lines.nextId() });
  for (const line of world.lines.all()) {
    const ids = [BUSIEST, ...operators];
    world.lines.put({
      ...line,
      queue: ids.map((id) => ({ type: "user", id })),
      operators: ids.map((userId) => ({
        rowId: world.lines.nextQueueRowId(),
        userId,
        departmentId: 0,
        display: { name: null, workPosition: null, avatar: null, avatarId: 0 },
      })),
    });
  }
  return world.lines.all().map(({ id }) => id);
}

function moveTo(world: World, chat: Chat, lineId: number): void {
  world.chatsByUserCode.delete(chat.userCode);
  const [connector, , ...external] = chat.userCode.split("|");
  chat.userCode = [connector, lineId, ...external].join("|");
  chat.data.lineId = lineId;
  world.chatsByUserCode.set(chat.userCode, chat);
  // As chats of years ago are: their record does not tell since when the session is open.
  chat.data.short = true;
  chat.title = `Anna ${chat.title}`;
}

function bindTo(world: World, chat: Chat, item: number): void {
  const id = 7_001 + item;
  const links: CrmLink[] = [
    { type: "DEAL", id },
    { type: "LEAD", id },
  ];
  for (const link of links)
    world.crm.set(world.crmKey(link.type, id), { ...link, title: "Shoes", assignedTo: BUSIEST });
  chat.crm = { saved: true, type: "DEAL", id, links };
}

function gather(world: World, chat: Chat, others: readonly number[]): void {
  joinChat(world, chat, [BUSIEST, chat.customerId, ...others]);
  for (const member of chat.members.values()) {
    member.manager = true;
    member.muted = member.userId !== BUSIEST;
  }
  chat.ownerId = BUSIEST;
}

interface Place {
  readonly chat: Chat;
  readonly others: readonly number[];
  /** Which item of the CRM it belongs to. */
  readonly item: number;
}

function play(world: World, { chat, others }: Place, messages: number, isEnding: boolean): void {
  const session = newSession(world, chat, { mode: "input", operatorId: BUSIEST });
  world.addSession(session);
  session.answeredAt = session.firstAnswerAt = session.firstReplyAt = session.createdAt + 1_000;
  openActivity(world, chat, session);
  talk(world, chat, others, messages);
  for (const from of others) {
    session.operatorId = from;
    logTransferToUser(world, session, BUSIEST, from);
    logTransferToQueue(world, session, session.lineId, { mode: "MANUAL", initiatorId: from });
  }
  session.operatorId = BUSIEST;
  session.status = SessionStatus.customerWaits;
  if (isEnding) end(world, chat, session);
  chat.data.sessionId = isEnding ? 0 : session.id;
}

function talk(world: World, chat: Chat, others: readonly number[], count: number): void {
  for (let index = 0; index < count; index += 1) {
    const authorId = others[index % others.length] ?? BUSIEST;
    // The oldest ones answer what the portal has no more.
    const answered = chat.messages.at(-MESSAGES)?.id ?? 1;
    const file = index % 10 === 0 ? addFile(world, chat, { ...PAPER, authorId }) : undefined;
    addMessage(world, chat, {
      authorId,
      text: `Anna says ${index}`,
      params: { LIKE: [...others], REPLY_ID: answered },
      fileIds: file === undefined ? [] : [file.id],
    });
  }
}

const PAPER = { type: "file", name: "paper.pdf", size: 10, image: false, voiceNote: false } as const;

function end(world: World, chat: Chat, session: Session): void {
  session.closed = true;
  session.status = SessionStatus.closed;
  session.closeReason = "operator";
  session.closedAt = world.now() + BETWEEN_SESSIONS_MS / 2;
  session.endId = chat.messages.at(-1)?.id ?? 0;
  session.vote = 5;
  session.votedAt = session.closedAt;
  session.voteHead = 4;
  session.commentHead = "Well done";
  completeActivity(world, session);
}
