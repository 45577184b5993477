import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { networkCodes } from "../../simulator/seed/seed.ts";
import { botClientId } from "../../simulator/seed/staff.ts";
import { joinChat } from "../../simulator/world/members.ts";
import { type Chat, SessionStatus } from "../../simulator/world/records.ts";
import { UserErrorCode } from "../../src/schema/mutation-payload.ts";
import { type Office, openOffice, type StaffMember } from "./office.ts";

let office: Office;
const seen = new Set<string>();

beforeAll(async () => {
  office = await openOffice();
});

afterEach(() => {
  office.portal.setFaults([]);
  office.portal.world.rights.restore();
});

afterAll(async () => {
  await office.close();
});

interface Told {
  readonly code: string;
  readonly message: string;
  readonly field: string[] | null;
  readonly bitrixCode: string | null;
  readonly portalMessage: string | null;
}

/** The one user error of a mutation without selections of its own. */
async function refusal(staff: StaffMember, mutation: string): Promise<Told> {
  const payload = await staff.act(
    `mutation { ${mutation} { userErrors { code message field bitrixCode portalMessage } } }`,
  );
  expect(payload.userErrors).toHaveLength(1);
  const [error] = payload.userErrors;
  seen.add(error.code);
  expect(error.message).toMatch(/^[A-Z].*\.$/);
  return error;
}

function operatorOf(lineId: number): StaffMember {
  const user = office.portal.users.find(({ role, lines }) => role === "operator" && lines.includes(lineId));
  if (user === undefined) throw new Error(`Line ${lineId} has no operators`);
  return office.staff(user.id);
}

function strangerTo(chat: Chat): StaffMember {
  const user = office.portal.users.find(
    ({ role, lines, id }) =>
      role === "operator" && !lines.includes(chat.data.lineId) && !chat.members.has(id) && !chat.recents.has(id),
  );
  if (user === undefined) throw new Error("Everybody is in the chat");
  return office.staff(user.id);
}

const isStaffed = ({ ownerId }: Chat) =>
  office.portal.users.some(({ id, role }) => role === "operator" && id === ownerId);
const RUNNING = [SessionStatus.answered, SessionStatus.customerWaits, SessionStatus.customerWroteAgain];
/** A chat that one of the operators works on. */
const answered = () => office.chatWith(RUNNING, isStaffed);
const ABSENT = 99_999_999;

describe("about the chat", () => {
  test("no such chat, on whatever method", async () => {
    for (const mutation of ["chatFinish", "chatJoin", "chatSkip", "crmLeadCreate", "chatMarkAsSpam", "sessionStart"])
      expect(await refusal(office.supervisor, `${mutation}(chatId: ${ABSENT})`)).toMatchObject({
        code: "CHAT_NOT_FOUND",
        field: ["chatId"],
        bitrixCode: "CHAT_ID",
      });
    const payload = await office.supervisor.act(
      `mutation { chatFinish(chatId: ${ABSENT}) { userErrors { code } chat { id title } } }`,
    );
    expect(payload).toEqual({ userErrors: [{ code: "CHAT_NOT_FOUND" }], chat: null });
  });

  test("a chat of no open line", async () => {
    const group = [...office.portal.world.chats.values()].find(({ kind }) => kind === "group");
    expect(await refusal(office.supervisor, `chatJoin(chatId: ${group?.id})`)).toMatchObject({
      code: "NOT_OPEN_LINE_CHAT",
      bitrixCode: "CHAT_TYPE",
    });
  });

  test("no right to the chat; the portal's own words come along", async () => {
    const chat = answered();
    const error = await refusal(strangerTo(chat), `chatJoin(chatId: ${chat.id})`);
    expect(error).toMatchObject({ code: "ACCESS_DENIED", bitrixCode: "ACCESS_DENIED" });
    expect(error.portalMessage).toMatch(/permission/);
  });

  test("a chat that cannot be read is not taken", async () => {
    expect(await refusal(office.supervisor, `chatAnswer(chatId: ${ABSENT})`)).toMatchObject({
      code: "ACCESS_DENIED",
      bitrixCode: "ACCESS_ERROR",
    });
  });

  test("no open session", async () => {
    const chat = office.chatWith(undefined);
    expect(await refusal(office.supervisor, `chatFinish(chatId: ${chat.id})`)).toMatchObject({
      code: "NO_OPEN_SESSION",
      bitrixCode: "NOT_LOAD_SESSION_OR_CHAT",
    });
  });

  test("the acting user is no longer active", async () => {
    office.portal.setFaults([{ method: "imopenlines.session.join", kind: "error", error: "USER_ID" }]);
    const chat = answered();
    expect(await refusal(office.supervisor, `chatJoin(chatId: ${chat.id})`)).toMatchObject({
      code: "ACTING_USER_UNKNOWN",
    });
  });
});

describe("about who is responsible", () => {
  test("taking a chat that is already one's own is a refusal without a code", async () => {
    const chat = answered();
    expect(await refusal(office.staff(chat.ownerId), `chatAnswer(chatId: ${chat.id})`)).toMatchObject({
      code: "CANNOT_ANSWER",
      bitrixCode: "",
      portalMessage: null,
    });
  });

  test("a colleague is there", async () => {
    expect(await refusal(office.supervisor, `chatAnswer(chatId: ${answered().id})`)).toMatchObject({
      code: "ALREADY_ASSIGNED",
      bitrixCode: null,
    });
  });

  test("finishing and pinning are for the operator", async () => {
    const chat = answered();
    expect(await refusal(office.supervisor, `chatFinish(chatId: ${chat.id})`)).toMatchObject({ code: "NOT_OPERATOR" });
    expect(await refusal(office.supervisor, `chatPin(chatId: ${chat.id})`)).toMatchObject({
      code: "NOT_OPERATOR",
      bitrixCode: "",
    });
  });

  test("a line that offers chats to all at once cannot be skipped", async () => {
    const { world } = office.portal;
    const chat = office.chatWith(
      SessionStatus.new,
      ({ data }) => world.lines.get(data.lineId)?.columns.QUEUE_TYPE === "all",
    );
    expect(await refusal(operatorOf(chat.data.lineId), `chatSkip(chatId: ${chat.id})`)).toMatchObject({
      code: "CANNOT_SKIP",
      bitrixCode: "",
    });
  });

  test("transfers: an absent target, oneself, no access", async () => {
    const chat = answered();
    const owner = office.staff(chat.ownerId);
    const refused = { code: "TRANSFER_REFUSED", field: ["to"], bitrixCode: "OPERATOR_WRONG" };
    expect(await refusal(owner, `chatTransfer(chatId: ${chat.id}, to: { lineId: ${ABSENT} })`)).toMatchObject(refused);
    expect(await refusal(owner, `chatTransfer(chatId: ${chat.id}, to: { userId: ${owner.id} })`)).toMatchObject(
      refused,
    );
    expect(
      await refusal(strangerTo(chat), `chatTransfer(chatId: ${chat.id}, to: { userId: ${owner.id} })`),
    ).toMatchObject(refused);
    office.portal.setFaults([{ method: "imopenlines.operator.transfer", kind: "error", error: "QUEUE_ID_EMPTY" }]);
    expect(await refusal(owner, `chatTransfer(chatId: ${chat.id}, to: { lineId: 1 })`)).toMatchObject({
      code: "TRANSFER_TARGET_INVALID",
    });
  });

  test("taking over without access", async () => {
    const chat = answered();
    expect(await refusal(strangerTo(chat), `chatIntercept(chatId: ${chat.id})`)).toMatchObject({
      code: "CANNOT_INTERCEPT",
      bitrixCode: "OPERATOR_WRONG",
    });
  });

  test("leaving a chat that one is not in", async () => {
    const chat = answered();
    expect(await refusal(strangerTo(chat), `chatLeave(chatId: ${chat.id})`)).toMatchObject({ code: "CANNOT_LEAVE" });
  });
});

describe("about messages", () => {
  test("only participants write, and reply within the chat", async () => {
    const [chat, other] = [answered(), answered()];
    expect(await refusal(strangerTo(chat), `chatMessageSend(chatId: ${chat.id}, text: "Hello")`)).toMatchObject({
      code: "MESSAGE_NOT_SENT",
    });
    const foreign = other.messages.at(-1)?.id;
    expect(
      await refusal(
        office.staff(chat.ownerId),
        `chatMessageSend(chatId: ${chat.id}, text: "Hello", replyToId: "${foreign}")`,
      ),
    ).toMatchObject({ code: "REPLY_NOT_POSSIBLE", field: ["replyToId"] });
  });

  test("only one's own messages are changed, and they must exist", async () => {
    const message = answered().messages.find(({ authorId }) => authorId !== office.supervisor.id);
    expect(await refusal(office.supervisor, `messageEdit(messageId: "${message?.id}", text: "x")`)).toMatchObject({
      code: "MESSAGE_NOT_EDITABLE",
      field: ["messageId"],
    });
    expect(await refusal(office.supervisor, `messageDelete(messageId: ${ABSENT})`)).toMatchObject({
      code: "MESSAGE_NOT_FOUND",
    });
    expect(await refusal(office.supervisor, `messageEdit(messageId: ${ABSENT}, text: "")`)).toMatchObject({
      code: "TEXT_EMPTY",
    });
  });

  test("reading and muting are for participants", async () => {
    const chat = answered();
    const stranger = strangerTo(chat);
    expect(await refusal(stranger, `chatMarkAsRead(chatId: ${chat.id})`)).toMatchObject({ code: "ACCESS_DENIED" });
    expect(await refusal(stranger, `chatMute(chatId: ${chat.id}, muted: true)`)).toMatchObject({
      code: "ACCESS_DENIED",
    });
    expect(await refusal(stranger, `chatTyping(chatId: ${chat.id})`)).toMatchObject({ code: "ACCESS_DENIED" });
  });

  test("a message that does not exist is no canned response", async () => {
    const chat = answered();
    expect(
      await refusal(office.staff(chat.ownerId), `quickReplySave(chatId: ${chat.id}, messageId: ${ABSENT})`),
    ).toMatchObject({ code: "QUICK_REPLY_NOT_SAVED", field: ["messageId"] });
  });
});

describe("about ratings", () => {
  test("out of range, nothing given, no right, unreadable", async () => {
    const chat = answered();
    const sessionId = office.portal.world.openSession(chat.id)?.id;
    expect(await refusal(office.supervisor, `sessionRate(sessionId: ${sessionId}, rating: 9)`)).toMatchObject({
      code: "RATING_OUT_OF_RANGE",
      field: ["rating"],
    });
    expect(await refusal(office.supervisor, `sessionRate(sessionId: ${sessionId})`)).toMatchObject({
      code: "RATING_OR_COMMENT_REQUIRED",
    });
    expect(
      await refusal(office.staff(chat.ownerId), `sessionRate(sessionId: ${sessionId}, comment: "Fine")`),
    ).toMatchObject({ code: "ACCESS_DENIED", field: ["sessionId"] });
    expect(await refusal(office.supervisor, `sessionRate(sessionId: ${ABSENT}, rating: 5)`)).toMatchObject({
      code: "COMMENT_UNREADABLE",
      bitrixCode: "ACCESS_DENIED",
    });
    office.portal.setFaults([{ method: "imopenlines.session.head.vote", kind: "error", error: "EMPTY_SESSION_ID" }]);
    expect(await refusal(office.supervisor, `sessionRate(sessionId: 5, comment: "Fine")`)).toMatchObject({
      code: "SESSION_NOT_FOUND",
    });
  });
});

describe("about CRM items", () => {
  function boundChat(): { chat: Chat; entity: string } {
    const chat = office.chatWith(
      SessionStatus.operatorReplied,
      (candidate) => candidate.crm.saved && isStaffed(candidate),
    );
    return { chat, entity: `entity: { type: ${chat.crm.type}, entityId: ${chat.crm.id} }` };
  }
  const NOWHERE = `entity: { type: DEAL, entityId: ${ABSENT} }`;

  test("no chat, a chat of another item, users that cannot be added or removed", async () => {
    const { chat, entity } = boundChat();
    const { supervisor } = office;
    expect(await refusal(supervisor, `crmChatParticipantAdd(${NOWHERE}, userId: ${chat.ownerId})`)).toMatchObject({
      code: "NO_CHAT",
      field: ["entity"],
      bitrixCode: null,
    });
    expect(
      await refusal(supervisor, `crmChatParticipantAdd(${NOWHERE}, userId: ${chat.ownerId}, chatId: ${chat.id})`),
    ).toMatchObject({ code: "CHAT_NOT_IN_CRM", field: ["chatId"] });
    expect(await refusal(supervisor, `crmChatParticipantAdd(${entity}, userId: ${ABSENT})`)).toMatchObject({
      code: "USER_NOT_ACTIVE",
      field: ["userId"],
    });
    const outsider = strangerTo(chat);
    expect(
      await refusal(supervisor, `crmChatParticipantRemove(${entity}, userId: ${outsider.id}, chatId: ${chat.id})`),
    ).toMatchObject({ code: "PARTICIPANT_UNCHANGED", bitrixCode: "WRONG_REQUEST" });
    expect(await refusal(outsider, `crmChatParticipantAdd(${entity}, userId: ${outsider.id})`)).toMatchObject({
      code: "ACCESS_DENIED",
    });
    office.portal.setFaults([
      { method: "imopenlines.crm.chat.user.delete", kind: "error", error: "CRM_CHAT_EMPTY_CRM_DATA", times: 1 },
      { method: "imopenlines.crm.chat.user.delete", kind: "error", error: "CRM_CHAT_EMPTY_USER" },
    ]);
    const remove = `crmChatParticipantRemove(${entity}, userId: ${chat.ownerId})`;
    expect(await refusal(supervisor, remove)).toMatchObject({ code: "CRM_ENTITY_NOT_FOUND" });
    expect(await refusal(supervisor, remove)).toMatchObject({ code: "USER_NOT_FOUND" });
  });

  test("participants come and go, and write in their own name", async () => {
    const { chat, entity } = boundChat();
    const colleague = operatorOf(chat.data.lineId);
    office.portal.world.rights.grant(colleague.id, "CRM");
    const add = `mutation { crmChatParticipantAdd(${entity}, userId: ${colleague.id}, chatId: ${chat.id}) { userErrors { code } chat { id participants(first: 50) { nodes { id } } } } }`;
    joinChat(office.portal.world, chat, [office.supervisor.id]);
    const added = await office.supervisor.act(add);
    expect(added.userErrors).toEqual([]);
    expect(added.chat.participants.nodes).toContainEqual({ id: String(colleague.id) });
    const sent = await office.supervisor.act(
      `mutation { crmMessageSend(${entity}, chatId: ${chat.id}, authorId: ${colleague.id}, text: "Your offer") { userErrors { code } messageId } }`,
    );
    expect(sent.userErrors).toEqual([]);
    expect(office.portal.world.message(Number(sent.messageId))).toMatchObject({ authorId: colleague.id });
    const removed = await office.supervisor.act(
      `mutation { crmChatParticipantRemove(${entity}, userId: ${colleague.id}) { userErrors { code } chat { id } } }`,
    );
    expect(removed.userErrors).toEqual([]);
    office.portal.setFaults([{ method: "imopenlines.crm.message.add", kind: "error", error: "ERROR_ARGUMENT" }]);
    expect(
      await refusal(
        office.supervisor,
        `crmMessageSend(${entity}, chatId: ${chat.id}, authorId: ${colleague.id}, text: "x")`,
      ),
    ).toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  test("leads are made by the operator, once", async () => {
    const chat = office.chatWith(RUNNING, (candidate) => !candidate.crm.saved && isStaffed(candidate));
    expect(await refusal(office.supervisor, `crmLeadCreate(chatId: ${chat.id})`)).toMatchObject({
      code: "NOT_OPERATOR",
    });
    const made = await office
      .staff(chat.ownerId)
      .act(
        `mutation { crmLeadCreate(chatId: ${chat.id}) { userErrors { code } chat { crm { isSaved lead { type entityId } } } } }`,
      );
    expect(made).toEqual({
      userErrors: [],
      chat: { crm: { isSaved: true, lead: { type: "LEAD", entityId: String(chat.crm.id) } } },
    });
    office.portal.setFaults([
      { method: "imopenlines.crm.lead.create", kind: "error", error: "IMOL_CHAT_ERROR_NOT_LOAD_CRM" },
    ]);
    expect(await refusal(office.supervisor, `crmLeadCreate(chatId: ${chat.id})`)).toMatchObject({
      code: "LEAD_NOT_CREATED",
    });
  });
});

describe("about bots and network lines", () => {
  test("a chat that no bot has, a bot that nobody registered", async () => {
    const chat = answered();
    expect(await refusal(office.supervisor, `botChatRouteToOperator(chatId: ${chat.id})`)).toMatchObject({
      code: "CHAT_NOT_WITH_BOT",
      bitrixCode: "WRONG_CHAT",
    });
    expect(office.portal.world.bots.map(({ clientId }) => clientId)).toContain(botClientId);
    office.portal.setFaults([{ method: "imopenlines.bot.session.finish", kind: "error", error: "BOT_ID_ERROR" }]);
    expect(await refusal(office.supervisor, `botSessionFinish(chatId: ${chat.id})`)).toMatchObject({
      code: "BOT_NOT_FOUND",
    });
    office.portal.setFaults([
      { method: "imopenlines.bot.session.finish", kind: "error", error: "ACCESS_DENIED", status: 403 },
    ]);
    expect(await refusal(office.supervisor, `botSessionFinish(chatId: ${chat.id})`)).toMatchObject({
      code: "BOT_NOT_CONFIGURED",
    });
  });

  test("the configured bot writes, hands over and finishes", async () => {
    const chat = office.chatWith(SessionStatus.new);
    const act = (mutation: string) =>
      office.supervisor.act(`mutation { ${mutation} { userErrors { code } chat { state operator { id } } } }`);
    const before = chat.messages.length;
    expect(await act(`botMessageSend(chatId: ${chat.id}, kind: DEFAULT, text: "One moment")`)).toMatchObject({
      userErrors: [],
    });
    expect(chat.messages.length).toBeGreaterThan(before);
    const colleague = operatorOf(chat.data.lineId);
    expect(await act(`botChatTransfer(chatId: ${chat.id}, to: { userId: ${colleague.id} }, leave: true)`)).toEqual({
      userErrors: [],
      chat: { state: "ASSIGNED", operator: { id: String(colleague.id) } },
    });
    expect(await act(`botSessionFinish(chatId: ${chat.id})`)).toMatchObject({ userErrors: [] });
  });

  test("network lines: joined, written through once a week, and refused", async () => {
    const { supervisor } = office;
    const join = (code: string) =>
      supervisor.act(`mutation { networkLineJoin(code: "${code}") { userErrors { code } bot { id } } }`);
    expect(await refusal(supervisor, 'networkLineJoin(code: "short")')).toMatchObject({ code: "INVALID_NETWORK_CODE" });
    expect(await refusal(supervisor, `networkLineJoin(code: "${"f".repeat(32)}")`)).toMatchObject({
      code: "NETWORK_LINE_NOT_FOUND",
      field: ["code"],
    });
    expect(await refusal(supervisor, `networkLineJoin(code: "${networkCodes.inactive}")`)).toMatchObject({
      code: "NETWORK_LINE_INACTIVE",
    });
    const first = await join(networkCodes.active);
    expect(first).toEqual({ userErrors: [], bot: { id: expect.stringMatching(/^\d+$/) } });
    expect(await join(networkCodes.active)).toEqual(first);

    const send = (extra = "", recipientId = office.supervisor.id) =>
      `networkMessageSend(input: { code: "${networkCodes.active}", recipientId: ${recipientId}, text: "News" ${extra} })`;
    expect(
      await refusal(supervisor, send('keyboard: { BUTTONS: [{ TEXT: "x", LINK: "javascript:0" }] }')),
    ).toMatchObject({
      code: "KEYBOARD_INVALID",
      field: ["input", "keyboard"],
    });
    expect(await refusal(supervisor, send(`attachments: { BLOCKS: "${"x".repeat(31_000)}" }`))).toMatchObject({
      code: "ATTACHMENT_TOO_LARGE",
    });
    expect(await refusal(supervisor, send("", ABSENT))).toMatchObject({ code: "MESSAGE_NOT_SENT" });
    const sent = await supervisor.act(
      `mutation { ${send('attachments: { ID: 1, BLOCKS: [{ MESSAGE: "More" }] }, urlPreview: false')} { userErrors { code } recipient { id } } }`,
    );
    expect(sent).toEqual({ userErrors: [], recipient: { id: String(supervisor.id) } });
    expect(await refusal(supervisor, send())).toMatchObject({
      code: "WEEKLY_LIMIT_REACHED",
      field: ["input", "recipientId"],
    });
    office.portal.setFaults([{ method: "imopenlines.network.message.add", kind: "error", error: "ATTACH_ERROR" }]);
    expect(await refusal(supervisor, send())).toMatchObject({ code: "ATTACHMENT_INVALID" });
  });
});

describe("what has no word", () => {
  test("an unknown code is REFUSED, a false is NOT_DONE", async () => {
    const chat = answered();
    office.portal.setFaults([{ method: "imopenlines.session.join", kind: "error", error: "BRAND_NEW" }]);
    expect(await refusal(office.supervisor, `chatJoin(chatId: ${chat.id})`)).toMatchObject({
      code: "REFUSED",
      bitrixCode: "BRAND_NEW",
    });
    office.portal.setFaults([{ method: "imopenlines.session.join", kind: "result", result: false }]);
    expect(await refusal(office.supervisor, `chatJoin(chatId: ${chat.id})`)).toMatchObject({ code: "NOT_DONE" });
  });
});

test("every user error was met, but those of line settings", () => {
  const ofLines: string[] = [UserErrorCode.LINE_NOT_FOUND, UserErrorCode.LINE_NOT_SAVED];
  expect(Object.values(UserErrorCode).filter((code) => !seen.has(code) && !ofLines.includes(code))).toEqual([]);
});
