import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isReady } from "../../kit/gateway-process.ts";
import { progress, until } from "../../kit/until.ts";
import { largestFile, limitFiles } from "../live/file-limit.ts";
import type { Posting } from "./posting.ts";
import type { Fault } from "./run.ts";
import type { Member, Scene } from "./scene.ts";

const PATIENCE_MS = 120_000;

async function ready(...members: readonly Member[]): Promise<void> {
  for (const { origin } of members) await until(() => isReady(origin), PATIENCE_MS);
}

/** Lets some more deliveries fail. */
async function refuses(posting: Posting, more: number): Promise<void> {
  const before = posting.refused();
  await progress(() => posting.refused() >= before + more, posting.refused);
}

function memberAt({ members }: Scene, index: number): Member {
  const member = members[index % members.length];
  if (member === undefined) throw new Error("no gateway");
  return member;
}

function redisOf({ redis }: Scene) {
  if (redis === undefined) throw new Error("no Redis");
  return redis;
}

function gateOf({ gate }: Member) {
  if (gate === undefined) throw new Error("no way to Redis");
  return gate;
}

/** Something between nothing and `most`, another for each blow. */
function moment(blow: number, most: number): number {
  return (blow * 7_919) % most;
}

const HOUR_MS = 3_600_000;

let clockFile: string | undefined;

/** Sets the wall clock that the gateways see, without ending them. */
function setClock(shiftMs: number): string {
  clockFile ??= join(mkdtempSync(join(tmpdir(), "clock-")), "shift");
  writeFileSync(clockFile, String(shiftMs));
  return clockFile;
}

export const faults: readonly Fault[] = [
  {
    name: "the only gateway is killed at any moment",
    gateways: 1,
    loses: true,
    async strike(scene, _posting, blow) {
      const member = memberAt(scene, 0);
      await pause(moment(blow, 1_100));
      await member.process().kill();
      await member.start();
    },
  },
  {
    name: "the only gateway is stopped in order and started again",
    gateways: 1,
    loses: true,
    async strike(scene) {
      const member = memberAt(scene, 0);
      await member.process().stop();
      await member.start();
    },
  },
  {
    name: "the only gateway is frozen",
    gateways: 1,
    loses: true,
    async strike(scene, posting) {
      const { pid } = memberAt(scene, 0).process();
      process.kill(pid, "SIGSTOP");
      // Each lane gives up twice.
      await refuses(posting, 32);
      process.kill(pid, "SIGCONT");
      await ready(memberAt(scene, 0));
    },
  },
  {
    name: "the only gateway is frozen and then killed",
    gateways: 1,
    loses: true,
    async strike(scene, posting, blow) {
      const member = memberAt(scene, 0);
      process.kill(member.process().pid, "SIGSTOP");
      await refuses(posting, 16 * (1 + (blow % 2)));
      await member.process().kill();
      await member.start();
    },
  },
  {
    name: "the disk is full, for a time or until the gateway is killed",
    gateways: 1,
    loses: true,
    async strike(scene, posting, blow) {
      const member = memberAt(scene, 0);
      const { pid } = member.process();
      limitFiles(pid, await largestFile(member.directory));
      await refuses(posting, 30 + moment(blow, 300));
      if (blow % 2 === 0) {
        await member.process().kill();
        await member.start();
      } else {
        limitFiles(pid, "unlimited");
        await ready(member);
      }
    },
  },
  {
    name: "the clock is set back and forth, and the gateway killed meanwhile",
    gateways: 1,
    loses: true,
    clockShifts: [0, HOUR_MS, -HOUR_MS],
    settings: () => ({
      NODE_OPTIONS: `--import ${new URL("set-clock.mjs", import.meta.url)}`,
      SHIFTED_CLOCK_FILE: setClock(0),
    }),
    async strike(scene, _posting, blow) {
      const member = memberAt(scene, 0);
      setClock([HOUR_MS, -HOUR_MS, 0][blow % 3] ?? 0);
      await pause(moment(blow, 2_500));
      await member.process().kill();
      setClock([-HOUR_MS, 0, HOUR_MS][blow % 3] ?? 0);
      await member.start();
    },
  },
  {
    name: "clients vanish",
    gateways: 1,
    loses: false,
    async strike(_scene, _posting, blow, listeners) {
      for (let round = 0; round < 20; round += 1) {
        for (const [index, listener] of listeners.entries()) if ((index + round + blow) % 3 === 0) listener.vanish();
        await pause(moment(blow + round, 120));
      }
    },
  },
  {
    name: "one of two gateways is killed and comes back",
    gateways: 2,
    loses: true,
    async strike(scene, _posting, blow) {
      const member = memberAt(scene, blow);
      await pause(moment(blow, 1_100));
      await member.process().kill();
      await pause(moment(blow, 3_000));
      await member.start();
    },
  },
  {
    name: "one of two gateways is cut off from Redis, and comes back, is killed or stopped",
    gateways: 2,
    loses: true,
    async strike(scene, posting, blow) {
      const member = memberAt(scene, blow);
      gateOf(member).close();
      await refuses(posting, 100 + moment(blow, 300));
      if (blow % 3 === 0) await member.process().kill();
      if (blow % 3 === 1) await member.process().stop();
      gateOf(member).open();
      if (blow % 3 !== 2) await member.start();
      await ready(member);
    },
  },
  {
    name: "one of two gateways hears nothing of Redis any more, and is killed or comes back",
    gateways: 2,
    loses: true,
    async strike(scene, posting, blow) {
      const member = memberAt(scene, blow);
      gateOf(member).silence();
      await refuses(posting, 20 + moment(blow, 40));
      if (blow % 2 === 0) await member.process().kill();
      gateOf(member).open();
      if (blow % 2 === 0) await member.start();
      await ready(member);
    },
  },
  {
    name: "Redis is killed and comes back",
    gateways: 2,
    loses: true,
    async strike(scene, posting, blow) {
      await redisOf(scene).kill();
      await refuses(posting, 50 + moment(blow, 500));
      await redisOf(scene).start();
      await ready(...scene.members);
    },
  },
  {
    name: "Redis is frozen, goes on or is killed",
    gateways: 2,
    loses: true,
    async strike(scene, posting, blow) {
      redisOf(scene).pause();
      await refuses(posting, 20 + moment(blow, 40));
      if (blow % 2 === 0) {
        await redisOf(scene).kill();
        await redisOf(scene).start();
      } else {
        redisOf(scene).resume();
      }
      await ready(...scene.members);
    },
  },
  {
    name: "all are killed at once: Redis and both gateways",
    gateways: 2,
    loses: true,
    async strike(scene, _posting, blow) {
      await Promise.all([
        redisOf(scene).kill(),
        ...scene.members.map(async (member, index) => {
          await pause(moment(blow + index, 200));
          await member.process().kill();
        }),
      ]);
      await redisOf(scene).start();
      await Promise.all(scene.members.map((member) => member.start()));
    },
  },
];
