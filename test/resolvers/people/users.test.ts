import { describe, expect, test } from "vitest";
import { type Gateway, startGatewayCore } from "../operation.ts";
import { userOnWire } from "../wire-answers.ts";

/** A portal with the users 1 to 400. */
const start = (): Promise<Gateway> =>
  startGatewayCore((_method, params) => {
    const ids = Object.entries(params).flatMap(([name, value]) =>
      name.startsWith("ID") ? value.split(",").map(Number) : [],
    );
    return ids.filter((id) => id >= 1 && id <= 400).map((id) => userOnWire(id));
  });

describe("users by id", () => {
  test("come in the order asked for, the same one twice, null for an unknown one, in one call", async () => {
    const gateway = await start();
    const { users } = await gateway.data(`{ users(ids: ["3", "9000", "1", "3"]) { id name } }`);
    expect(users).toEqual([
      { id: "3", name: "User 3" },
      null,
      { id: "1", name: "User 1" },
      { id: "3", name: "User 3" },
    ]);
    expect(gateway.seen().commands).toEqual(["im.user.list.get"]);
  });

  test("of several fields of an operation are read together", async () => {
    const gateway = await start();
    const data = await gateway.data(
      `{ a: user(id: 1) { name } b: user(id: 2) { name } c: users(ids: [3]) { name } d: user(id: 9000) { id } }`,
    );
    expect(data).toEqual({ a: { name: "User 1" }, b: { name: "User 2" }, c: [{ name: "User 3" }], d: null });
    expect(gateway.seen().commands).toEqual(["im.user.list.get"]);
  });

  test("tell all that the portal tells of a user", async () => {
    const gateway = await start();
    const { user } = await gateway.data(`{ user(id: 5) {
      id kind name firstName lastName position avatarUrl avatarId color gender birthday isActive isExtranet isNetwork isBot
      isConnector hasPhoneDevice externalAuthId status idleSince absentUntil lastActivityAt mobileLastSeenAt desktopLastSeenAt
      departmentIds phones { work mobile inner } profileUrl website email portalType botData services
    } }`);
    expect(user).toEqual({
      id: "5",
      kind: "EMPLOYEE",
      name: "User 5",
      firstName: "User",
      lastName: "5",
      position: null,
      avatarUrl: null,
      avatarId: null,
      color: "#1eb4aa",
      gender: "FEMALE",
      birthday: null,
      isActive: true,
      isExtranet: false,
      isNetwork: false,
      isBot: false,
      isConnector: false,
      hasPhoneDevice: null,
      externalAuthId: "default",
      status: "online",
      idleSince: null,
      absentUntil: null,
      lastActivityAt: "2026-06-01T10:30:00.000Z",
      mobileLastSeenAt: null,
      desktopLastSeenAt: null,
      departmentIds: ["1"],
      phones: null,
      profileUrl: null,
      website: null,
      email: null,
      portalType: "user",
      botData: null,
      services: null,
    });
    expect(gateway.seen().commands).toEqual(["im.user.list.get"]);
  });

  test("may be 500 and not one more", async () => {
    const gateway = await start();
    const ids = Array.from({ length: 501 }, (_, index) => String(index + 1));
    const document = "query ($ids: [ID!]!) { users(ids: $ids) { id } }";
    const { users } = await gateway.data(document, { ids: ids.slice(0, 500) });
    expect((users as unknown[]).filter((user) => user !== null)).toHaveLength(400);
    expect(gateway.seen()).toEqual({ requests: 1, commands: Array.from({ length: 3 }, () => "im.user.list.get") });
    const refused = await gateway.run(document, { ids });
    expect(refused.errors?.map((error) => error.extensions.code)).toEqual(["BAD_USER_INPUT"]);
  });

  test("found in the directory have no phones without a number, and the time that the directory lost from the messenger", async () => {
    const gateway = await startGatewayCore((method) => {
      if (method === "im.user.list.get") return [userOnWire(5)];
      return [
        { ID: "5", NAME: "Ann", WORK_PHONE: "", PERSONAL_MOBILE: "", UF_PHONE_INNER: null, LAST_ACTIVITY_DATE: {} },
      ];
    });
    const { operators } = await gateway.data(`{ operators { nodes { id phones { work } lastActivityAt } } }`);
    expect(operators).toEqual({
      nodes: [{ id: "5", phones: null, lastActivityAt: "2026-06-01T10:30:00.000Z" }],
    });
    expect(gateway.seen().commands).toEqual(["user.search", "im.user.list.get"]);
  });

  test("are refused for an id that is none", async () => {
    const gateway = await start();
    const result = await gateway.run(`{ users(ids: ["1", "x"]) { id } }`);
    expect(result.errors?.[0]?.message).toContain("ids[1] must be an id");
    expect(gateway.seen().requests).toBe(0);
  });
});
