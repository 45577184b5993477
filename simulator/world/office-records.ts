import type { CrmLink } from "./records.ts";

/** An item of the portal's CRM; only what Open Channels need of it. */
export interface CrmEntity {
  type: CrmLink["type"];
  id: number;
  title: string;
  assignedTo: number;
}

/** A bot registered by an application or, for webhooks, under a CLIENT_ID. */
export interface Bot {
  userId: number;
  clientId: string;
}

export interface QuickAnswer {
  id: number;
  lineId: number;
  /** The message it was made of; 0 when it was written as an answer. */
  messageId: number;
  name: string;
  text: string;
  /** 0 = in none. */
  sectionId: number;
  /** How often it was used. */
  rating: number;
}

export interface QuickAnswerSection {
  id: number;
  lineId: number;
  name: string;
  code: string;
}

/** A line of another portal that can be joined by its 32-character code. */
export interface NetworkLine {
  code: string;
  active: boolean;
  botId: number;
  joined: boolean;
  sentAt: Map<number, number>;
}

/** An event handler stored by event.bind. */
export interface EventHandler {
  id: number;
  clientId: string;
  event: string;
  handler: string;
  authType: number;
  offline: boolean;
  connectorId: string;
}
