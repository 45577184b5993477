import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { progress } from "../../kit/until.ts";
import { faultsIn, type History, type Verdict, verdictOf, withheldIn } from "./history.ts";
import { startListener } from "./listening.ts";
import { type Posting, startPosting } from "./posting.ts";
import type { Scene } from "./scene.ts";

/** What is done to a scene while deliveries go on. */
export interface Fault {
  readonly name: string;
  readonly gateways: 1 | 2;
  /** One blow, and whatever mends it: when it resolves, deliveries are taken again. */
  readonly strike: (scene: Scene, posting: Posting, blow: number, listeners: Listeners) => Promise<void>;
  /** Settings of the gateways. */
  readonly settings?: () => Readonly<Record<string, string>>;
  /** Milliseconds by which the gateways' clocks may differ from the poster's. */
  readonly clockShifts?: readonly number[];
  /** Deliveries of which the fault takes some; false where none need be lost. */
  readonly loses: boolean;
}

export type Listeners = readonly { vanish(): void }[];

export interface Outcome {
  readonly verdict: Verdict;
  readonly accepted: number;
  readonly refused: number;
  readonly connections: number;
  /** Events that somebody did not see and was told so. */
  readonly withheld: number;
}

const LANES = 16;
/** Events by which who listens may be behind before a blow: of every event one in ten is somebody's, and a gateway forgets what is older than 100,000. */
const MOST_BEHIND = 2_000;
/** While more comes there is no verdict yet, and forming one takes seconds where there are many deliveries. */
const SETTLED_MS = 500;

/** Posts at least so many deliveries, with blows spread evenly among them, and judges what everybody heard. */
export async function runFault(scene: Scene, fault: Fault, events: number, blows: number): Promise<Outcome> {
  const { members, sender, places, seats, cursor } = scene;
  const origins = members.map(({ origin }) => origin);
  const from = (index: number): readonly string[] => [
    ...origins.slice(index % origins.length),
    ...origins.slice(0, index % origins.length),
  ];
  const listeners = (["websocket", "event stream"] as const).flatMap((transport, side) =>
    seats.map(({ name, key, interest }, index) => {
      let attempts = index + side;
      const target = (): string => {
        attempts += 1;
        return from(attempts)[0] ?? "";
      };
      const listener = startListener({ transport, interest, key, cursor, target });
      onTestFinished(() => listener.close());
      return { name: `${name} (${transport})`, interest, listener };
    }),
  );
  const heardInAll = (): number => listeners.reduce((sum, { listener }) => sum + listener.heard.length, 0);
  // Not while a blow lasts: it may wait for deliveries that fail, and some hear nothing meanwhile.
  let isStriking = false;
  const owed = listeners.map(({ interest, listener }) => ({ interest, listener, events: 0 }));
  const isHeld = (): boolean =>
    !isStriking &&
    owed.some(({ listener, events: due }) => !listener.isOver() && due > listener.heard.length + MOST_BEHIND);
  const posting = startPosting({
    sender,
    places,
    lanes: LANES,
    targets: from,
    clockShifts: fault.clockShifts ?? [],
    isHeld,
    taken: (event) => {
      for (const each of owed) if (each.interest.matches(event)) each.events += 1;
    },
  });
  const reach = (count: number): Promise<void> =>
    progress(
      () => posting.accepted() >= count,
      () => posting.accepted() + heardInAll(),
    );
  const vanishing = listeners.map(({ listener }) => listener);
  for (let blow = 1; blow <= blows; blow += 1) {
    await reach((events * blow) / (blows + 1));
    isStriking = true;
    await fault.strike(scene, posting, blow, vanishing);
    isStriking = false;
  }
  await reach(events);
  await posting.finish();

  const history: History = {
    posted: posting.posted,
    listening: listeners.map(({ name, interest, listener }) => ({
      name,
      heard: listener.heard,
      wants(text) {
        const event = posting.events.get(text);
        return event !== undefined && interest.matches(event);
      },
    })),
  };
  const verdict = await finalVerdict(history);
  return {
    verdict,
    accepted: posting.accepted(),
    refused: posting.refused(),
    connections: listeners.reduce((sum, { listener }) => sum + listener.connections(), 0),
    withheld: withheldIn(history),
  };
}

/** The verdict once nothing is missing, or nothing more comes. */
async function finalVerdict(history: History): Promise<Verdict> {
  const count = (): number => history.listening.reduce((sum, { heard }) => sum + heard.length, 0);
  for (;;) {
    const heard = await settled(count, SETTLED_MS);
    const verdict = verdictOf(history);
    if (faultsIn(verdict) === 0) return verdict;
    try {
      await progress(() => count() !== heard, count);
    } catch {
      return verdict;
    }
  }
}

/** What is counted once it has not changed for so long. */
async function settled(measure: () => number, forMs: number): Promise<number> {
  for (let last = measure(); ; last = measure()) {
    await pause(forMs);
    if (measure() === last) return last;
  }
}
