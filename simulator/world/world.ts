import { customerDeletes, customerEdits, customerWrites } from "./conversation.ts";
import type { Chat, Message, Session, User } from "./records.ts";
import { WorldState } from "./state.ts";

/** The portal's world with the deeds of customers and clocks, for tests and the running activity. */
export class World extends WorldState {
  /** The chat, or an error that names the id. */
  chat(chatId: number): Chat {
    const chat = this.chats.get(chatId);
    if (!chat) throw new Error(`No chat ${chatId} in the simulated portal`);
    return chat;
  }

  session(sessionId: number): Session {
    const session = this.sessions.get(sessionId);
    if (!session) throw new Error(`No session ${sessionId} in the simulated portal`);
    return session;
  }

  user(userId: number): User {
    const user = this.users.get(userId);
    if (!user) throw new Error(`No user ${userId} in the simulated portal`);
    return user;
  }

  /** The customer of the chat writes; a closed dialog gets a new session. */
  customerWrites(chatId: number, text: string, fileIds: readonly number[] = []): Message {
    return customerWrites(this, this.chat(chatId), text, fileIds);
  }

  customerEdits(messageId: number, text: string): void {
    customerEdits(this, this.message(messageId), text);
  }

  customerDeletes(messageId: number): void {
    customerDeletes(this, this.message(messageId));
  }

  message(messageId: number): Message {
    const message = this.messages.get(messageId);
    if (!message) throw new Error(`No message ${messageId} in the simulated portal`);
    return message;
  }

  /** Everything that the seed decides, as plain data: two worlds of one seed and one end time are equal here. */
  dump(): unknown {
    const plain = (value: unknown): unknown => {
      if (value instanceof Map) return [...value].map(([key, item]) => [key, plain(item)]);
      if (value instanceof Set) return [...value];
      return value;
    };
    const rows = (items: Iterable<object>): unknown[] =>
      [...items].map((item) => Object.fromEntries(Object.entries(item).map(([key, value]) => [key, plain(value)])));
    return {
      users: rows(this.users.values()),
      chats: rows(this.chats.values()),
      sessions: rows(this.sessions.values()),
      files: rows(this.files.values()),
      crm: rows(this.crm.values()),
      activities: rows(this.activities.values()),
      lines: this.lines.all(),
    };
  }
}
