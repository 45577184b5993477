import { describe, expect, test } from "vitest";
import { PortalProtocolError, PortalRefusal } from "../../../src/datasources/bitrix24/errors.ts";
import { UpstreamUsage } from "../../../src/datasources/bitrix24/usage.ts";
import { operatorAnswer } from "../../../src/datasources/imopenlines/operator.ts";
import { createHistoryCaches, type HistoryCaches } from "../../../src/datasources/loaders/history-cache.ts";
import { createKeptViews } from "../../../src/datasources/loaders/kept-views.ts";
import { createLoaders, type Loaders } from "../../../src/datasources/loaders/loaders.ts";
import { eventually } from "../../kit/until.ts";
import { type Bench, startBench } from "../bitrix24/portal-fixture.ts";
import { Refused } from "../bitrix24/scripted-portal.ts";

const HISTORY = "imopenlines.session.history.get";
const DIALOG = "imopenlines.dialog.get";

/** Chat 10 had the sessions 1 and 2, and 2 is open; chat 20 has had none. */
function dialogAnswer(chatId: number): Record<string, unknown> {
  return {
    id: chatId,
    name: `Chat ${chatId}`,
    owner: 7,
    type: "lines",
    entity_type: "LINES",
    entity_id: `livechat|3|x|${chatId}`,
    entity_data_1: `N|NONE|0|N|N|${chatId === 10 ? 2 : 0}|0|3|0|0`,
    counter: 4,
  };
}

function historyAnswer(sessionId: number): Record<string, unknown> {
  return {
    chatId: 10,
    sessionId,
    canJoin: "Y",
    canVoteHead: "N",
    sessionVoteHead: 0,
    sessionCommentHead: null,
    userId: "chat10",
    message: {
      "101": {
        id: "101",
        chatid: "10",
        senderid: "8",
        recipientid: "chat10",
        date: "2026-03-11T13:12:46+01:00",
        text: `in session ${sessionId}`,
        textlegacy: "",
        params: [],
      },
    },
    users: { "8": { id: "8", name: "Customer", connector: true, extranet: false } },
    chat: {
      "10": { id: "10", name: "Chat 10", owner: "7", entityType: "LINES", entityData1: "N|NONE|0|N|N|2|0|3|0|0" },
    },
    userInChat: { "10": [7, 8] },
    files: [],
  };
}

function listedLine(id: number): Record<string, unknown> {
  return { ID: String(id), LINE_NAME: `Line ${id}`, ACTIVE: "Y" };
}

/** Ids of a list parameter, as a plain call or as a command of a batch carries them. */
function idsOf(params: Record<string, string>): string[] {
  if (params.ID !== undefined) return params.ID.split(",");
  return Object.entries(params).flatMap(([key, value]) => (key.startsWith("ID[") ? [value] : []));
}

async function startPortal(): Promise<Bench> {
  const bench = await startBench();
  bench.portal.answer = (method, params) => {
    switch (method) {
      case "im.user.list.get":
        return idsOf(params)
          .filter((id) => id !== "404")
          .map((id) => ({
            id: Number(id),
            name: `User ${id}`,
            email: `${id}@example.com`,
            extranet: false,
            connector: false,
          }));
      case DIALOG:
        return dialogAnswer(Number(params.USER_CODE === undefined ? (params.CHAT_ID ?? 10) : params.USER_CODE));
      case HISTORY:
        if (params.CHAT_ID === "20") throw new Refused("INVALID_SESSION_ID");
        return historyAnswer(Number(params.SESSION_ID ?? 2));
      default:
        return true;
    }
  };
  return bench;
}

function commandsSeen(bench: Bench): string[] {
  return bench.portal.requests.flatMap((request) => [...request.commands]);
}

function begin(bench: Bench, caches: HistoryCaches = createHistoryCaches(), credentialKey = "a") {
  const portal = bench.operation();
  return { portal, loaders: createLoaders(portal, caches.forOperation(credentialKey)) };
}

describe("users", () => {
  test("all users of one turn are one call, and unknown ids are null", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    const users = await Promise.all(["7", "8", "7", "404"].map((id) => loaders.users.load(id)));
    expect(users.map((user) => user?.name)).toEqual(["User 7", "User 8", "User 7", undefined]);
    expect(users[3]).toBeNull();
    expect(commandsSeen(bench)).toEqual(["im.user.list.get"]);
    expect(bench.portal.requests[0]?.body).toEqual({ ID: [7, 8, 404], RESULT_TYPE: "array" });
  });

  test("more than 200 are asked for in several calls", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    const ids = Array.from({ length: 450 }, (_, index) => String(index + 1000));
    const users = await Promise.all(ids.map((id) => loaders.users.load(id)));
    expect(users.map((user) => user?.id)).toEqual(ids);
    expect(commandsSeen(bench)).toHaveLength(3);
  });

  test("a user that an earlier answer brought along costs nothing, and the full record is read only on request", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    await loaders.histories.load({ sessionId: "2" });
    expect(await loaders.users.load("8")).toMatchObject({ name: "Customer", kind: "CUSTOMER" });
    expect(commandsSeen(bench)).toEqual([HISTORY]);
    expect((await loaders.users.load("8"))?.email).toBeUndefined();
    expect((await loaders.users.full("8"))?.email).toBe("8@example.com");
    expect(loaders.users.known("8")?.email).toBe("8@example.com");
    expect(commandsSeen(bench)).toEqual([HISTORY, "im.user.list.get"]);
  });
});

describe("chats", () => {
  test("a chat is read once per operation", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    const [first, second] = await Promise.all([loaders.chats.load("10"), loaders.chats.load("10")]);
    expect(first).toBe(second);
    expect(await loaders.chats.load("10")).toMatchObject({ id: "10", source: "full", unreadCount: 4 });
    expect(commandsSeen(bench)).toEqual([DIALOG]);
  });

  test("a partial record does not stand in for the full one but adds what it knows", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    loaders.chats.prime({ id: "10", source: "partial", title: "From the list", isExtranet: true });
    expect(loaders.chats.known("10")?.title).toBe("From the list");
    expect((await loaders.chats.load("10")).title).toBe("Chat 10");
    expect(loaders.chats.known("10")).toMatchObject({ source: "full", title: "Chat 10", isExtranet: true });
  });

  test("a primed full record is the answer", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    loaders.chats.prime({ id: "10", source: "full", title: "Read with the write" });
    expect((await loaders.chats.load("10")).title).toBe("Read with the write");
    expect(commandsSeen(bench)).toEqual([]);
  });

  test("after a write everything is read again, and a read that began before it does not count as known", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    const ordinary = bench.portal.answer;
    bench.portal.answer = (method, params) => {
      loaders.forgetAll();
      return ordinary(method, params);
    };
    await loaders.chats.load("10");
    bench.portal.answer = ordinary;
    expect(loaders.chats.known("10")).toBeUndefined();
    await loaders.chats.load("10");
    expect(commandsSeen(bench).filter((method) => method === DIALOG).length).toBe(2);
  });
});

describe("what is kept for later operations", () => {
  const credential = "a";

  /** Operations of a credential that listens, whose list tells chat 10, and an event of that chat. */
  async function beginWatched() {
    const bench = await startPortal();
    const store = createKeptViews({ maxBytes: 1_000_000, maxAgeMs: 60_000, isWatched: () => true });
    const operation = (): Loaders => {
      const cache = createHistoryCaches().forOperation(credential);
      return createLoaders(bench.operation(), cache, undefined, store.forOperation(credential, new UpstreamUsage()));
    };
    const row = { ...(await operation().chats.load("10")), lastMessageId: "101" };
    store.noteList(credential, new Map([["10", row]]), performance.now());
    const event = (): void => store.forgetChat({ chatId: "10", connectorId: null, externalChatId: null });
    return { bench, operation, event };
  }

  test("is what a chat by user code brought along, unless something happened while it was read", async () => {
    const { bench, operation, event } = await beginWatched();
    await readByUserCode(operation());
    expect(operation().histories.kept("10", "2")?.messages).toHaveLength(1);

    bench.portal.intercept = () => {
      event();
      return undefined;
    };
    await readByUserCode(operation());
    expect(operation().histories.kept("10", "2")).toBeUndefined();
    expect(operation().chats.kept("10")).toBeUndefined();
  });

  test("is nothing that was answered by a read from before something happened, even where it was joined after that", async () => {
    const { bench, operation, event } = await beginWatched();
    let joined: Promise<unknown> | undefined;
    bench.portal.intercept = () => {
      event();
      joined ??= readById(operation());
      return undefined;
    };
    await readById(operation());
    await joined;
    expect(joined).toBeDefined();
    expect(commandsSeen(bench)).toEqual([DIALOG, DIALOG, HISTORY]);
    expect(operation().chats.kept("10")).toBeUndefined();
    expect(operation().histories.kept("10", "2")).toBeUndefined();
  });

  async function readByUserCode({ chatWithHistory, histories }: Loaders): Promise<void> {
    await chatWithHistory("10");
    await histories.load({ chatId: "10" });
  }

  async function readById({ chats, histories }: Loaders): Promise<void> {
    await Promise.all([chats.load("10"), histories.load({ chatId: "10" })]);
  }
});

describe("a chat by user code with its session", () => {
  test("is one request, and the history is there for whoever asks next", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    const chat = await loaders.chatWithHistory("10");
    expect(chat).toMatchObject({ id: "10", source: "full" });
    const history = await loaders.histories.load({ chatId: "10" });
    expect(history?.sessionId).toBe("2");
    expect(await loaders.histories.load({ sessionId: "2" })).toBe(history);
    expect(bench.portal.requests).toHaveLength(1);
    expect(commandsSeen(bench)).toEqual([DIALOG, HISTORY]);
  });

  test("has no session where the chat has had none", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    const chat = await loaders.chatWithHistory("20");
    expect(chat.id).toBe("20");
    expect(await loaders.histories.load({ chatId: "20" })).toBeNull();
    expect(bench.portal.requests).toHaveLength(1);
  });

  test("is not given the history of another chat", async () => {
    const bench = await startPortal();
    const ordinary = bench.portal.answer;
    bench.portal.answer = (method, params) =>
      method === HISTORY ? { ...historyAnswer(5), chatId: 99 } : ordinary(method, params);
    const { loaders } = begin(bench);
    expect((await loaders.chatWithHistory("10")).id).toBe("10");
    await expect(loaders.histories.load({ chatId: "10" })).rejects.toThrow(PortalProtocolError);
  });

  test("fails as a whole where the code is unknown", async () => {
    const bench = await startPortal();
    bench.portal.answer = () => {
      throw new Refused("ACCESS_ERROR");
    };
    const { loaders } = begin(bench);
    await expect(loaders.chatWithHistory("nobody")).rejects.toMatchObject({
      error: "ACCESS_ERROR",
    });
  });
});

describe("histories", () => {
  test("the newest session of a chat also answers for its own id", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    const history = await loaders.histories.load({ chatId: "10" });
    expect(await loaders.histories.load({ sessionId: "2" })).toBe(history);
    expect(commandsSeen(bench)).toEqual([HISTORY]);
  });

  test("an older session does not pass for the newest of its chat", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    const older = await loaders.histories.load({ sessionId: "1" });
    expect(older?.sessionId).toBe("1");
    expect((await loaders.histories.load({ chatId: "10" }))?.sessionId).toBe("2");
    expect(commandsSeen(bench)).toEqual([HISTORY, HISTORY]);
  });

  test("of a chat whose open session is known it is asked for by session", async () => {
    const bench = await startPortal();
    const { loaders } = begin(bench);
    await loaders.chats.load("10");
    await loaders.histories.load({ chatId: "10" });
    expect(bench.portal.requests.at(-1)?.body).toEqual({ SESSION_ID: 2 });
  });

  test("a refusal is the refusal of whoever asks", async () => {
    const bench = await startPortal();
    bench.portal.answer = () => {
      throw new Refused("ACCESS_DENIED");
    };
    const { loaders } = begin(bench);
    await expect(loaders.histories.load({ sessionId: "1" })).rejects.toThrow(PortalRefusal);
  });

  test("the next operation of the same credential pages through a session without downloading it again", async () => {
    const bench = await startPortal();
    const caches = createHistoryCaches();
    const first = await begin(bench, caches).loaders.histories.load({ chatId: "10" });
    const { loaders } = begin(bench, caches);
    expect(await loaders.histories.load({ sessionId: "2" })).toBe(first);
    expect(await loaders.histories.load({ chatId: "10" })).toBe(first);
    expect(loaders.users.known("8")?.name).toBe("Customer");
    expect(commandsSeen(bench)).toEqual([HISTORY]);
  });

  test("another credential never gets it", async () => {
    const bench = await startPortal();
    const caches = createHistoryCaches();
    await begin(bench, caches, "a").loaders.histories.load({ sessionId: "2" });
    await begin(bench, caches, "b").loaders.histories.load({ sessionId: "2" });
    expect(commandsSeen(bench)).toEqual([HISTORY, HISTORY]);
  });

  test("a write to the portal makes it stale", async () => {
    const bench = await startPortal();
    const caches = createHistoryCaches();
    const { loaders, portal } = begin(bench, caches);
    await loaders.histories.load({ sessionId: "2" });
    await portal.write(operatorAnswer("10"));
    await begin(bench, caches).loaders.histories.load({ sessionId: "2" });
    expect(commandsSeen(bench)).toEqual([HISTORY, "imopenlines.operator.answer", HISTORY]);
  });

  test("it is forgotten after its time", async () => {
    const bench = await startPortal();
    const caches = createHistoryCaches({ timeToLiveMs: 20 });
    await begin(bench, caches).loaders.histories.load({ sessionId: "2" });
    await eventually(async () => {
      await begin(bench, caches).loaders.histories.load({ sessionId: "2" });
      expect(commandsSeen(bench).length).toBeGreaterThan(1);
    });
  });

  test("a session larger than the bound is not kept", async () => {
    const bench = await startPortal();
    const caches = createHistoryCaches({ maxMessages: 1 });
    await begin(bench, caches).loaders.histories.load({ sessionId: "2" });
    await begin(bench, caches).loaders.histories.load({ sessionId: "2" });
    expect(commandsSeen(bench)).toEqual([HISTORY, HISTORY]);
  });
});

describe("lines", () => {
  test("a line is read once per operation and again after a write", async () => {
    const bench = await startPortal();
    bench.portal.answer = () => false;
    const { loaders } = begin(bench);
    expect(await Promise.all([loaders.lines.load("3"), loaders.lines.load("3")])).toEqual([null, null]);
    expect(commandsSeen(bench)).toEqual(["imopenlines.config.get"]);
    loaders.forgetAll();
    await loaders.lines.load("3");
    expect(commandsSeen(bench)).toHaveLength(2);
  });

  test("lines as lists tell them are one call for all of a turn, and unknown ones are null", async () => {
    const bench = await startPortal();
    bench.portal.answer = (method) =>
      method === "imopenlines.config.list.get" ? [listedLine(3), listedLine(4)] : null;
    const { loaders } = begin(bench);
    const lines = await Promise.all(["4", "3", "9", "3"].map((id) => loaders.lines.listed(id)));
    expect(lines.map((line) => line?.name)).toEqual(["Line 4", "Line 3", undefined, "Line 3"]);
    expect(lines[2]).toBeNull();
    expect(commandsSeen(bench)).toEqual(["imopenlines.config.list.get"]);
  });
});

describe("pages of messages", () => {
  test("a page is read once per operation, whoever begins it, and again after a write", async () => {
    const bench = await startPortal();
    bench.portal.answer = () => ({ chat_id: 10, messages: [], users: [], files: [] });
    const { loaders } = begin(bench);
    const window = { chatId: "10", direction: "backward", size: 20, from: null } as const;
    const [first, second] = await Promise.all([loaders.messages.load(window), loaders.messages.load({ ...window })]);
    expect(first).toBe(second);
    await loaders.messages.load({ ...window, size: 21 });
    expect(commandsSeen(bench)).toHaveLength(2);
    loaders.forgetAll();
    await loaders.messages.load(window);
    expect(commandsSeen(bench)).toHaveLength(3);
  });
});

describe("failures", () => {
  test("what was refused is not asked for again by the same operation", async () => {
    const bench = await startPortal();
    bench.portal.answer = () => {
      throw new Refused("ACCESS_DENIED");
    };
    const { loaders } = begin(bench);
    const reads = [
      () => loaders.users.full("7"),
      () => loaders.chats.load("10"),
      () => loaders.histories.load({ sessionId: "1" }),
      () => loaders.lines.load("3"),
      () => loaders.lines.listed("3"),
      () => loaders.messages.load({ chatId: "10", direction: "forward", size: 5, from: null }),
    ];
    for (const read of [...reads, ...reads]) await expect(read()).rejects.toThrow(PortalRefusal);
    expect(commandsSeen(bench)).toHaveLength(reads.length);
  });
});
