import type { PortalSession, ReadOptions } from "../bitrix24/calls.ts";
import type { ChatRecord } from "../domain/chat.ts";
import type { Id } from "../domain/ids.ts";
import { type DialogLookup, dialogGet } from "../imopenlines/dialog.ts";
import type { CredentialMemory } from "./credential-memory.ts";
import { type DatedRead, readDated } from "./dated-read.ts";
import type { KeptViews } from "./kept-views.ts";
import { oneByOne, replace } from "./one-by-one.ts";

/** Chats and what answers told of them. */
export interface ChatLoader {
  /** The full record (`imopenlines.dialog.get`). `fresh`: never from a read that began earlier. */
  load(id: Id, options?: ReadOptions): Promise<ChatRecord>;
  /** The chat of a session, full record. */
  bySession(sessionId: Id): Promise<ChatRecord>;
  /** The chat of a user code, full record. */
  byUserCode(userCode: string): Promise<ChatRecord>;
  /** What the operation's answers so far tell of the chat, newest first. */
  known(id: Id): ChatRecord | undefined;
  /** What an earlier operation read of the chat, where that may still be shown. Never the whole record. */
  kept(id: Id): ChatRecord | undefined;
  prime(chat: ChatRecord): void;
  /** A full record that is on its way beside another call: `load` answers with it. Resolves when it is known. */
  expect(lookup: DialogLookup, read: DatedRead<ChatRecord>): Promise<ChatRecord>;
  forgetAll(): void;
}

export function createChatLoader(
  portal: PortalSession,
  memory: Pick<CredentialMemory, "chatSessions" | "chats">,
  views: KeptViews,
): ChatLoader {
  const known = new Map<Id, ChatRecord>();
  const kept = new Map<Id, ChatRecord | undefined>();
  /** Reads that began before the last write in this operation must not prime what is known now. */
  let generation = 0;

  const full = oneByOne<DialogLookup, ChatRecord>(
    (lookup) => keep(readDated(portal, dialogGet(lookup))),
    JSON.stringify,
  );

  function prime(chat: ChatRecord): void {
    if (chat.session?.sessionId) memory.chatSessions.note(chat.id, chat.session.sessionId);
    if (chat.viewerRole) memory.chats.noteRole(chat.id, chat.viewerRole);
    const before = known.get(chat.id);
    if (before === undefined) known.set(chat.id, chat);
    else {
      const source = before.source === "full" || chat.source === "full" ? "full" : "partial";
      known.set(chat.id, { ...before, ...chat, source });
    }
  }

  async function keep({ answer, askedAt }: DatedRead<ChatRecord>): Promise<ChatRecord> {
    const begun = generation;
    const chat = await answer;
    if (begun !== generation) return chat;
    prime(chat);
    views.keepChat(chat, askedAt);
    return chat;
  }

  function expectRead(lookup: DialogLookup, read: DatedRead<ChatRecord>): Promise<ChatRecord> {
    const kept = keep(read);
    replace(full, lookup, kept);
    return kept;
  }

  return {
    load(id, options) {
      if (options?.fresh === true)
        return expectRead({ chatId: id }, readDated(portal, dialogGet({ chatId: id }), options));
      const record = known.get(id);
      return record?.source === "full" ? Promise.resolve(record) : full.load({ chatId: id });
    },
    bySession: (sessionId) => full.load({ sessionId }),
    byUserCode: (userCode) => full.load({ userCode }),
    known: (id) => known.get(id),
    kept(id) {
      if (!kept.has(id)) kept.set(id, views.chat(id, known.get(id)));
      return kept.get(id);
    },
    prime,
    expect: expectRead,
    forgetAll() {
      generation++;
      known.clear();
      kept.clear();
      full.clearAll();
    },
  };
}
