import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chat, SessionStatus } from "../../simulator/world/records.ts";
import { type Office, openOffice, type StaffMember } from "../kit/office.ts";

let office: Office;

beforeAll(async () => {
  office = await openOffice();
});

afterAll(async () => {
  await office.close();
});

/** Operators of a chat's line, for whom a chat can be worked on. */
function colleagues(chat: Chat): [StaffMember, StaffMember] {
  const staff = office.portal.users.filter(
    ({ role, lines }) => role === "operator" && lines.includes(chat.data.lineId),
  );
  const [first, second] = staff;
  if (first === undefined || second === undefined) throw new Error(`Line ${chat.data.lineId} has too few operators`);
  return [office.staff(first.id), office.staff(second.id)];
}

const ANSWER = `mutation ($chatId: ID!) {
  chatAnswer(chatId: $chatId) { userErrors { code } chat { id state operator { id } } }
}`;
const SEND = `mutation ($chatId: ID!, $text: String!) {
  chatMessageSend(chatId: $chatId, text: $text) {
    userErrors { code } messageId message { id text isSystem author { id } chat { id } } chat { id messageCount }
  }
}`;
const FINISH = `mutation ($chatId: ID!) { chatFinish(chatId: $chatId) { userErrors { code } chat { state } } }`;

test("an operator answers, writes, hands over, and the colleague finishes twice and is rated", async () => {
  const { world } = office.portal;
  const chat = office.chatWith(
    SessionStatus.new,
    ({ data }) => world.lines.get(data.lineId)?.columns.VOTE_MESSAGE === "Y",
  );
  const [anna, boris] = colleagues(chat);
  const chatId = String(chat.id);

  expect(await anna.act(ANSWER, { chatId })).toEqual({
    userErrors: [],
    chat: { id: chatId, state: "ASSIGNED", operator: { id: String(anna.id) } },
  });

  const before = chat.messages.length;
  const sent = await anna.act(SEND, { chatId, text: "Good morning! How can I help? 👋" });
  expect(sent).toMatchObject({
    userErrors: [],
    message: {
      text: "Good morning! How can I help? 👋",
      isSystem: false,
      author: { id: String(anna.id) },
      chat: { id: chatId },
    },
  });
  expect(sent.messageId).toBe(sent.message.id);
  expect(chat.messages.length).toBe(before + 1);

  const transfer = `mutation ($chatId: ID!, $to: TransferTarget!) {
    chatTransfer(chatId: $chatId, to: $to) { userErrors { code } chat { operator { id } } }
  }`;
  expect(await anna.act(transfer, { chatId, to: { userId: String(boris.id) } })).toEqual({
    userErrors: [],
    chat: { operator: { id: String(boris.id) } },
  });

  const sessionId = String(world.openSession(chat.id)?.id);
  expect(await boris.act(FINISH, { chatId })).toEqual({ userErrors: [], chat: { state: "CLOSING" } });
  expect(await boris.act(FINISH, { chatId })).toEqual({ userErrors: [], chat: { state: "NO_OPEN_SESSION" } });

  const rate = `mutation ($sessionId: ID!, $rating: Int, $comment: String) {
    sessionRate(sessionId: $sessionId, rating: $rating, comment: $comment) {
      userErrors { code } session { id supervisorRating supervisorComment chat { id } }
    }
  }`;
  expect(await office.supervisor.act(rate, { sessionId, rating: 4, comment: "Quick and kind." })).toEqual({
    userErrors: [],
    session: { id: sessionId, supervisorRating: 4, supervisorComment: "Quick and kind.", chat: { id: chatId } },
  });
  // The portal itself would erase the comment here.
  const again = `mutation ($sessionId: ID!) {
    sessionRate(sessionId: $sessionId, rating: 5) { userErrors { code } session { supervisorRating supervisorComment } }
  }`;
  expect(await office.supervisor.act(again, { sessionId })).toEqual({
    userErrors: [],
    session: { supervisorRating: 5, supervisorComment: "Quick and kind." },
  });
  const comment = `mutation ($sessionId: ID!) {
    sessionRate(sessionId: $sessionId, comment: "Better now.") { userErrors { code } session { supervisorRating supervisorComment } }
  }`;
  expect(await office.supervisor.act(comment, { sessionId })).toEqual({
    userErrors: [],
    session: { supervisorRating: 5, supervisorComment: "Better now." },
  });
  const erase = `mutation ($sessionId: ID!) {
    sessionRate(sessionId: $sessionId, rating: 3, comment: null) { userErrors { code } session { supervisorRating supervisorComment } }
  }`;
  expect(await office.supervisor.act(erase, { sessionId })).toEqual({
    userErrors: [],
    session: { supervisorRating: 3, supervisorComment: null },
  });
});

test("a write and the re-read of its chat are one request; with the id alone nothing is re-read", async () => {
  const chat = office.chatWith(SessionStatus.new);
  const [anna] = colleagues(chat);
  const join = (fields: string) =>
    anna.ask(`mutation ($chatId: ID!) { chatJoin(chatId: $chatId) { userErrors { code } chat { ${fields} } } }`, {
      chatId: chat.id,
    });
  const whole = await join("id title state userCode isPinned");
  expect(whole.errors).toBeUndefined();
  expect(whole.data.chatJoin.chat.title).toBe(chat.title);
  expect(whole.extensions.upstream).toMatchObject({ requests: 1, commands: 2 });
  expect((await join("id")).extensions.upstream).toMatchObject({ requests: 1, commands: 1 });
});

test("pinning, silence, muting and reading show in the chat that is read again", async () => {
  const chat = office.chatWith(SessionStatus.answered, ({ ownerId }) =>
    office.portal.users.some(({ id }) => id === ownerId),
  );
  const owner = office.staff(chat.ownerId);
  const act = (mutation: string, fields: string) =>
    owner.act(`mutation { ${mutation} { userErrors { code } chat { ${fields} } } }`);
  expect(await act(`chatPin(chatId: ${chat.id})`, "isPinned")).toEqual({ userErrors: [], chat: { isPinned: true } });
  expect(await act(`chatUnpin(chatId: ${chat.id})`, "isPinned")).toEqual({ userErrors: [], chat: { isPinned: false } });
  expect(await act(`chatSetSilentMode(chatId: ${chat.id}, enabled: true)`, "isSilent")).toMatchObject({
    chat: { isSilent: true },
  });
  expect(await act(`chatSetSilentMode(chatId: ${chat.id}, enabled: false)`, "isSilent")).toMatchObject({
    chat: { isSilent: false },
  });
  expect(await act(`chatMute(chatId: ${chat.id}, muted: true)`, "viewerIsMuted")).toMatchObject({
    userErrors: [],
    chat: { viewerIsMuted: true },
  });
  expect(await act(`chatMute(chatId: "chat${chat.id}", muted: false)`, "viewerIsMuted")).toMatchObject({
    chat: { viewerIsMuted: false },
  });
  office.portal.world.customerWrites(chat.id, "Hello?");
  expect(await act(`chatMarkAsRead(chatId: ${chat.id})`, "viewerUnreadCount")).toEqual({
    userErrors: [],
    chat: { viewerUnreadCount: 0 },
  });
  expect(await act(`chatTyping(chatId: ${chat.id})`, "id")).toMatchObject({ userErrors: [] });
});

test("pinning all answers the sessions that changed, and unpinning all the same ones", async () => {
  const chat = office.chatWith(SessionStatus.operatorReplied, ({ ownerId }) =>
    office.portal.users.some(({ id, role }) => role === "operator" && id === ownerId),
  );
  const owner = office.staff(chat.ownerId);
  const pinned = await owner.act("mutation { chatPinAll { userErrors { code } sessions { id } } }");
  expect(pinned.sessions).toContainEqual({ id: String(office.portal.world.openSession(chat.id)?.id) });
  expect(await owner.act("mutation { chatPinAll { sessions { id } } }")).toEqual({ sessions: [] });
  const unpinned = await owner.act(
    "mutation { chatUnpinAll { userErrors { code } sessions { id chat { isPinned } } } }",
  );
  expect(unpinned.sessions.map(({ id }: { id: string }) => id)).toEqual(
    pinned.sessions.map(({ id }: { id: string }) => id),
  );
});

test("messages are changed, deleted and kept as canned responses by their author", async () => {
  const chat = office.chatWith(SessionStatus.new);
  const [anna] = colleagues(chat);
  await anna.act(ANSWER, { chatId: chat.id });
  const { messageId } = await anna.act(SEND, { chatId: chat.id, text: "We are open from 9 to 5." });
  expect(
    await anna.act(
      `mutation { quickReplySave(chatId: ${chat.id}, messageId: "${messageId}") { userErrors { code } } }`,
    ),
  ).toEqual({ userErrors: [] });
  expect(office.portal.world.quickAnswers.map(({ text }) => text)).toContain("We are open from 9 to 5.");
  const edit = `mutation { messageEdit(messageId: "${messageId}", text: "From 9 to 6.") { userErrors { code } messageId } }`;
  expect(await anna.act(edit)).toEqual({ userErrors: [], messageId });
  expect(office.portal.world.message(Number(messageId)).text).toBe("From 9 to 6.");
  const remove = `mutation { messageDelete(messageId: "${messageId}") { userErrors { code } deletedMessageId } }`;
  expect(await anna.act(remove)).toEqual({ userErrors: [], deletedMessageId: messageId });
});

test("a colleague's chat is not taken by accident, but on purpose", async () => {
  const chat = office.chatWith(SessionStatus.new);
  const [anna, boris] = colleagues(chat);
  await anna.act(ANSWER, { chatId: chat.id });
  office.portal.resetStats();
  expect(
    await boris.act(
      `mutation { chatAnswer(chatId: ${chat.id}) { userErrors { code field bitrixCode } chat { operator { id } } } }`,
    ),
  ).toEqual({
    userErrors: [{ code: "ALREADY_ASSIGNED", field: ["chatId"], bitrixCode: null }],
    chat: { operator: { id: String(anna.id) } },
  });
  expect(office.portal.stats().writes).toEqual([]);
  expect(
    await boris.act(
      `mutation { chatAnswer(chatId: ${chat.id}, ifUnassigned: false) { userErrors { code } chat { operator { id } } } }`,
    ),
  ).toEqual({ userErrors: [], chat: { operator: { id: String(boris.id) } } });
  expect(
    await anna.act(`mutation { chatIntercept(chatId: ${chat.id}) { userErrors { code } chat { operator { id } } } }`),
  ).toEqual({ userErrors: [], chat: { operator: { id: String(anna.id) } } });
});

test("spam, a new session, and a session that begins with a message", async () => {
  const chat = office.chatWith(SessionStatus.new);
  const [anna] = colleagues(chat);
  await anna.act(ANSWER, { chatId: chat.id });
  const state = (mutation: string) =>
    anna.act(`mutation { ${mutation} { userErrors { code } chat { state currentSession { id } } } }`);
  expect(await state(`chatMarkAsSpam(chatId: ${chat.id})`)).toEqual({
    userErrors: [],
    chat: { state: "NO_OPEN_SESSION", currentSession: null },
  });
  const started = await state(`sessionStart(chatId: ${chat.id})`);
  expect(started).toMatchObject({ userErrors: [], chat: { state: "ASSIGNED" } });
  const message = office.portal.world.customerWrites(chat.id, "And one more thing");
  const restarted = await state(`sessionStartFromMessage(chatId: ${chat.id}, messageId: "${message.id}")`);
  expect(restarted).toMatchObject({ userErrors: [], chat: { state: "ASSIGNED" } });
  expect(restarted.chat.currentSession.id).not.toBe(started.chat.currentSession.id);
});

test("the supervisor ends a colleague's session in his place", async () => {
  const chat = office.chatWith(SessionStatus.operatorReplied);
  expect(
    await office.supervisor.act(
      `mutation { chatFinishOnBehalf(chatId: ${chat.id}) { userErrors { code } chat { state } } }`,
    ),
  ).toMatchObject({ userErrors: [], chat: { state: expect.stringMatching(/CLOSING|NO_OPEN_SESSION/) } });
});

test("a message whose answer got lost is sent once, and the operator is told that nobody knows", async () => {
  const chat = office.chatWith(SessionStatus.new);
  const [anna] = colleagues(chat);
  await anna.act(ANSWER, { chatId: chat.id });
  const before = chat.messages.length;
  office.portal.setFaults([{ method: "im.message.add", kind: "resetAfter" }]);
  const { data, errors } = await anna.ask(SEND, { chatId: chat.id, text: "Are you still there?" });
  office.portal.setFaults([]);
  expect(data).toEqual({ chatMessageSend: null });
  expect(errors).toMatchObject([{ path: ["chatMessageSend"], extensions: { code: "OUTCOME_UNKNOWN" } }]);
  expect(chat.messages.length).toBe(before + 1);
});
