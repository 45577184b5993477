import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { endInOrder } from "../../src/process/orderly-end.ts";
import { eventually } from "../kit/until.ts";

function scene(close: () => Promise<void>, limitMs = 60_000) {
  const exits: number[] = [];
  const logged: { readonly level: string; readonly fields: unknown }[] = [];
  const process = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) });
  const note = (level: string) => (fields: unknown) => void logged.push({ level, fields });
  endInOrder({
    process,
    log: { fatal: note("fatal"), info: note("info"), warn: note("warn") },
    underWay: () => ["a query"],
    close,
    limitMs,
  });
  return { process, exits, logged };
}

const never = (): Promise<void> => new Promise(() => {});

test.each(["SIGTERM", "SIGINT", "SIGHUP", "disconnect"])(
  "%s ends the process once everything is closed",
  async (signal) => {
    let closed = (): void => {};
    const { process, exits } = scene(
      () =>
        new Promise((resolve) => {
          closed = resolve;
        }),
    );
    process.emit(signal);
    expect(exits).toEqual([]);
    closed();
    await eventually(() => expect(exits).toEqual([0]));
  },
);

test("a second signal ends it at once; one that two programs pass on is one", async () => {
  const { process, exits } = scene(never);
  process.emit("SIGINT");
  process.emit("SIGINT");
  expect(exits).toEqual([]);
  await eventually(() => {
    process.emit("SIGTERM");
    expect(exits[0]).toBe(1);
  });
});

test("the end of the starter after a signal is none of its own", () => {
  const { process, exits } = scene(never);
  process.emit("SIGTERM");
  process.emit("disconnect");
  expect(exits).toEqual([]);
});

test("what takes longer than the limit is left", async () => {
  const { process, exits, logged } = scene(never, 1);
  process.emit("SIGTERM");
  await eventually(() => expect(exits).toEqual([1]));
  expect(logged.map(({ level }) => level)).toEqual(["info", "warn"]);
});

test.each(["uncaughtException", "unhandledRejection"])(
  "%s is logged once, with what was under way, and ends the process in order",
  async (fault) => {
    let closes = 0;
    const { process, exits, logged } = scene(async () => {
      closes += 1;
    });
    const error = new Error("nobody caught this");
    process.emit(fault, error);
    process.emit(fault, new Error("nor this"));
    await eventually(() => expect(exits).toEqual([1]));
    expect(closes).toBe(1);
    expect(logged).toEqual([{ level: "fatal", fields: { err: error, fault, underWay: ["a query"] } }]);
  },
);

test("an end that fails ends the process all the same", async () => {
  const { process, exits, logged } = scene(() => Promise.reject(new Error("stuck")));
  process.emit("SIGTERM");
  await eventually(() => expect(exits).toEqual([1]));
  expect(logged.at(-1)?.level).toBe("fatal");
});
