import { createLineStore } from "../lines/line-config.ts";
import { createRandom } from "../random.ts";
import { joinChat, markRead } from "../world/members.ts";
import { addMessage } from "../world/messages.ts";
import { World } from "../world/world.ts";
import { seedBulkSessions } from "./bulk-sessions.ts";
import { seedChats, seedGroupChats } from "./chats.ts";
import { seedLines } from "./lines.ts";
import { seedMarks } from "./marks.ts";
import { seedOtherActivities } from "./other-activities.ts";
import { planDialogs } from "./plan.ts";
import { seedQuickAnswers } from "./quick-answers.ts";
import { chooseQuietChat } from "./quiet-chat.ts";
import { type Deed, deedsOf } from "./script.ts";
import { seedStaff, supervisorId } from "./staff.ts";

export interface SeedOptions {
  seed: number;
  /** 1 = 300 customers, 400 chats, one history of 5,000 messages. */
  size: number;
  /** When the seeded past ends, unix milliseconds. */
  now: number;
  /** Closed sessions of the years before; default 0. */
  pastSessions?: number;
}

const fullSize = { customers: 300, chats: 400, longest: 5000 };
/** A little below 2^31, so that most message ids need more than 32 bits. */
const firstMessageId = 2_147_483_001;
const month = 30 * 24 * 60 * 60 * 1000;

/** The codes under which other portals' lines can be joined: one active, one switched off. */
export const networkCodes = {
  active: "ab515f5d85a8b844d484f6ea75a2e494",
  inactive: "0123456789abcdef0123456789abcdef",
} as const;

/**
 * Builds a world from a number: people, lines, chats, and months of conversations played through the same functions
 * that serve the REST methods, in the order of their times. Same options, same world.
 */
export function seedWorld({ seed, size, now, pastSessions = 0 }: SeedOptions): World {
  const random = createRandom(seed);
  const world = new World(createLineStore(22), {
    user: 10_001,
    chat: 10_001,
    session: 321,
    message: firstMessageId,
    file: 5437,
    crm: 1195,
    activity: 9121,
    handler: 185,
    quickAnswer: 1,
  });
  world.setClock(() => now);
  const operators = seedStaff(world, random, now);
  const lines = seedLines(world, operators);
  world.networkLines.set(networkCodes.active, {
    code: networkCodes.active,
    active: true,
    botId: 603,
    joined: false,
    sentAt: new Map(),
  });
  world.networkLines.set(networkCodes.inactive, {
    code: networkCodes.inactive,
    active: false,
    botId: 605,
    joined: false,
    sentAt: new Map(),
  });

  seedQuickAnswers(world, lines);
  const scaled = (count: number): number => Math.max(1, Math.round(count * size));
  const counts = { customers: scaled(fullSize.customers), chats: scaled(fullSize.chats) };
  const chats = seedChats(world, lines, counts, random, now);
  if (pastSessions > 0) seedBulkSessions(world, chats, pastSessions, seed, now);
  const plans = planDialogs(world, chats, scaled(fullSize.longest), random);
  const deeds: Deed[] = plans.flatMap((plan) => deedsOf(world, plan, now, random));
  deeds.push(...groupDeeds(world, operators, now));
  deeds.sort((a, b) => a.at - b.at);
  for (const deed of deeds) {
    world.setClock(() => deed.at);
    deed.play();
  }
  settle(world, now);
  seedOtherActivities(world, seed, now);
  chooseQuietChat(world, operators);
  seedMarks(world);
  world.setClock(Date.now);
  return world;
}

function groupDeeds(world: World, operators: readonly number[], now: number): Deed[] {
  return seedGroupChats(world, operators, now - month).flatMap((chat, index) => {
    const members = [supervisorId, ...operators.slice(index, index + 6)];
    joinChat(world, chat, members);
    return members.map((authorId, position) => ({
      at: now - (index + 1) * 3_600_000 + position * 60_000,
      play: () => void addMessage(world, chat, { authorId, text: `Shift note ${position + 1}: all quiet on my lines` }),
    }));
  });
}

/** Dates that follow from the conversations, read marks of operators, and no dialog that ends by itself at once. */
function settle(world: World, now: number): void {
  world.setClock(() => now);
  for (const chat of world.chats.values()) {
    const first = chat.messages[0];
    chat.createdAt = first?.createdAt ?? now - month;
    const ownReply = chat.messages.findLast((message) => message.authorId === chat.ownerId);
    if (chat.ownerId > 0 && ownReply) markRead(world, chat, chat.ownerId, ownReply.id);
  }
  for (const session of world.sessions.values()) {
    if (session.closed) continue;
    session.autoCloseAt = now + month;
    session.botUntil = null;
  }
}
