import type { LineStore } from "../lines/line-config.ts";
import type { Activity } from "./activities.ts";
import { createHappeningBus, type HappeningListener } from "./happenings.ts";
import { activeQueue } from "./line-settings.ts";
import type { Bot, CrmEntity, EventHandler, NetworkLine, QuickAnswer, QuickAnswerSection } from "./office-records.ts";
import type { Chat, ChatFile, Message, Session, User } from "./records.ts";
import { createRights, type Rights } from "./rights.ts";

/** Where the next id of each kind comes from; the seed sets where they begin. */
export interface Sequences {
  user: number;
  chat: number;
  session: number;
  message: number;
  file: number;
  crm: number;
  activity: number;
  handler: number;
  quickAnswer: number;
}

/** Everything the portal remembers. Read it freely; change it only through the functions of this folder, which tell the bus. */
export class WorldState {
  readonly users = new Map<number, User>();
  readonly chats = new Map<number, Chat>();
  readonly chatsByUserCode = new Map<string, Chat>();
  readonly sessions = new Map<number, Session>();
  readonly sessionsByChat = new Map<number, Session[]>();
  readonly messages = new Map<number, Message>();
  readonly files = new Map<number, ChatFile>();
  readonly crm = new Map<string, CrmEntity>();
  readonly activities = new Map<number, Activity>();
  readonly bots: Bot[] = [];
  readonly quickAnswers: QuickAnswer[] = [];
  readonly quickAnswerSections: QuickAnswerSection[] = [];
  readonly networkLines = new Map<string, NetworkLine>();
  readonly eventHandlers: EventHandler[] = [];
  readonly departments = new Map<number, string>();
  readonly next: Sequences;
  readonly lines: LineStore;
  readonly rights: Rights;
  supervisorId = 1;
  /** The dialog that neither simulated customers nor simulated operators touch, and to whom it is offered. */
  quietChat: { chatId: number; operatorId: number } | undefined;

  private readonly bus = createHappeningBus();
  readonly emit = this.bus.emit;
  private clock: () => number = Date.now;

  constructor(lines: LineStore, next: Sequences) {
    this.lines = lines;
    this.next = next;
    this.rights = createRights({
      isSupervisor: (userId) => this.users.get(userId)?.admin ?? false,
      isInQueue: (userId, lineId) => activeQueue(this, lineId).includes(userId),
      isLastModifier: (userId, lineId) => this.lines.get(lineId)?.columns.MODIFY_USER_ID === String(userId),
    });
  }

  /** Unix milliseconds of the portal's clock. */
  now(): number {
    return this.clock();
  }

  /** Replaces the clock: the seed writes the past with it, tests move time forward. */
  setClock(clock: () => number): void {
    this.clock = clock;
  }

  /** Calls the listener on every change, in order. @returns a function that ends it */
  onHappening(listener: HappeningListener): () => void {
    return this.bus.listen(listener);
  }

  /** Whether the simulated people may act in the chat on their own. */
  isLively(chat: Chat): boolean {
    return chat.kind === "lines" && chat.id !== this.quietChat?.chatId;
  }

  addChat(chat: Chat): void {
    this.chats.set(chat.id, chat);
    if (chat.userCode !== "") this.chatsByUserCode.set(chat.userCode, chat);
  }

  addSession(session: Session): void {
    this.sessions.set(session.id, session);
    const ofChat = this.sessionsByChat.get(session.chatId);
    if (ofChat) ofChat.push(session);
    else this.sessionsByChat.set(session.chatId, [session]);
  }

  /** The newest session of the chat that is not closed. */
  openSession(chatId: number): Session | undefined {
    return this.sessionsByChat.get(chatId)?.findLast((session) => !session.closed);
  }

  lastSession(chatId: number): Session | undefined {
    return this.sessionsByChat.get(chatId)?.at(-1);
  }

  crmKey(type: string, id: number): string {
    return `${type.toUpperCase()}|${id}`;
  }

  userName(userId: number): string {
    const user = this.users.get(userId);
    return user ? fullName(user) : "";
  }
}

export function fullName(user: User): string {
  return `${user.firstName} ${user.lastName}`.trim();
}
