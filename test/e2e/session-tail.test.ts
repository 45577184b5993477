import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { staffWrites } from "../../simulator/world/conversation.ts";
import { leaveChat } from "../../simulator/world/members.ts";
import { type Chat, SessionStatus } from "../../simulator/world/records.ts";
import { type Office, openOffice } from "../kit/office.ts";

const LAST =
  "messages(last: 5) { pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { id text html sentAt isSystem author { id name } } }";
const QUERY = `{ inbox(first: 100) { nodes { id chat { viewerRole currentSession { id ${LAST} } } } } }`;
const WITH_MORE = `{ inbox(first: 100) { nodes { id chat { viewerRole currentSession { id participants { id } ${LAST} } } } } }`;
const WITH_FILES = `{ inbox(first: 100) { nodes { id chat { viewerRole currentSession { id messages(last: 5) { nodes { id files { id } } } } } } } }`;

describe("the last messages of a long session", () => {
  let office: Office;
  let chat: Chat;
  let operatorId: number;

  beforeAll(async () => {
    office = await openOffice();
    chat = office.chatWith(
      SessionStatus.operatorReplied,
      ({ ownerId, members, recents }) => ownerId !== 0 && members.has(ownerId) && recents.has(ownerId),
    );
    operatorId = chat.ownerId;
    // Other chats of his list would be read in the same requests.
    for (const other of office.portal.world.chats.values()) if (other !== chat) other.recents.delete(operatorId);
    for (let number = 0; number < 30; number++)
      staffWrites(office.portal.world, chat, { authorId: operatorId, text: `Number [b]${number}[/b]` });
  });
  afterAll(() => office.close());

  /** What an operator's query was answered with and the methods that it cost. */
  async function ask(query: string) {
    // A write of anybody: nothing that was downloaded a moment ago answers.
    await office.staff(operatorId).ask(`mutation { chatPin(chatId: "${chat.id}") { userErrors { code } } }`);
    office.portal.resetStats();
    const { data, errors } = await office.staff(operatorId).ask(query);
    expect(errors).toBeUndefined();
    const { chat: own } = data.inbox.nodes.find(({ id }: { id: string }) => id === String(chat.id));
    return { session: own.currentSession, methods: Object.keys(office.portal.stats().byMethod) };
  }

  it("are the same whether the session is downloaded or they alone", async () => {
    const whole = await ask(QUERY);
    expect(whole.methods).toContain("imopenlines.session.history.get");
    const tail = await ask(QUERY);
    expect(tail.methods).not.toContain("imopenlines.session.history.get");
    expect(tail.methods).toContain("im.dialog.messages.get");
    expect(tail.session).toEqual(whole.session);
    expect(tail.session.messages.nodes.map(({ html }: { html: string }) => html)).toContain("Number <b>29</b>");
  });

  it("come with the session where anything else is selected of it, or of them", async () => {
    await ask(QUERY);
    for (const query of [WITH_MORE, WITH_FILES]) {
      const { methods } = await ask(query);
      expect(methods).toContain("imopenlines.session.history.get");
      expect(methods).not.toContain("im.dialog.messages.get");
    }
  });

  it("are never those of an earlier session", async () => {
    await ask(QUERY);
    const session = office.portal.world.openSession(chat.id);
    const last = chat.messages.at(-1);
    if (session === undefined || last === undefined) throw new Error("the chat has no open session");
    // The session of the same number is a short one now: all but its last message are of the time before.
    const { startId } = session;
    const { createdAt } = chat.data;
    session.startId = last.id;
    chat.data.createdAt = last.createdAt;
    try {
      const { session: told, methods } = await ask(QUERY);
      expect(told.messages.nodes.map(({ id }: { id: string }) => id)).toEqual([String(last.id)]);
      expect(methods).toContain("imopenlines.session.history.get");
    } finally {
      session.startId = startId;
      chat.data.createdAt = createdAt;
    }
  });

  it("come with the session for who does not take part in the chat", async () => {
    await ask(QUERY);
    leaveChat(office.portal.world, chat, [operatorId]);
    chat.ownerId = 0;
    chat.recents.add(operatorId);
    const { methods } = await ask(QUERY);
    expect(methods).not.toContain("im.dialog.messages.get");
  });
});
