import { describe, expect, test } from "vitest";
import type { Call } from "../../src/datasources/bitrix24/calls.ts";
import {
  botSessionFinish,
  botSessionMessageSend,
  botSessionOperator,
  botSessionTransfer,
} from "../../src/datasources/imopenlines/bot.ts";
import {
  crmChatGet,
  crmChatGetLastId,
  crmChatUserAdd,
  crmChatUserDelete,
  crmLeadCreate,
  crmMessageAdd,
} from "../../src/datasources/imopenlines/crm.ts";
import { dialogGet, sessionOpen } from "../../src/datasources/imopenlines/dialog.ts";
import { sessionHistoryGet } from "../../src/datasources/imopenlines/history.ts";
import { networkJoin, networkMessageAdd } from "../../src/datasources/imopenlines/network.ts";
import {
  operatorAnotherFinish,
  operatorAnswer,
  operatorFinish,
  operatorSkip,
  operatorSpam,
  operatorTransfer,
} from "../../src/datasources/imopenlines/operator.ts";
import {
  messageQuickSave,
  messageSessionStart,
  sessionHeadVote,
  sessionIntercept,
  sessionJoin,
  sessionModePin,
  sessionModePinAll,
  sessionModeSilent,
  sessionModeUnpinAll,
  sessionStart,
} from "../../src/datasources/imopenlines/session-actions.ts";
import { documentedMethods, startReplay } from "./documented-portal.ts";
import { documentedDialog, documentedHistory } from "./documented-records.ts";

interface Contract {
  readonly call: () => Call<unknown>;
  readonly expected: (origin: string) => unknown;
}

const lead = { type: "LEAD", id: "1205" } as const;
const networkAttachment = {
  ID: 1,
  COLOR_TOKEN: "primary",
  BLOCKS: [
    { MESSAGE: "We have sent a checklist and connection diagram in the attachment" },
    {
      FILE: [
        {
          NAME: "checklist-openlines.pdf",
          LINK: "https://cdn.example.com/docs/checklist-openlines.pdf",
          SIZE: 428736,
        },
      ],
    },
    {
      IMAGE: [
        {
          NAME: "Connection Diagram",
          LINK: "https://cdn.example.com/images/openlines-setup.png",
          PREVIEW: "https://cdn.example.com/images/openlines-setup-preview.png",
          WIDTH: 1280,
          HEIGHT: 720,
        },
      ],
    },
  ],
};
const networkKeyboard = {
  BUTTONS: [
    {
      TEXT: "Open Instructions",
      LINK: "https://help.example.com/openlines/setup",
      DISPLAY: "LINE",
      BG_COLOR_TOKEN: "primary",
    },
  ],
};
const clientId = "**put_your_client_id_or_bot_token_here**";

function contract(call: () => Call<unknown>, expected: unknown): Contract {
  return { call, expected: () => expected };
}

/** The documented request as a typed call, and what the documented answer means. */
const contracts: Readonly<Record<string, Contract>> = {
  "imopenlines.network.join": contract(() => networkJoin("ab515f5d85a8b844d484f6ea75a2e494"), "603"),
  "imopenlines.network.message.add": contract(
    () =>
      networkMessageAdd({
        code: "ab515f5d85a8b844d484f6ea75a2e494",
        recipientId: "2",
        text: "We have prepared materials for connecting open channels",
        attachment: networkAttachment,
        keyboard: networkKeyboard,
        hasLinkPreview: false,
      }),
    true,
  ),
  "imopenlines.crm.chat.get": contract(
    () => crmChatGet(lead, false),
    [{ chatId: "1763", connectorId: "livechat", connectorTitle: "Live Chat" }],
  ),
  "imopenlines.crm.chat.getLastId": contract(() => crmChatGetLastId(lead), "1763"),
  "imopenlines.crm.chat.user.add": contract(
    () => crmChatUserAdd({ entity: lead, userId: "503", chatId: "1763" }),
    "1763",
  ),
  "imopenlines.crm.chat.user.delete": contract(
    () => crmChatUserDelete({ entity: lead, userId: "503", chatId: "1763" }),
    "1763",
  ),
  "imopenlines.crm.message.add": contract(
    () => crmMessageAdd({ entity: { type: "LEAD", id: "1195" }, authorId: "27", chatId: "1341", text: "Message text" }),
    "19880117",
  ),
  "imopenlines.crm.lead.create": contract(() => crmLeadCreate("2043"), true),
  "imopenlines.message.quick.save": contract(() => messageQuickSave("1331", "83507"), true),
  "imopenlines.bot.session.finish": contract(() => botSessionFinish("112", clientId), true),
  "imopenlines.bot.session.message.send": contract(
    () => botSessionMessageSend("112", "DEFAULT", "Hello! How can I assist you?"),
    true,
  ),
  "imopenlines.bot.session.operator": contract(() => botSessionOperator("112"), true),
  "imopenlines.bot.session.transfer": contract(
    () => botSessionTransfer("112", { userId: "12" }, { leave: false, clientId }),
    true,
  ),
  "imopenlines.operator.answer": contract(() => operatorAnswer("2043"), true),
  "imopenlines.operator.finish": contract(() => operatorFinish("2043"), true),
  "imopenlines.operator.another.finish": contract(() => operatorAnotherFinish("2043"), true),
  "imopenlines.operator.skip": contract(() => operatorSkip("2043"), true),
  "imopenlines.operator.spam": contract(() => operatorSpam("2043"), true),
  "imopenlines.operator.transfer": contract(() => operatorTransfer("2043", { userId: "15" }), true),
  "imopenlines.session.open": contract(() => sessionOpen("livechat|22|1761|587"), "1763"),
  "imopenlines.dialog.get": {
    call: () => dialogGet({ userCode: "livechat|1|1373|211" }),
    expected: () => documentedDialog,
  },
  "imopenlines.session.start": contract(() => sessionStart("2043"), true),
  "imopenlines.message.session.start": contract(() => messageSessionStart("2043", "18971"), true),
  "imopenlines.session.history.get": {
    call: () => sessionHistoryGet({ sessionId: "321" }),
    expected: documentedHistory,
  },
  "imopenlines.session.join": contract(() => sessionJoin("2043"), true),
  "imopenlines.session.intercept": contract(() => sessionIntercept("2043"), true),
  "imopenlines.session.mode.pin": contract(() => sessionModePin("2043", true), true),
  "imopenlines.session.mode.pinAll": contract(() => sessionModePinAll(), ["339", "337"]),
  "imopenlines.session.mode.unpinAll": contract(() => sessionModeUnpinAll(), ["339", "337"]),
  "imopenlines.session.mode.silent": contract(() => sessionModeSilent("2043", true), true),
  "imopenlines.session.head.vote": contract(
    () => sessionHeadVote({ sessionId: "1743", rating: 5, comment: "Excellent handling" }),
    true,
  ),
};

/** Lines have their own tests. */
const belongsToLines = (name: string): boolean =>
  name.startsWith("imopenlines.config.") || name === "imopenlines.revision.get";

describe("documented open-line methods, through the real client", () => {
  const names = [...documentedMethods.keys()].filter((name) => !belongsToLines(name));

  test("each documented method has its contract here, and no other has", () => {
    expect(Object.keys(contracts).sort()).toEqual(names.sort());
  });

  test.each(names)("%s sends the documented request and understands the documented answer", async (name) => {
    const documentedMethod = documentedMethods.get(name);
    const { call: build, expected } = contracts[name] ?? {};
    if (documentedMethod === undefined || build === undefined || expected === undefined) throw new Error(name);
    const replay = await startReplay();
    const { value, request } = await replay.exchange(build(), documentedMethod.kind, documentedMethod.example.response);
    expect(request.method).toBe(name);
    expect(request.body).toEqual(documentedMethod.example.request.body);
    expect(value).toStrictEqual(expected(replay.origin));
  });

  test.each(["imopenlines.operator.answer", "imopenlines.session.mode.pin", "imopenlines.crm.lead.create"])(
    "%s that answers false with HTTP 200 was not carried out",
    async (name) => {
      const build = contracts[name]?.call;
      if (build === undefined) throw new Error(name);
      const replay = await startReplay();
      const { value } = await replay.exchange(build(), "write", { result: false });
      expect(value).toBe(false);
    },
  );

  test("a chat that the portal could not name by 0 is no chat", async () => {
    const replay = await startReplay();
    const call = crmChatUserAdd({ entity: lead, userId: "503" });
    const { value, request } = await replay.exchange(call, "write", { result: 0 });
    expect(value).toBeNull();
    expect(request.body).toEqual({ CRM_ENTITY_TYPE: "lead", CRM_ENTITY: 1205, USER_ID: 503 });
  });

  test("ids past 2^53 travel as digits", async () => {
    const replay = await startReplay();
    const { request } = await replay.exchange(operatorAnswer("9007199254740993"), "write", { result: true });
    expect(request.body).toEqual({ CHAT_ID: "9007199254740993" });
  });

  test("a transfer to a line names the line as its queue", async () => {
    const replay = await startReplay();
    const { request } = await replay.exchange(operatorTransfer("5", { lineId: "12" }), "write", { result: true });
    expect(request.body).toEqual({ CHAT_ID: 5, QUEUE_ID: 12 });
  });

  test.each([
    [{ chatId: "5" }, { CHAT_ID: 5 }],
    [{ dialogId: "chat5" }, { DIALOG_ID: "chat5" }],
    [{ sessionId: "7" }, { SESSION_ID: 7 }],
    [{ userCode: "a|1|b|c|d" }, { USER_CODE: "a|1|b|c|d" }],
  ])("dialog.get by %o asks with that key only", (lookup, params) => {
    expect(dialogGet(lookup).params).toEqual(params);
  });

  test("equal calls share one decoder, so that the scheduler can share their answer", () => {
    const a = dialogGet({ chatId: "1" });
    expect(dialogGet({ chatId: "2" }).decode).toBe(a.decode);
    expect(sessionHistoryGet({ chatId: "1" }).decode).toBe(sessionHistoryGet({ sessionId: "1" }).decode);
  });
});
