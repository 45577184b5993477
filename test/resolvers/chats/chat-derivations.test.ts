import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatPermissions, ChatRecord, ChatRestrictions, ChatRole } from "../../../src/datasources/domain/chat.ts";
import { parseUserCode } from "../../../src/datasources/domain/user-code.ts";
import { parseSessionData } from "../../../src/datasources/im/packed-fields.ts";
import {
  canSend,
  chatState,
  currentLineId,
  customerCandidates,
  customerIdFromCode,
  externalUserId,
} from "../../../src/resolvers/chats/chat-derivations.ts";
import { formatSessionData } from "../../datasources/im/packed.ts";

const session = (packed: string) => parseSessionData(packed, "entity_data_1");
const id = fc.bigInt({ min: 1n, max: 2n ** 60n }).map(String);

describe("the state of a chat", () => {
  test.each([
    ["no session is open", "N|NONE|0|N|N|0|0|0|0|0", "27", "NO_OPEN_SESSION"],
    ["none is open, though the owner is still named", "Y|LEAD|1|Y|Y|0|1|0|0|0", "27", "NO_OPEN_SESSION"],
    ["a session is open and has no owner", "N|NONE|0|N|N|343|1|0|0|0", null, "UNASSIGNED"],
    ["a session is open and has an owner", "N|NONE|0|N|N|343|1|0|0|0", "27", "ASSIGNED"],
    ["the session waits for a last action", "N|NONE|0|N|Y|343|1|0|0|0", "27", "CLOSING"],
    ["the old packing has six parts", "N|NONE|0|N|N|343", "27", "ASSIGNED"],
    ["the old packing stops before the session", "N|NONE|0|N", "27", "NO_OPEN_SESSION"],
  ] as const)("when %s", (_when, packed, operatorId, expected) => {
    expect(chatState({ session: session(packed), operatorId })).toBe(expected);
  });

  test("is unknown when the portal told nothing of the session or the owner", () => {
    expect(chatState({})).toBe("UNKNOWN");
    expect(chatState({ session: null, operatorId: "27" })).toBe("UNKNOWN");
    expect(chatState({ session: session("N|NONE|0|N|N|343") })).toBe("UNKNOWN");
  });

  test("depends on nothing but the session's id, the owner and the flag for a last action", () => {
    const data = fc.record({
      isSavedInCrm: fc.boolean(),
      crmEntity: fc.constant(null),
      isPinned: fc.boolean(),
      isWaitingForAction: fc.boolean(),
      sessionId: fc.option(id),
      sessionStartedAt: fc.constant(null),
      lineId: fc.option(id),
      blockedAt: fc.constant(null),
      blockReason: fc.constant(null),
    });
    fc.assert(
      fc.property(data, fc.option(id), (given, operatorId) => {
        const expected =
          given.sessionId === null
            ? "NO_OPEN_SESSION"
            : given.isWaitingForAction
              ? "CLOSING"
              : operatorId === null
                ? "UNASSIGNED"
                : "ASSIGNED";
        expect(chatState({ session: session(formatSessionData(given)), operatorId })).toBe(expected);
      }),
    );
  });
});

describe("the line that serves a chat", () => {
  const userCode = parseUserCode("livechat|22|1775|599");

  test("is the one written with the session, which a transfer changes", () => {
    expect(currentLineId({ session: session("N|NONE|0|N|N|343|1|12|0|0"), userCode })).toBe("12");
  });

  test("is that of the user code where the portal wrote 0 or nothing", () => {
    expect(currentLineId({ session: session("N|NONE|0|N|N|343|1|0|0|0"), userCode })).toBe("22");
    expect(currentLineId({ session: session("N|NONE|0|N|N|343"), userCode })).toBe("22");
    expect(currentLineId({ session: null, userCode })).toBe("22");
  });

  test("is nobody's when neither tells it", () => {
    expect(currentLineId({ session: null, userCode: null })).toBeNull();
  });
});

describe("whether the caller may write", () => {
  const allowed: ChatRestrictions = {
    avatar: true,
    rename: true,
    extend: true,
    call: true,
    mute: true,
    leave: true,
    leaveOwner: true,
    send: true,
    userList: true,
  };
  const posting = (canPost: ChatRole): ChatPermissions => ({
    manageUsersAdd: null,
    manageUsersDelete: null,
    manageUi: null,
    manageSettings: null,
    manageMessages: null,
    canPost,
  });

  test.each([
    ["OWNER", "MEMBER", true],
    ["MEMBER", "MEMBER", true],
    ["MEMBER", "MANAGER", false],
    ["MANAGER", "OWNER", false],
    ["GUEST", "MEMBER", false],
    ["NONE", "NONE", false],
    ["UNKNOWN", "MEMBER", null],
    ["MEMBER", "UNKNOWN", null],
  ] as const)("a %s where %s may: %s", (role, least, expected) => {
    expect(canSend(role, allowed, posting(least))).toBe(expected);
  });

  test("nobody may where the chat allows no writing", () => {
    expect(canSend("OWNER", { ...allowed, send: false }, posting("MEMBER"))).toBe(false);
  });
});

describe("the customer of a chat", () => {
  const chat = (code: string, more: Partial<ChatRecord> = {}): ChatRecord => ({
    id: "5",
    source: "full",
    userCode: parseUserCode(code),
    ...more,
  });

  test("is named by the code of a live chat", () => {
    expect(customerIdFromCode(chat("livechat|22|1775|599"))).toBe("599");
  });

  test("is not read from the code of another channel, whose ids are its own", () => {
    expect(customerIdFromCode(chat("telegrambot|22|1775|599"))).toBeNull();
  });

  test("is looked for among participants and readers, but not among the staff", () => {
    const record = chat("telegrambot|22|1|2", {
      operatorId: "27",
      managerIds: ["27", "28"],
      participantIds: ["27", "599"],
      readMarks: [
        { userId: "599", userName: "Guest", messageId: null, readAt: null },
        { userId: "30", userName: null, messageId: null, readAt: null },
      ],
    });
    expect(customerCandidates(record)).toEqual(["599", "30"]);
  });

  test("has no id in the channel when it is a group there", () => {
    expect(externalUserId(chat("viber|22|group|0"))).toBeNull();
    expect(externalUserId(chat("viber|22|c|u|with|pipes"))).toBe("u|with|pipes");
  });
});
