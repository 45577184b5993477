import { randomUUID } from "node:crypto";
import { BOOT, type ProcessName, THIS_PROCESS } from "../../../../src/storage/processes.ts";
import type { EventStorage } from "../../../../src/subscriptions/events/event-storage.ts";
import {
  createHeartbeat,
  type Heartbeat,
  type HeartbeatOptions,
} from "../../../../src/subscriptions/events/gaps/heartbeat.ts";
import type { Moment } from "../../../../src/subscriptions/events/gaps/moment.ts";
import type { RunningWatch } from "../../../../src/subscriptions/events/gaps/running-watch.ts";

export const NOON = Date.parse("2026-05-05T12:00:00.000Z");

/** The clocks of a machine, set by hand. */
export interface Clocks {
  read(): Moment;
  /** Lets time pass until this many seconds after the beginning. */
  pass(seconds: number): void;
  /** Sets the wall clock to this many seconds after noon, as an administrator or a time server does. */
  setWall(seconds: number): void;
  reboot(): void;
}

export function clocksAtNoon(): Clocks {
  let elapsed = 0;
  let offset = 0;
  let boot = BOOT;
  return {
    read: () => ({ at: NOON + offset + elapsed, up: 5_000_000 + elapsed, boot }),
    pass(seconds) {
      elapsed = seconds * 1_000;
    },
    setWall(seconds) {
      offset = seconds * 1_000 - elapsed;
    },
    reboot() {
      boot = `${boot} later`;
    },
  };
}

/** Processes that are not this one. The first can be seen to be dead, of the others nobody here can tell. */
export const DEAD: ProcessName = { ...THIS_PROCESS, started: "1" };
export const ELSEWHERE: ProcessName = { machine: "another machine", pid: 1, started: "1" };

/** A heartbeat that beats when it is told to, in a process that always ran. */
export function receivingProcess(
  storage: EventStorage,
  clocks: Clocks,
  name: ProcessName = THIS_PROCESS,
  options: HeartbeatOptions = {},
): Heartbeat {
  return createHeartbeat(storage, {
    readClocks: clocks.read,
    process: { id: randomUUID(), name },
    running: alwaysRunning,
    ...options,
  });
}

const alwaysRunning: RunningWatch = { longestPauseMs: () => 0, turnedAway: () => false, close: () => {} };

/** The gaps in a portal's log, as times of day. */
export async function gapsOf(storage: EventStorage, portal: string): Promise<string[]> {
  const events = await storage.log.read(portal, 0, 1_000);
  return events.flatMap(({ event }) =>
    event.kind === "gap" ? [`${event.since.slice(11, 19)} to ${event.until.slice(11, 19)}`] : [],
  );
}
