import { describe, expect, test } from "vitest";
import { Refused } from "../../datasources/bitrix24/scripted-portal.ts";
import { type Gateway, startGatewayCore } from "../operation.ts";
import { dialogOnWire, historyOfOnWire, historyOnWire, userOnWire } from "../wire-answers.ts";

/** A portal of the documented chats: 1777 with the open session 343, 1763 with the session 321. */
function documentedAnswers(method: string, params: Record<string, string>): unknown {
  switch (method) {
    case "imopenlines.dialog.get":
      if (params.CHAT_ID === "999") throw new Refused("ACCESS_ERROR");
      return dialogOnWire();
    case "imopenlines.session.open":
      return { chatId: "1777" };
    case "imopenlines.session.history.get":
      return params.CHAT_ID === "1777" || params.SESSION_ID === "343" ? historyOfOnWire(343, 1777) : historyOnWire();
    case "im.user.list.get":
      return [27, 103, 599].map((id) => userOnWire(id, { connector: id === 599 }));
    default:
      throw new Refused("ERROR_METHOD_NOT_FOUND", 404);
  }
}

const start = (): Promise<Gateway> => startGatewayCore(documentedAnswers);

async function codesOf(gateway: Gateway, document: string, variables?: Record<string, unknown>): Promise<unknown[]> {
  return ((await gateway.run(document, variables)).errors ?? []).map((error) => error.extensions.code);
}

describe("a chat by its id", () => {
  test("tells what the dialog record tells", async () => {
    const gateway = await start();
    const { chat } = await gateway.data(`{ chat(by: {id: "1777"}) {
      id dialogId title description avatarUrl color createdAt userCode externalChatId externalUserId
      connector { id title } entryLine { id } line { id } state operator { id } isPinned isSilent isWaitingForAction
      blockedAt blockReason isExtranet isNew messageCount participantCount managers { id } mutedUsers { id }
      readMarks { user { id name } messageId readAt }
      lastMessageViews { messageId firstViewers { user { id name } viewedAt } otherViewerCount }
      crm { isSaved sessionEntity { type entityId } lead { type entityId } deal { entityId } contact { entityId } company { entityId } }
      currentSession { id isCurrent startedAt chat { id } } lastMessageId
      viewerUnreadCount viewerIsMuted viewerRole viewerCanSend viewerLastReadMessageId viewerFirstUnreadMessageId
      viewerMarkedMessageId
      restrictions { avatar rename extend call mute leave leaveOwner send userList }
      permissions { manageUsersAdd manageUsersDelete manageUi manageSettings manageMessages canPost }
      parentChatId parentMessageId diskFolderId backgroundId isTextFieldEnabled publicLink { code url } entityUrl callNumber
    } }`);
    expect(chat).toEqual({
      id: "1777",
      dialogId: "chat1777",
      title: "Green Guest #17 - Bitrix24 Documentation",
      description: null,
      avatarUrl: null,
      color: "#58cc47",
      createdAt: "2026-03-13T15:50:15.000Z",
      userCode: "livechat|22|1775|599",
      externalChatId: "1775",
      externalUserId: "599",
      connector: { id: "livechat", title: "Live chat" },
      entryLine: { id: "22" },
      line: { id: "22" },
      state: "ASSIGNED",
      operator: { id: "27" },
      isPinned: false,
      isSilent: false,
      isWaitingForAction: false,
      blockedAt: null,
      blockReason: null,
      isExtranet: false,
      isNew: false,
      messageCount: 104,
      participantCount: 2,
      managers: [{ id: "27" }],
      mutedUsers: [],
      readMarks: [{ user: { id: "599", name: "Guest" }, messageId: "86101", readAt: null }],
      lastMessageViews: {
        messageId: "86313",
        firstViewers: [{ user: { id: "27", name: "Samantha Johnson" }, viewedAt: "2026-03-16T19:50:37.000Z" }],
        otherViewerCount: 0,
      },
      crm: {
        isSaved: true,
        sessionEntity: { type: "LEAD", entityId: "1209" },
        lead: { type: "LEAD", entityId: "1209" },
        deal: null,
        contact: null,
        company: null,
      },
      currentSession: { id: "343", isCurrent: true, startedAt: "2026-03-16T17:41:58.000Z", chat: { id: "1777" } },
      lastMessageId: "86313",
      viewerUnreadCount: 0,
      viewerIsMuted: false,
      viewerRole: "OWNER",
      viewerCanSend: true,
      viewerLastReadMessageId: "86313",
      viewerFirstUnreadMessageId: null,
      viewerMarkedMessageId: null,
      restrictions: {
        avatar: true,
        rename: true,
        extend: true,
        call: true,
        mute: true,
        leave: true,
        leaveOwner: true,
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
      diskFolderId: null,
      backgroundId: null,
      isTextFieldEnabled: true,
      publicLink: null,
      entityUrl: null,
      callNumber: null,
    });
    expect(gateway.seen()).toEqual({ requests: 1, commands: ["imopenlines.dialog.get"] });
  });

  test("is sent as the portal's number whatever the spelling", async () => {
    const gateway = await start();
    await gateway.data(`{ a: chat(by: {id: "chat1777"}) { id } b: chat(by: {id: 1777}) { id } }`);
    expect(gateway.portal.requests.map((request) => request.body.CHAT_ID)).toEqual([1777]);
  });

  test("with its session's messages costs one request", async () => {
    const gateway = await start();
    const { chat } = await gateway.data(
      `{ chat(by: {id: "1777"}) { title currentSession { id messages { nodes { id } } } latestSession { id supervisorRating } } }`,
    );
    expect(chat).toMatchObject({ currentSession: { id: "343" }, latestSession: { id: "343", supervisorRating: null } });
    expect(gateway.seen()).toEqual({
      requests: 1,
      commands: ["imopenlines.dialog.get", "imopenlines.session.history.get"],
    });
  });

  test("is refused with an error at its own place and leaves the rest of the answer alone", async () => {
    const gateway = await start();
    const result = await gateway.run(`{ gone: chat(by: {id: 999}) { id } here: chat(by: {id: 1777}) { id } }`);
    expect(result.data).toEqual({ gone: null, here: { id: "1777" } });
    expect(result.errors?.map((error) => error.path)).toEqual([["gone"]]);
  });

  test("loads names of all its people in one call", async () => {
    const gateway = await start();
    const { chat } = await gateway.data(
      `{ chat(by: {id: 1777}) { operator { name kind } customer { name kind } managers { firstName } } }`,
    );
    expect(chat).toEqual({
      operator: { name: "User 27", kind: "EMPLOYEE" },
      customer: { name: "User 599", kind: "CUSTOMER" },
      managers: [{ firstName: "User" }],
    });
    expect(gateway.seen().commands).toEqual(["imopenlines.dialog.get", "im.user.list.get"]);
  });

  test("finds the customer of another channel among those who have read, by what the portal says of them", async () => {
    const gateway = await startGatewayCore((method, params) =>
      method === "imopenlines.dialog.get"
        ? dialogOnWire({ entity_id: "telegrambot|22|5550|777" })
        : documentedAnswers(method, params),
    );
    const { chat } = await gateway.data(`{ chat(by: {id: 1777}) { customer { id } externalUserId } }`);
    expect(chat).toEqual({ customer: { id: "599" }, externalUserId: "777" });
  });
});

describe("a chat by the customer's code", () => {
  test("asks the lighter method when only the id is wanted", async () => {
    const gateway = await start();
    const { chat } = await gateway.data(`{ chat(by: {userCode: "livechat|22|1775|599"}) { __typename id } }`);
    expect(chat).toEqual({ __typename: "Chat", id: "1777" });
    expect(gateway.seen().commands).toEqual(["imopenlines.session.open"]);
  });

  test("gives chat, session, messages, files and authors in one request", async () => {
    const gateway = await start();
    const { chat } = await gateway.data(`{ chat(by: {userCode: "livechat|22|1775|599"}) {
      id state currentSession { id messages(last: 100) { nodes { id author { name } files { name } } } files { nodes { id } } }
    } }`);
    expect(chat).toMatchObject({ id: "1777", currentSession: { id: "343", files: { nodes: [{ id: "5437" }] } } });
    expect(gateway.seen()).toEqual({
      requests: 1,
      commands: ["imopenlines.dialog.get", "imopenlines.session.history.get"],
    });
  });

  test("drops the prefix that the CRM puts before it", async () => {
    const gateway = await start();
    await gateway.data(`{ chat(by: {userCode: "imol|livechat|22|1775|599"}) { id } }`);
    expect(gateway.portal.requests[0]?.body.USER_CODE).toBe("livechat|22|1775|599");
  });

  test("still answers when another session has begun between the two reads", async () => {
    const gateway = await startGatewayCore((method, params) =>
      method === "imopenlines.session.history.get"
        ? historyOfOnWire(params.SESSION_ID === "343" ? 343 : 350, 1777)
        : documentedAnswers(method, params),
    );
    const { chat } = await gateway.data(
      `{ chat(by: {userCode: "livechat|22|1775|599"}) { currentSession { id viewerCanRate messages { nodes { id } } } } }`,
    );
    expect(chat).toMatchObject({ currentSession: { id: "343", viewerCanRate: true } });
  });
});

describe("the sessions of a chat", () => {
  const closed = "Y|LEAD|1209|N|N|0|0|0|0|0";

  test("none is current once the portal wrote 0, and the newest is told by the history", async () => {
    const gateway = await startGatewayCore((method) =>
      method === "imopenlines.dialog.get" ? dialogOnWire({ entity_data_1: closed }) : historyOfOnWire(343, 1777, false),
    );
    const { chat } = await gateway.data(
      `{ chat(by: {id: 1777}) { state currentSession { id } latestSession { id viewerCanJoin } } }`,
    );
    expect(chat).toEqual({
      state: "NO_OPEN_SESSION",
      currentSession: null,
      latestSession: { id: "343", viewerCanJoin: true },
    });
  });

  test("a chat that never had one has no latest session, without an error", async () => {
    const gateway = await startGatewayCore((method) => {
      if (method === "imopenlines.session.history.get") throw new Refused("INVALID_SESSION_ID");
      return dialogOnWire({ entity_data_1: closed });
    });
    const { chat, session } = await gateway.data(
      `{ chat(by: {id: 1777}) { latestSession { id } } session(by: {chatId: 1777}) { id } }`,
    );
    expect({ chat, session }).toEqual({ chat: { latestSession: null }, session: null });
  });

  test("a chat with a blank record of sessions has never had one", async () => {
    const gateway = await startGatewayCore(() => dialogOnWire({ entity_data_1: "" }));
    const { chat } = await gateway.data(
      `{ chat(by: {id: 1777}) { state isPinned isWaitingForAction blockedAt currentSession { id } } }`,
    );
    expect(chat).toEqual({
      state: "NO_OPEN_SESSION",
      isPinned: false,
      isWaitingForAction: false,
      blockedAt: null,
      currentSession: null,
    });
  });

  test("who took part in a closed one is told by its history, not by the chat's members of today", async () => {
    const members = (isOpen: boolean) =>
      startGatewayCore(() => ({ ...historyOfOnWire(343, 1777, isOpen), userInChat: { "1777": [9001] } }));
    const query = `{ session(by: {id: 343}) { participants { id } } }`;
    const named = Object.keys(Object(historyOfOnWire(343, 1777).users));
    const closedOne = await (await members(false)).data(query);
    expect(closedOne).toEqual({ session: { participants: named.map((id) => ({ id })) } });
    expect(await (await members(true)).data(query)).toEqual({ session: { participants: [{ id: "9001" }] } });
  });

  test.each([
    ["a closed one", false, {}],
    ["an open one whose members are not told", true, { userInChat: [] }],
  ])("who wrote in %s took part, although no user is told of", async (_which, isOpen, changes) => {
    const history = { ...historyOfOnWire(343, 1777, isOpen), ...changes, users: [] };
    const authors = Object.values<{ senderid: string }>(Object(Object(history).message)).map(
      ({ senderid }) => senderid,
    );
    const gateway = await startGatewayCore(() => history);
    const { session } = await gateway.data("{ session(by: {id: 343}) { participants { id } } }");
    const told = Object(session).participants.map(({ id }: { id: string }) => id);
    expect(told.length).toBeGreaterThan(0);
    expect(told.sort()).toEqual([...new Set(authors)].filter((id) => id !== "0").sort());
  });

  test("history that may not be read nulls its fields and leaves the chat", async () => {
    const gateway = await startGatewayCore((method) => {
      if (method === "imopenlines.session.history.get") throw new Refused("ACCESS_DENIED");
      return dialogOnWire();
    });
    const result = await gateway.run(`{ chat(by: {id: 1777}) { title currentSession { id supervisorRating } } }`);
    expect(result.data).toEqual({
      chat: { title: expect.any(String), currentSession: { id: "343", supervisorRating: null } },
    });
    expect(result.errors?.map((error) => error.path)).toEqual([["chat", "currentSession", "supervisorRating"]]);
  });
});

describe("whether the caller has muted a chat", () => {
  /** A history names everybody who muted; the dialog record names the caller only. */
  const start = (muteListOfCaller: number[]): Promise<Gateway> =>
    startGatewayCore((method) =>
      method === "imopenlines.dialog.get"
        ? dialogOnWire({ id: 1763, mute_list: muteListOfCaller })
        : JSON.parse(JSON.stringify(historyOnWire()).replaceAll('"103":false', '"103":true')),
    );

  test.each([
    ["nobody but a colleague did", [], false],
    ["the caller did too", [27], true],
  ])("is told by the dialog record when %s", async (_when, ofCaller, expected) => {
    const gateway = await start(ofCaller);
    const { session } = await gateway.data(
      "{ session(by: {id: 321}) { mutedUsers { id } chat { viewerIsMuted mutedUsers { id } } } }",
    );
    expect(session).toMatchObject({ mutedUsers: [{ id: "103" }], chat: { viewerIsMuted: expected } });
  });
});

describe("a session by its id", () => {
  test("tells all that its history tells, in one call", async () => {
    const gateway = await start();
    const { session } = await gateway.data(`{ session(by: {id: 321}) {
      id isCurrent startedAt supervisorRating supervisorComment viewerCanRate viewerCanJoin
      viewerRateableLines { id } participants { id name kind } departments { id users { id name } }
      usersWithoutDepartment { id } mutedUsers { id }
      chat { id title operator { id name } userCode messageCount crm { lead { entityId } } }
      files { nodes { id name kind size image { width height } uploadedBy { id name } uploadedAt extension isVoiceNote } }
    } }`);
    expect(session).toMatchObject({
      id: "321",
      isCurrent: true,
      startedAt: "2026-03-11T10:08:52.000Z",
      supervisorRating: null,
      supervisorComment: null,
      viewerCanRate: true,
      viewerCanJoin: true,
      viewerRateableLines: [{ id: "22" }],
      departments: [{ id: "1", users: [{ id: "103", name: "Samantha Johnson" }] }],
      usersWithoutDepartment: [],
      mutedUsers: [],
      chat: {
        id: "1763",
        title: "John - Bitrix24 Documentation",
        operator: { id: "103", name: "Samantha Johnson" },
        userCode: "livechat|22|1761|587",
        messageCount: 14,
        crm: { lead: { entityId: "1205" } },
      },
      files: {
        nodes: [
          {
            id: "5437",
            name: "2311.png",
            kind: "IMAGE",
            size: 70855,
            image: { width: 646, height: 615 },
            uploadedBy: { id: "103", name: "Samantha Johnson" },
            uploadedAt: "2026-03-11T12:12:46.000Z",
            extension: "png",
            isVoiceNote: false,
          },
        ],
      },
    });
    expect(gateway.seen().commands.filter((command) => command !== "im.user.list.get")).toEqual([
      "imopenlines.session.history.get",
    ]);
  });

  test("pages through its messages, oldest first, from the newest back", async () => {
    const gateway = await start();
    const page = `nodes { id isSystem sentAt html chat { id } author { id } externalIds } pageInfo { hasPreviousPage startCursor }`;
    const all = await gateway.data(`{ session(by: {id: 321}) { messages(first: 100) { nodes { id } } } }`);
    const ids = nodesOf(all, "session").map((node) => Number(node.id));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(ids.length).toBeGreaterThan(1);

    const newest = await gateway.data(`{ session(by: {id: 321}) { messages(last: 1) { ${page} } } }`);
    expect(nodesOf(newest, "session").map((node) => Number(node.id))).toEqual(ids.slice(-1));
    const before = infoOf(newest, "session").startCursor;
    const older = await gateway.data(
      `query ($before: String) { session(by: {id: 321}) { messages(last: 100, before: $before) { ${page} } } }`,
      { before },
    );
    expect(nodesOf(older, "session").map((node) => Number(node.id))).toEqual(ids.slice(0, -1));
    expect(infoOf(older, "session").hasPreviousPage).toBe(false);
    // Paging does not download the session again: it is kept for a few seconds.
    expect(gateway.seen().commands).toEqual(["imopenlines.session.history.get"]);
  });

  test("with nothing of its history selected asks for the chat's record only", async () => {
    const gateway = await start();
    const { session } = await gateway.data(`{ session(by: {id: 343}) { id isCurrent startedAt chat { id title } } }`);
    expect(session).toMatchObject({ id: "343", isCurrent: true, chat: { id: "1777" } });
    expect(gateway.seen().commands).toEqual(["imopenlines.dialog.get"]);
  });

  test("that is not the open one is not current, and where no list tells of it the reason is said", async () => {
    const gateway = await start();
    const { data, errors } = await gateway.run(`{ session(by: {id: 12}) { id isCurrent startedAt } }`);
    expect(data?.session).toEqual({ id: "12", isCurrent: false, startedAt: null });
    expect(errors?.map(({ path }) => path?.join("."))).toEqual(["session.startedAt"]);
    expect(gateway.seen().commands.toSorted()).toEqual([
      "crm.activity.list",
      "imopenlines.dialog.get",
      "imopenlines.session.history.get",
      "imopenlines.v2.Session.list",
    ]);
  });
});

describe("a look-up that cannot be meant", () => {
  test.each([
    ["no key", "chat", "{}"],
    ["two keys", "chat", '{id: 1, userCode: "a|1|b|c"}'],
    ["a null key", "chat", "{id: null}"],
    ["no key", "session", "{}"],
    ["two keys", "session", "{id: 1, chatId: 2}"],
  ])("with %s for %s is refused before anything is sent", async (_what, field, by) => {
    const gateway = await start();
    const inline = await gateway.run(`{ ${field}(by: ${by}) { id } }`);
    expect(inline.errors?.length).toBeGreaterThan(0);
    expect(gateway.seen().requests).toBe(0);
  });

  test.each([
    ["a word for an id", { id: "five" }],
    ["a negative id", { id: "-5" }],
    ["zero", { sessionId: "0" }],
    ["a code of too few parts", { userCode: "livechat|22" }],
    ["an empty code", { userCode: "" }],
  ])("with %s is BAD_USER_INPUT", async (_what, by) => {
    const gateway = await start();
    const document = "query ($by: ChatLookup!) { chat(by: $by) { id } }";
    expect(await codesOf(gateway, document, { by })).toEqual(["BAD_USER_INPUT"]);
    expect(gateway.seen().requests).toBe(0);
  });
});

function connectionOf(data: Record<string, unknown>, field: string): Record<string, unknown> {
  const holder = data[field] as { messages: Record<string, unknown> };
  return holder.messages;
}

function nodesOf(data: Record<string, unknown>, field: string): Record<string, unknown>[] {
  return connectionOf(data, field).nodes as Record<string, unknown>[];
}

function infoOf(data: Record<string, unknown>, field: string): Record<string, unknown> {
  return connectionOf(data, field).pageInfo as Record<string, unknown>;
}
