import { expect, test } from "vitest";
import { createLoopTurns } from "../../../src/server/operations/loop-turns.ts";
import { createMessagesInTurn } from "../../../src/server/transports/messages-in-turn.ts";
import { eventually } from "../../kit/until.ts";

/** A socket whose identity's turns are over before they begin: everything of it waits. */
function waitingSocket({ whose = "somebody" }: { readonly whose?: string | undefined } = {}) {
  const taken: string[] = [];
  let holds = 0;
  const receive = createMessagesInTurn({
    turns: createLoopTurns({ sliceMs: 0 }),
    whose: () => (whose === "" ? undefined : whose),
    take: (message) => {
      taken.push(String(message));
      queueMicrotask(() => taken.push(`after ${String(message)}`));
    },
    hold: () => {
      holds += 1;
      return () => {
        holds -= 1;
      };
    },
  });
  const send = (...texts: readonly string[]): void => {
    for (const text of texts) receive(Buffer.from(text));
  };
  return { taken, send, holds: () => holds };
}

const COMPLETE = '{"id":"1","type":"complete"}';

test("messages that wait are taken in their order, each in a turn of its own, and nothing is read meanwhile", async () => {
  const { taken, send, holds } = waitingSocket();
  send("one", "two", "three");
  expect(taken).toEqual([]);
  expect(holds()).toBe(1);
  await eventually(() => expect(taken).toHaveLength(6));
  expect(taken).toEqual(["one", "after one", "two", "after two", "three", "after three"]);
  await eventually(() => expect(holds()).toBe(0));
  send("four");
  await eventually(() => expect(taken).toContain("four"));
});

test("a completion goes along with the message before it, so that what it completes answers nothing more", async () => {
  const { taken, send } = waitingSocket();
  send("one", COMPLETE, "two");
  await eventually(() => expect(taken).toContain("after two"));
  expect(taken.slice(0, 2)).toEqual(["one", COMPLETE]);
});

test("completions without end wait for turns like everything else", async () => {
  const { taken, send, holds } = waitingSocket();
  send(...Array.from({ length: 60 }, () => COMPLETE));
  expect(taken).toHaveLength(50);
  expect(holds()).toBe(1);
  await eventually(() => expect(taken).toHaveLength(120));
});

test("what comes before it is known who sends it waits for nobody's turn", () => {
  const { taken, send } = waitingSocket({ whose: "" });
  send("one");
  expect(taken).toEqual(["one"]);
});
