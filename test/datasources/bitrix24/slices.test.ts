import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Call } from "../../../src/datasources/bitrix24/calls.ts";
import { startBench } from "./portal-fixture.ts";

const ROWS = 600;
/** Too few for a second request. */
const CHATS = 9;

it("hands out a large answer in slices, between which others have their turn, and all of it", async () => {
  const { portal, operation } = await startBench();
  const message = (id: number) => [String(id), { id, text: "Hello" }] as const;
  const history = { chatId: 5, message: Object.fromEntries(Array.from({ length: ROWS }, (_, id) => message(id + 1))) };
  portal.answer = () => history;
  let turn = 0;
  let isOver = false;
  const turns = (async () => {
    for (; !isOver; turn += 1) await nextTurn();
  })();
  const rowsByTurn = new Map<number, number>();
  const decode = (result: unknown): number => {
    const rows = Object.keys(Object(result).message).length;
    rowsByTurn.set(turn, (rowsByTurn.get(turn) ?? 0) + rows);
    return rows;
  };
  const reads = (session: ReturnType<typeof operation>) =>
    Array.from({ length: CHATS }, (_, index): Promise<number> => {
      const call: Call<number> = { method: "a.get", params: { ID: index }, decode };
      return session.read(call);
    });
  expect(await Promise.all(reads(operation()))).toEqual(Array.from({ length: CHATS }, () => ROWS));
  isOver = true;
  await turns;
  expect(portal.requests).toHaveLength(1);
  // No chat is cut, and each of these fills a slice.
  expect([...rowsByTurn.values()]).toEqual(Array.from({ length: CHATS }, () => ROWS));
});
