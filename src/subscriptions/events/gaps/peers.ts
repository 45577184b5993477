import type { KeyValueStore } from "../../../storage/key-value-store.ts";
import { isSurelyDead } from "../../../storage/processes.ts";
import type { BeatPlace } from "./beat-places.ts";
import { type BeatRecord, decodeBeat, encodeBeat } from "./beat-record.ts";
import { isBefore, type Moment, spanFrom, timesOf } from "./moment.ts";

/** What this process does for others that cannot speak for themselves any more. */
export interface Peers {
  /**
   * The beginning of this life. Where nobody lives, `owe` is told since when nobody listened, and the records of the dead go once this
   * process has one of its own. False while another process does the same: to be tried again.
   */
  takeOver(now: Moment, owe: (since: Moment) => void): Promise<boolean>;
  /** Says the gaps of processes that are dead or silent. */
  settle(now: Moment): Promise<void>;
}

export interface PeersOptions {
  /** This process's own record. */
  readonly id: string;
  readonly store: BeatPlace;
  readonly files: BeatPlace | undefined;
  readonly keyValues: KeyValueStore;
  /** Nobody else can have the store. */
  readonly exclusive: boolean;
  readonly silenceMs: number;
  /** Says a gap to the subscribers of all portals. */
  readonly sayAll: (since: number, until: number) => Promise<void>;
  /** Writes this process's own record. */
  readonly keep: (now: Moment) => Promise<void>;
}

/** What is known of another process: the same record may be in the store and, from when it could not reach the store, in a file. */
interface Peer {
  readonly id: string;
  readonly record: BeatRecord;
  readonly kept: readonly { readonly place: BeatPlace; readonly text: string }[];
}

const LOCKS = "heartbeat-locks";
const LOCK_KEY = "gap";
const LOCK_TTL_MS = 30_000;

/**
 * After how many times the silence a process is spoken for, and then again, as it may live on somewhere without the store and refuse
 * deliveries: with a silence of 15 s after these, another minute and another 4 minutes.
 */
const SILENCES = [1, 4, 16];

export function createPeers(options: PeersOptions): Peers {
  const { id: own, store, files, keyValues, exclusive, silenceMs } = options;
  /** Since when, by this process's own clock, a record has been what it is: clocks of other machines are not compared. */
  const observed = new Map<string, { readonly text: string; readonly since: Moment }>();
  let lastLook: Moment | undefined;

  async function others(): Promise<readonly Peer[]> {
    const found = new Map<string, Peer>();
    for (const place of files === undefined ? [store] : [store, files]) {
      for (const { id, text } of await place.list()) {
        if (id === own && !exclusive) continue;
        const record = decodeBeat(text);
        const known = found.get(id);
        const older = known !== undefined && isBefore(known.record.covered, record.covered) ? known.record : record;
        found.set(id, { id, record: older, kept: [...(known?.kept ?? []), { place, text }] });
      }
    }
    return [...found.values()];
  }

  /** Runs `act` in one process at a time; tells whether it ran. */
  async function locked(act: () => Promise<void>): Promise<boolean> {
    if (exclusive) {
      await act();
      return true;
    }
    if (!(await keyValues.setIfAbsent(LOCKS, LOCK_KEY, own, { ttlMs: LOCK_TTL_MS }))) return false;
    try {
      await act();
    } finally {
      await keyValues.compareAndSet(LOCKS, LOCK_KEY, own, null);
    }
    return true;
  }

  async function forget({ id, kept }: Peer): Promise<void> {
    for (const { place, text } of kept) await place.replace(id, text, null);
    observed.delete(id);
  }

  function isGone({ record }: Peer, now: Moment): boolean {
    return (
      exclusive || record.hasLeft || isSurelyDead(record.process) || Math.abs(now.at - record.covered.at) > silenceMs
    );
  }

  /** How long a record has not changed. */
  function silenceOf({ id, kept }: Peer, now: Moment): number {
    const text = kept.map((each) => each.text).join("\n");
    const known = observed.get(id);
    if (known?.text === text) return now.up - known.since.up;
    observed.set(id, { text, since: now });
    return 0;
  }

  async function speakFor(peer: Peer, now: Moment): Promise<void> {
    const { id, record, kept } = peer;
    await locked(async () => {
      const current = (await others()).find((each) => each.id === id);
      // It has changed: it lives, or somebody else was first.
      if (current?.kept.map(({ text }) => text).join("\n") !== kept.map(({ text }) => text).join("\n")) return;
      const { since, until } = timesOf(spanFrom(record.covered), now);
      await options.sayAll(since, until);
      await markSaid(peer, now);
    });
  }

  /** Up to now it was spoken for; what is certainly dead, or was silent for long, needs no more. */
  async function markSaid(peer: Peer, now: Moment): Promise<void> {
    const { id, record, kept } = peer;
    const timesSaid = record.timesSaid + 1;
    if (exclusive || record.hasLeft || isSurelyDead(record.process) || timesSaid >= SILENCES.length) {
      await forget(peer);
      return;
    }
    const said = encodeBeat({ ...record, covered: now, timesSaid });
    for (const { place, text } of kept) await place.replace(id, text, place === store ? said : null);
  }

  return {
    async takeOver(now, owe) {
      return await locked(async () => {
        const former = await others();
        const areGone = former.length > 0 && former.every((peer) => isGone(peer, now));
        if (areGone) owe(silenceBegan(former.map(({ record }) => record)));
        await options.keep(now);
        if (!areGone) return;
        for (const peer of former) if (peer.id !== own) await markSaid(peer, now);
      });
    },
    async settle(now) {
      if (exclusive) return;
      const peers = await others();
      // Who could not look for a while, because the store was away, does not know whether the others were silent.
      if (lastLook !== undefined && now.up - lastLook.up > silenceMs / 2) observed.clear();
      lastLook = now;
      for (const peer of peers) {
        const { record } = peer;
        const patience = (SILENCES[record.timesSaid] ?? 1) * silenceMs;
        // This process listens in its place, and says so in a record of its own.
        if (record.hasLeft) await forget(peer);
        else if (isSurelyDead(record.process) || silenceOf(peer, now) > patience) await speakFor(peer, now);
      }
      const known = new Set(peers.map(({ id }) => id));
      for (const id of observed.keys()) if (!known.has(id)) observed.delete(id);
    },
  };
}

/**
 * Since when nobody listened, where all have gone: those that left in order were replaced by whoever was left, so the last of them counts;
 * those that died owe from what they covered.
 */
function silenceBegan(former: readonly BeatRecord[]): Moment {
  const left = former.filter(({ hasLeft }) => hasLeft).map(({ covered }) => covered);
  const dead = former.filter(({ hasLeft }) => !hasLeft).map(({ covered }) => covered);
  const [first, ...rest] = dead.length > 0 ? dead : left;
  if (first === undefined) throw new Error("nobody has gone");
  return rest.reduce((chosen, covered) => {
    const isEarlier = isBefore(covered, chosen);
    return isEarlier === dead.length > 0 ? covered : chosen;
  }, first);
}
