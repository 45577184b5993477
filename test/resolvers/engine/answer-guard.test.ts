import { expect, test } from "vitest";
import { Refused } from "../../datasources/bitrix24/scripted-portal.ts";
import methods from "../../fixtures/methods.json" with { type: "json" };
import { type Gateway, startGatewayCore } from "../operation.ts";

const BOT_ID = 203;
const COLLEAGUE_ID = 27;

/** The documented answer of dialog.get with another owner and role. */
function dialog(owner: number, role: string): unknown {
  const documented = methods.find(({ name }) => name === "imopenlines.dialog.get")?.example.response.result;
  if (typeof documented !== "object") throw new Error("dialog.get has no documented example");
  return { ...documented, id: 5, owner, role };
}

function startAt(owner: number, role: string, users: () => unknown = () => []): Promise<Gateway> {
  return startGatewayCore((method) => {
    switch (method) {
      case "imopenlines.dialog.get":
        return dialog(owner, role);
      case "im.user.list.get":
        return users();
      case "imopenlines.operator.answer":
        return true;
      default:
        throw new Error(`${method} was not expected`);
    }
  });
}

async function answer(gateway: Gateway, args = "chatId: 5"): Promise<unknown> {
  const { chatAnswer } = await gateway.data(`mutation { chatAnswer(${args}) { userErrors { code } } }`);
  return chatAnswer;
}

test("an unassigned chat is looked at and taken", async () => {
  const gateway = await startAt(0, "guest");
  expect(await answer(gateway)).toEqual({ userErrors: [] });
  expect(gateway.seen().commands).toEqual(["imopenlines.dialog.get", "imopenlines.operator.answer"]);
});

test("one's own chat is left to the portal to judge", async () => {
  const gateway = await startAt(COLLEAGUE_ID, "owner");
  expect(await answer(gateway)).toEqual({ userErrors: [] });
  expect(gateway.seen().commands).toEqual(["imopenlines.dialog.get", "imopenlines.operator.answer"]);
});

test("a bot is no colleague: its chat is taken", async () => {
  const gateway = await startAt(BOT_ID, "member", () => [{ id: BOT_ID, name: "Welcome", bot: true, active: true }]);
  expect(await answer(gateway)).toEqual({ userErrors: [] });
  expect(gateway.seen().commands).toEqual([
    "imopenlines.dialog.get",
    "im.user.list.get",
    "imopenlines.operator.answer",
  ]);
});

test("a colleague's chat is left alone, also when it cannot be told whether it is a bot", async () => {
  const conflict = { userErrors: [{ code: "ALREADY_ASSIGNED" }] };
  const person = [{ id: COLLEAGUE_ID, name: "Anna", bot: false, active: true }];
  expect(await answer(await startAt(COLLEAGUE_ID, "member", () => person))).toEqual(conflict);
  expect(await answer(await startAt(COLLEAGUE_ID, "member", () => []))).toEqual(conflict);
  const gateway = await startAt(COLLEAGUE_ID, "member", () => {
    throw new Refused("insufficient_scope", 403);
  });
  expect(await answer(gateway)).toEqual(conflict);
  expect(gateway.seen().commands).not.toContain("imopenlines.operator.answer");
});

test("without ifUnassigned the portal is not asked first", async () => {
  const gateway = await startAt(COLLEAGUE_ID, "member");
  expect(await answer(gateway, "chatId: 5, ifUnassigned: false")).toEqual({ userErrors: [] });
  expect(gateway.seen().commands).toEqual(["imopenlines.operator.answer"]);
});
