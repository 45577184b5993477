import { customerName, LANGUAGES, type Language, LINE_NAMES } from "../corpus/corpus.ts";
import type { Random } from "../random.ts";
import type { Chat, User } from "../world/records.ts";
import { fullName } from "../world/state.ts";
import type { World } from "../world/world.ts";
import { newUser } from "./staff.ts";

const connectors = ["livechat", "telegrambot", "whatsappbytwilio", "network", "facebook", "myconnector"] as const;
const guestColors = ["Green", "Mint", "Azure", "Lilac", "Amber", "Coral"];
const firstCustomerId = 501;
const firstChatId = 1331;
/** Every tenth id lies beyond 32 bits, as on portals that have been running for long. */
const farCustomerId = 2_500_000_001;
const farChatId = 3_000_000_001;

export interface SeedChat {
  chat: Chat;
  language: Language;
}

function idAt(index: number, first: number, far: number): number {
  return index % 10 === 9 ? far + index * 2 : first + index * 2;
}

function languageFor(index: number, random: Random, lineIndex: number): Language {
  const main = LINE_NAMES[lineIndex]?.language ?? "en";
  return random.chance(0.6) ? main : (LANGUAGES[index % LANGUAGES.length] ?? "en");
}

function seedCustomer(world: World, index: number, language: Language, random: Random, now: number): User {
  const isGuest = index % 12 === 5;
  const name = isGuest ? { firstName: "Guest", lastName: "" } : customerName(language, random.next);
  const id = idAt(index, firstCustomerId, farCustomerId);
  const user: User = {
    ...newUser(id, name, random, now),
    kind: "customer",
    online: false,
    avatar: index % 4 === 0 ? `/upload/resize_cache/main/${id}/avatar.png` : "",
    avatarId: index % 4 === 0 ? 20_000 + index : null,
    phones: index % 5 === 0 ? { personal_mobile: `+4917${10_000_000 + index * 37}` } : false,
    email: index % 3 === 0 ? `customer${index}@mail.example` : "",
    externalAuthId: "imconnector",
    lastActivityAt: now - random.int(1, 48) * 3_600_000,
  };
  world.users.set(id, user);
  return user;
}

function externalIds(
  connector: (typeof connectors)[number],
  index: number,
  chatId: number,
  userId: number,
): [string, string] {
  switch (connector) {
    case "livechat":
      return [String(chatId - 2), String(userId)];
    case "telegrambot":
      return [String(5_100_000_000 + index * 7919), String(5_100_000_000 + index * 7919)];
    case "whatsappbytwilio":
      return [`whatsapp:+49151${20_000_000 + index * 13}`, `whatsapp:+49151${20_000_000 + index * 13}`];
    case "network":
      return [(index * 2_654_435_761).toString(16).padStart(32, "ab12cd34").slice(0, 32), String(userId)];
    case "facebook":
      return [String(2_400_000_000_000_000 + index), String(2_400_000_000_000_000 + index)];
    case "myconnector":
      return index % 18 === 5 ? [`room|${index}`, `ext|user-${index}`] : [`channel-${index}`, `ext-user-${index}`];
  }
}

/** Customers and their chats; after the first customers have one each, some come back on another line or channel. */
export function seedChats(
  world: World,
  lines: readonly number[],
  counts: { customers: number; chats: number },
  random: Random,
  now: number,
): SeedChat[] {
  const customers: { user: User; language: Language }[] = [];
  const seeded: SeedChat[] = [];
  for (let index = 0; index < counts.chats; index++) {
    const lineIndex = index % lines.length;
    const lineId = lines[lineIndex] ?? 1;
    let owner = customers[index % counts.customers];
    if (!owner) {
      const language = languageFor(index, random, lineIndex);
      owner = { user: seedCustomer(world, index, language, random, now), language };
      customers.push(owner);
    }
    const { user, language } = owner;
    const connector = connectors[Math.floor(index / lines.length + index) % connectors.length] ?? "livechat";
    const id = idAt(index, firstChatId, farChatId);
    const [externalChat, externalUser] = externalIds(connector, index, id, user.id);
    const shownName = user.lastName === "" ? `${guestColors[index % 6]} Guest #${index}` : fullName(user);
    const chat: Chat = {
      id,
      kind: "lines",
      title: `${shownName} - ${LINE_NAMES[lineIndex]?.name ?? ""}`,
      color: user.color,
      avatar: user.avatar,
      ownerId: 0,
      userCode: `${connector}|${lineId}|${externalChat}|${externalUser}`,
      connectorId: connector,
      customerId: user.id,
      createdAt: now,
      members: new Map(),
      recents: new Set(),
      pinnedBy: new Set(),
      markedUnreadBy: new Set(),
      messages: [],
      crm: { saved: false, type: "NONE", id: 0, links: [] },
      data: { pause: false, waitAction: false, sessionId: 0, createdAt: now, lineId, short: index % 40 === 17 },
      silent: "",
      diskFolderId: 0,
      lastActivityAt: now,
    };
    world.addChat(chat);
    seeded.push({ chat, language });
  }
  world.next.chat = farChatId + counts.chats * 2;
  world.next.user = farCustomerId + counts.customers * 2;
  return seeded;
}

/** Two chats that belong to no line: colleagues among themselves. */
export function seedGroupChats(world: World, operators: readonly number[], now: number): Chat[] {
  return ["Night shift", "Release 26.5"].map((title, index) => {
    const chat: Chat = {
      id: 901 + index * 2,
      kind: "group",
      title,
      color: "#4ba984",
      avatar: "",
      ownerId: operators[index] ?? 0,
      userCode: "",
      connectorId: "",
      customerId: 0,
      createdAt: now,
      members: new Map(),
      recents: new Set(),
      pinnedBy: new Set(),
      markedUnreadBy: new Set(),
      messages: [],
      crm: { saved: false, type: "NONE", id: 0, links: [] },
      data: { pause: false, waitAction: false, sessionId: 0, createdAt: now, lineId: 0, short: false },
      silent: "",
      diskFolderId: 0,
      lastActivityAt: now,
    };
    world.addChat(chat);
    return chat;
  });
}
