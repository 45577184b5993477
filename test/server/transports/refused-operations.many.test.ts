import { queryObjects } from "node:v8";
import { expect, test } from "vitest";
import { createLightSignal } from "../../../src/process/light-signal.ts";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";
import { eventually } from "../../kit/until.ts";
import { openMessageSocket, subscribeTo } from "./message-socket.ts";

test("nothing is kept of operations that were refused while their socket is open", async () => {
  const { origin } = await startScriptedGateway({});
  const socket = await openMessageSocket(origin);
  const Signal = createLightSignal().signal.constructor;
  const refuse = async (from: number) => {
    const ids = Array.from({ length: 50 }, (_, index) => String(from + index));
    socket.send(...ids.map((id) => subscribeTo(id, "{ nothingOfTheSort }")));
    await eventually(() => expect(ids.every((id) => socket.about(id).at(-1)?.type === "error")).toBe(true));
  };
  await refuse(0);
  const before = queryObjects(Signal, { format: "count" });
  await refuse(50);
  await refuse(100);
  expect(queryObjects(Signal, { format: "count" }) - before).toBeLessThan(20);
});
