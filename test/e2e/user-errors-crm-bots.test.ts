import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { networkCodes } from "../../simulator/seed/seed.ts";
import { botClientId } from "../../simulator/seed/staff.ts";
import { joinChat } from "../../simulator/world/members.ts";
import { type Chat, SessionStatus } from "../../simulator/world/records.ts";
import { type Office, openOffice } from "../kit/office.ts";
import {
  ABSENT,
  answeredChat,
  errorsMetIn,
  isStaffed,
  operatorOf,
  RUNNING,
  recordRefusals,
  strangerTo,
} from "./refusals.ts";

let office: Office;
const { seen, refusal } = recordRefusals();

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

const answered = () => answeredChat(office);

describe("about CRM items", () => {
  function boundChat(): { chat: Chat; entity: string } {
    const chat = office.chatWith(
      SessionStatus.operatorReplied,
      (candidate) => candidate.crm.saved && isStaffed(office, candidate),
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
    const outsider = strangerTo(office, chat);
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
    const colleague = operatorOf(office, chat.data.lineId);
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
    const chat = office.chatWith(RUNNING, (candidate) => !candidate.crm.saved && isStaffed(office, candidate));
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
    const colleague = operatorOf(office, chat.data.lineId);
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

test("every user error that belongs here was met", () => {
  expect(errorsMetIn("crm-bots-network").filter((code) => !seen.has(code))).toEqual([]);
});
