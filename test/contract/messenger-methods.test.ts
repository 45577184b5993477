import { describe, expect, test } from "vitest";
import type { Call } from "../../src/datasources/bitrix24/calls.ts";
import type { UserRecord } from "../../src/datasources/domain/user.ts";
import { appInfo, profileGet, scopeList } from "../../src/datasources/im/account.ts";
import { countersGet } from "../../src/datasources/im/counters.ts";
import { chatLeave, chatMute, dialogRead, dialogWriting } from "../../src/datasources/im/dialog-actions.ts";
import { dialogMessagesGet } from "../../src/datasources/im/dialog-messages.ts";
import { chatUserList, dialogUsersList } from "../../src/datasources/im/members.ts";
import { messageAdd, messageDelete, messageUpdate } from "../../src/datasources/im/message-actions.ts";
import { recentGet, recentList } from "../../src/datasources/im/recent.ts";
import { userListGet, userSearch } from "../../src/datasources/im/users.ts";
import * as wire from "../fixtures/im-examples.ts";
import { startReplay } from "./documented-portal.ts";

function maria(origin: string): UserRecord {
  return {
    id: "31",
    kind: "EMPLOYEE",
    name: "María Ortega",
    firstName: "María",
    lastName: "Ortega",
    position: "Support lead",
    avatarUrl: `${origin}/upload/main/maria.png`,
    color: "#1eb4aa",
    gender: "FEMALE",
    birthday: "29-02",
    isActive: true,
    isExtranet: false,
    isNetwork: false,
    isBot: false,
    isConnector: false,
    externalAuthId: "socservices",
    portalType: "user",
    status: "online",
    idleSince: null,
    absentUntil: null,
    lastActivityAt: new Date("2026-06-01T10:30:00Z"),
    mobileLastSeenAt: null,
    desktopLastSeenAt: null,
    departmentIds: ["4", "9"],
    phones: { work: "+34600000001", mobile: null, inner: "31" },
    website: null,
    email: "maria@example.com",
    botData: null,
  };
}

const guest: UserRecord = {
  id: "4294967399",
  kind: "CUSTOMER",
  name: "Blue Guest #3",
  firstName: "Blue",
  lastName: "Guest #3",
  position: null,
  avatarUrl: null,
  color: "#048bd0",
  gender: "MALE",
  birthday: null,
  isActive: true,
  isExtranet: false,
  isNetwork: false,
  isBot: false,
  isConnector: true,
  externalAuthId: "imconnector",
  portalType: "user",
  status: "offline",
  idleSince: null,
  absentUntil: null,
  lastActivityAt: null,
  mobileLastSeenAt: null,
  desktopLastSeenAt: null,
  departmentIds: [],
  phones: null,
  website: null,
  email: null,
  botData: null,
};

const inboxChat = {
  id: "2051",
  source: "partial",
  title: "Blue Guest #3 - Shop",
  avatarUrl: null,
  color: "#ab7761",
  createdAt: new Date("2026-05-30T07:15:00Z"),
  operatorId: "31",
  userCode: {
    raw: "telegrambot|6|chat|a|4294967399",
    connectorId: "telegrambot",
    lineId: "6",
    externalChatId: "chat|a",
    externalUserId: "4294967399",
  },
  session: {
    isSavedInCrm: true,
    crmEntity: { type: "CONTACT", id: "88" },
    isPinned: true,
    isWaitingForAction: false,
    sessionId: "901",
    sessionStartedAt: new Date("2026-06-01T08:00:00Z"),
    lineId: "7",
    blockedAt: null,
    blockReason: null,
  },
  crmBindings: [
    { type: "COMPANY", id: "12" },
    { type: "CONTACT", id: "88" },
  ],
  isSilent: true,
  isExtranet: true,
  participantCount: 2,
  managerIds: ["31"],
  mutedUserIds: ["31"],
  viewerRole: "MEMBER",
  restrictions: {
    avatar: true,
    rename: true,
    extend: true,
    call: false,
    mute: true,
    leave: true,
    leaveOwner: false,
    send: true,
    userList: true,
  },
  permissions: {
    manageUsersAdd: "MEMBER",
    manageUsersDelete: "MANAGER",
    manageUi: "MEMBER",
    manageSettings: "OWNER",
    manageMessages: "MEMBER",
    canPost: "MEMBER",
  },
  parentChatId: null,
  parentMessageId: null,
  backgroundId: null,
  isTextFieldEnabled: true,
  publicLink: null,
  entityUrl: null,
  unreadCount: 2,
  lastReadMessageId: "90488",
  lastMessageId: "90511",
  isListed: true,
};

const inboxItem = {
  id: inboxChat.id,
  record: inboxChat,
  preview: {
    messageId: "90511",
    text: "Is it still available?",
    sentAt: new Date("2026-06-01T10:41:07Z"),
    authorId: "4294967399",
    hasFile: false,
    hasAttachment: true,
  },
  status: "CUSTOMER_WAITING_AGAIN",
  statusCode: 25,
  isPinned: false,
  isMarkedAsUnread: false,
  changedAt: new Date("2026-06-01T10:41:07Z"),
};

describe("recent dialogs", () => {
  test("a page keeps the open-line chats, each once, and tells how many dialogs it held", async () => {
    const { exchange } = await startReplay();
    const call = recentList({ limit: 50, offset: 100, unreadOnly: true });
    const { value, request } = await exchange(call, "read", wire.recentListAnswer);
    expect(request.body).toEqual({ SKIP_DIALOG: "Y", SKIP_CHAT: "Y", UNREAD_ONLY: "Y", OFFSET: 100, LIMIT: 50 });
    expect(value).toStrictEqual({ items: [inboxItem], users: [guest], itemCount: 3, hasMore: true });
  });

  test("the list without paging asks for open lines only", async () => {
    const { exchange } = await startReplay();
    const { value, request } = await exchange(recentGet(), "read", wire.recentGetAnswer);
    expect(request.body).toEqual({ ONLY_OPENLINES: "Y" });
    expect(value).toStrictEqual({ items: [inboxItem], users: [guest], itemCount: 1, hasMore: false });
  });

  test("times go out without fractions", () => {
    const at = new Date("2026-06-01T10:41:07.250Z");
    expect(recentList({ limit: 1, offset: 0, lastMessageBefore: at }).params.LAST_MESSAGE_DATE).toBe(
      "2026-06-01T10:41:07+00:00",
    );
    expect(recentGet({ changedSince: at }).params.LAST_SYNC_DATE).toBe("2026-06-01T10:41:07+00:00");
  });

  test("an empty list of items arrives as no chats", async () => {
    const { exchange } = await startReplay();
    const { value } = await exchange(recentList({ limit: 1, offset: 0 }), "read", {
      result: { items: [], hasMore: false },
    });
    expect(value).toStrictEqual({ items: [], users: [], itemCount: 0, hasMore: false });
  });

  test("a session status without a name is UNKNOWN and keeps its number", async () => {
    const { exchange } = await startReplay();
    const item = { ...wire.openLineItemOnWire, lines: { id: 901, status: "33" } };
    const { value } = await exchange(recentGet(), "read", { result: [item] });
    expect(value.items[0]).toMatchObject({ status: "UNKNOWN", statusCode: 33 });
  });

  test("counters by chat come as a map, none as an empty list", async () => {
    const { exchange } = await startReplay();
    const { value } = await exchange(countersGet(), "read", wire.countersAnswer);
    expect(value).toStrictEqual({
      openLinesTotal: 7,
      byChat: new Map([
        ["2051", 2],
        ["4294967300", 5],
      ]),
    });
    const none = await exchange(countersGet(), "read", { result: { TYPE: { LINES: 0 }, LINES: [] } });
    expect(none.value).toStrictEqual({ openLinesTotal: 0, byChat: new Map() });
  });
});

describe("users", () => {
  test("employees, customers and bots are told apart", async () => {
    const { origin, exchange } = await startReplay();
    const call = userListGet(["31", "4294967399", "77"]);
    const { value, request } = await exchange(call, "read", wire.userListAnswer);
    expect(request.body).toEqual({ ID: [31, 4294967399, 77], RESULT_TYPE: "array" });
    expect(value.slice(0, 2)).toStrictEqual([maria(origin), guest]);
    expect(value[2]).toMatchObject({
      id: "77",
      kind: "BOT",
      lastName: null,
      gender: null,
      avatarUrl: null,
      botData: { code: "greeter", type: "openline", app_id: "app.1", is_hidden: false },
    });
  });

  test("a map by id is understood too, and unknown users in it are left out", async () => {
    const { origin, exchange } = await startReplay();
    const { value } = await exchange(userListGet(["31", "8"]), "read", {
      result: { "31": wire.mariaOnWire, "8": null, "9": false },
    });
    expect(value).toStrictEqual([maria(origin)]);
  });

  test("a search asks by text alone, and does not tell lost dates", async () => {
    const { exchange } = await startReplay();
    const { value, request } = await exchange(userSearch({ text: "ort", start: 50 }), "read", wire.userSearchAnswer);
    expect(request.body).toEqual({ FILTER: { FIND: "ort" }, sort: "ID", order: "ASC", start: 50 });
    expect(value.items).toStrictEqual([
      {
        id: "31",
        kind: "EMPLOYEE",
        isExtranet: false,
        firstName: "María",
        lastName: "Ortega",
        name: "María Ortega",
        isActive: true,
        position: "Support lead",
        email: "maria@example.com",
        website: null,
        gender: "FEMALE",
        birthday: "28-02",
        departmentIds: ["4", "9"],
        phones: { work: "+34600000001", mobile: null, inner: null },
      },
    ]);
  });

  test("a record has no activity time when the portal sends one without an offset", async () => {
    const { exchange } = await startReplay();
    const { value } = await exchange(userSearch({ text: "Ortega" }), "read", wire.userWithoutOffsetAnswer);
    expect(value.items[0]).toStrictEqual({
      id: "31",
      kind: "UNKNOWN",
      firstName: "María",
      lastName: "Ortega",
      name: "María Ortega",
      isActive: true,
      position: null,
      email: "maria@example.com",
      gender: null,
      birthday: null,
      departmentIds: ["4"],
    });
  });

  test("the profile, the scopes and the application of a credential", async () => {
    const { origin, exchange } = await startReplay();
    expect((await exchange(profileGet(), "read", wire.profileAnswer)).value).toStrictEqual({
      id: "31",
      isAdmin: false,
      firstName: "María",
      lastName: "Ortega",
      gender: "FEMALE",
      timeZone: "Europe/Madrid",
      avatarUrl: `${origin}/upload/main/maria.png`,
    });
    expect((await exchange(scopeList(), "read", wire.scopeAnswer)).value).toStrictEqual([
      "imopenlines",
      "im",
      "user_brief",
    ]);
    expect((await exchange(appInfo(), "read", wire.appInfoAnswer)).value).toStrictEqual({
      id: "5",
      code: "example.inbox",
      version: 4,
      status: "L",
      isInstalled: true,
      isPaymentExpired: false,
      daysLeft: null,
      portalLanguage: "es",
      license: "es_ent250",
      licenseFamily: "ent",
    });
  });
});

describe("messages and members of a dialog", () => {
  test("messages come oldest first with their files, and unknown file ids are left out", async () => {
    const { origin, exchange } = await startReplay();
    const call = dialogMessagesGet({ chatId: "2051", limit: 20, beforeId: "90600" });
    const { value, request } = await exchange(call, "read", wire.dialogMessagesAnswer);
    expect(request.body).toEqual({ DIALOG_ID: "chat2051", LAST_ID: 90600, LIMIT: 20 });
    const receipt = {
      id: "5601",
      chatId: "2051",
      name: "receipt.png",
      kind: "IMAGE",
      extension: "png",
      size: 2144,
      image: { width: 72, height: 61 },
      status: "done",
      progress: 100,
      uploadedAt: new Date("2026-06-01T10:40:00Z"),
      uploadedById: "31",
      uploaderName: "María Ortega",
      previewUrl: `${origin}/bitrix/tools/preview?fileId=5601`,
      showUrl: "https://portal.example.com/show?fileId=5601",
      downloadUrl: "https://portal.example.com/download?fileId=5601",
      mediaPreviewUrl: "https://portal.example.com/small?fileId=5601",
      viewerAttributes: { viewer: "", viewerType: "image", title: "receipt.png" },
      isTranscribable: false,
      isVideoNote: false,
      isVoiceNote: false,
    };
    expect(value).toStrictEqual({
      chatId: "2051",
      messages: [
        {
          id: "90488",
          chatId: "2051",
          authorId: null,
          isSystem: true,
          sentAt: new Date("2026-06-01T10:31:00Z"),
          text: "María Ortega took the conversation",
          files: [],
          attachments: [],
          externalIds: [],
          params: null,
        },
        {
          id: "90511",
          chatId: "2051",
          authorId: "31",
          isSystem: false,
          sentAt: new Date("2026-06-01T10:41:07Z"),
          text: "Here is the receipt",
          files: [receipt],
          attachments: [],
          externalIds: ["ext-1", "17"],
          params: { FILE_ID: [5601, 9999], LIKE: [31], CONNECTOR_MID: ["ext-1", 17] },
        },
      ],
      users: [maria(origin)],
      rowCount: 2,
    });
  });

  test("one message that is not understood leaves its page and costs no other", async () => {
    const { exchange } = await startReplay();
    const [good, other] = wire.dialogMessagesAnswer.result.messages;
    const answer = {
      result: { ...wire.dialogMessagesAnswer.result, messages: [good, { ...other, date: "yesterday" }] },
    };
    const { value } = await exchange(dialogMessagesGet({ chatId: "2051", limit: 20 }), "read", answer);
    expect(value.messages.map(({ id }) => id)).toEqual([String(good?.id)]);
  });

  test("members come as records or as ids", async () => {
    const { origin, exchange } = await startReplay();
    const call = dialogUsersList({ chatId: "2051", limit: 200, employeesOnly: false });
    const { value, request } = await exchange(call, "read", wire.dialogUsersAnswer);
    expect(request.body).toEqual({ DIALOG_ID: "chat2051", LIMIT: 200, SKIP_EXTERNAL: "N" });
    expect(value).toStrictEqual({ items: [maria(origin), guest], positions: [0, 1], count: 2 });
    expect((await exchange(chatUserList("2051"), "read", wire.chatUsersAnswer)).value).toStrictEqual([
      "31",
      "4294967399",
    ]);
  });

  test.each<[Call<unknown>, Record<string, unknown>]>([
    [messageAdd({ chatId: "5", text: "hi", replyToId: "7" }), { DIALOG_ID: "chat5", MESSAGE: "hi", REPLY_ID: 7 }],
    [messageUpdate("7", "hello"), { MESSAGE_ID: 7, MESSAGE: "hello" }],
    [messageDelete("7"), { MESSAGE_ID: 7 }],
    [dialogRead("5"), { DIALOG_ID: "chat5" }],
    [dialogWriting("5"), { DIALOG_ID: "chat5" }],
    [chatLeave("5"), { CHAT_ID: 5 }],
    [chatMute("5", false), { CHAT_ID: 5, MUTE: "N" }],
  ])("%o sends its parameters in capitals", async (call, body) => {
    const { exchange } = await startReplay();
    const answer =
      call.method === "im.dialog.read"
        ? wire.dialogReadAnswer
        : call.method === "im.message.add"
          ? wire.messageAddAnswer
          : wire.doneAnswer;
    const { value, request } = await exchange(call, "write", answer);
    expect(request.method).toBe(call.method);
    expect(request.body).toEqual(body);
    expect(value).toStrictEqual(call.method === "im.message.add" ? "90512" : true);
  });

  test("reading without access is no read state", async () => {
    const { exchange } = await startReplay();
    expect((await exchange(dialogRead("5", "9"), "write", { result: false })).value).toBe(false);
  });
});
