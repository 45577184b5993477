import type { Transfer } from "./transfers.ts";

/** Session statuses of Open Channels as the vendor numbers them. */
export const SessionStatus = {
  new: 0,
  skipped: 5,
  answered: 10,
  customerWaits: 20,
  customerWroteAgain: 25,
  operatorReplied: 40,
  waitingForCustomer: 50,
  closed: 60,
  spam: 65,
  duplicate: 69,
} as const;
export type SessionStatus = (typeof SessionStatus)[keyof typeof SessionStatus];

/** A person or bot of the portal. Customers are `connector` users: created by a channel, never able to log in. */
export interface User {
  id: number;
  kind: "staff" | "customer" | "bot";
  admin: boolean;
  active: boolean;
  online: boolean;
  /** He takes no new dialogs for now, by his own wish. */
  paused: boolean;
  extranet: boolean;
  firstName: string;
  lastName: string;
  workPosition: string;
  gender: "M" | "F" | "";
  color: string;
  /** Absolute URL, path on the portal, or empty. */
  avatar: string;
  avatarId: number | null;
  birthday: string;
  phones: Record<string, string> | false;
  email: string;
  website: string;
  departments: number[];
  externalAuthId: string;
  lastActivityAt: number | null;
  registeredAt: number;
}

export interface ChatFile {
  id: number;
  chatId: number;
  createdAt: number;
  type: "image" | "video" | "audio" | "file";
  name: string;
  size: number;
  image: { height: number; width: number } | false;
  authorId: number;
  voiceNote: boolean;
  /** What was uploaded; seeded files have none, and something of their kind is served. */
  content?: Buffer;
}

export interface Message {
  id: number;
  chatId: number;
  /** 0 = system. */
  authorId: number;
  createdAt: number;
  text: string;
  uuid: string | null;
  /** Message parameters with the database's upper-case keys: FILE_ID, CONNECTOR_MID, ATTACH, LIKE, IS_EDITED … */
  params: Record<string, unknown>;
}

export interface Member {
  userId: number;
  manager: boolean;
  muted: boolean;
  lastReadId: number;
  lastReadAt: number | null;
}

export interface CrmLink {
  type: "LEAD" | "COMPANY" | "CONTACT" | "DEAL";
  id: number;
}

/** The operator-side chat of one customer on one channel; sessions come and go in it. */
export interface Chat {
  id: number;
  kind: "lines" | "group";
  title: string;
  color: string;
  avatar: string;
  /** The responsible operator, 0 when unassigned. */
  ownerId: number;
  /** connector|line|external chat|external user; for group chats empty. */
  userCode: string;
  connectorId: string;
  customerId: number;
  createdAt: number;
  members: Map<number, Member>;
  /** Who sees the chat in the recent list: members, and operators to whom an unanswered session is offered. */
  recents: Set<number>;
  /** Who pinned it in his recent list, and who marked it unread there. */
  pinnedBy: Set<number>;
  markedUnreadBy: Set<number>;
  messages: Message[];
  crm: { saved: boolean; type: "NONE" | CrmLink["type"]; id: number; links: CrmLink[] };
  /** Fields of entity_data_1 that belong to the chat; an old chat stores only the first six. */
  data: { pause: boolean; waitAction: boolean; sessionId: number; createdAt: number; lineId: number; short: boolean };
  silent: "Y" | "N" | "";
  diskFolderId: number;
  lastActivityAt: number;
}

export interface Session {
  id: number;
  chatId: number;
  mode: "input" | "output";
  status: SessionStatus;
  lineId: number;
  operatorId: number;
  customerId: number;
  createdAt: number;
  modifiedAt: number;
  answeredAt: number | null;
  /** First answer to the customer, of a bot or of an operator. */
  firstAnswerAt: number | null;
  /** First answer of an operator. */
  firstReplyAt: number | null;
  closedAt: number | null;
  startId: number;
  /** 0 while the session is open. */
  endId: number;
  closed: boolean;
  /** Why it ended; while it is closing, what began that. */
  closeReason: "operator" | "auto" | "spam" | "client" | "replyLimit" | null;
  spam: boolean;
  pause: boolean;
  waitAnswer: boolean;
  waitAction: boolean;
  waitVote: boolean;
  vote: number;
  votedAt: number | null;
  voteHead: number;
  commentHead: string | null;
  parentId: number;
  /** Until when the welcome bot keeps it, unix milliseconds; null = no bot, or for as long as it likes. */
  botUntil: number | null;
  /** When the portal ends it by itself, unix milliseconds; null = never. */
  autoCloseAt: number | null;
  /** Its messages: all, and those of operators and of the customer without the system's. */
  counts: { all: number; operator: number; customer: number };
  transfers: Transfer[];
  /** 0 while the CRM does not know it. */
  activityId: number;
}
