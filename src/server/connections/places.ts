import type { Limits } from "../../config/limits.ts";

/** A connection's place; given back once. */
export interface Place {
  leave(): void;
}

/**
 * How many connections there may be. Those of which it is not known yet who opened them have places of their own, so that silent ones take
 * none of those that are known.
 */
export interface ConnectionPlaces {
  /** For an identity; undefined when there is none left, for it or in all. */
  enter(identity: string): Place | undefined;
  /** For an address of which nothing more is known; undefined when it has as many silent ones as it may. The oldest of all gives way when there are too many. */
  enterSilent(address: string, giveWay: () => void): Place | undefined;
  /** There is none left for anybody. */
  isFull(): boolean;
  /** Why there is none left, for that identity or for anybody. */
  excess(identity?: string): PlacesExcess;
  /** Why an address gets no silent one more. */
  readonly silentExcess: PlacesExcess;
}

/** What is bounded, and what would pass. */
export interface PlacesExcess {
  readonly limit: keyof ConnectionLimits;
  readonly maximum: number;
  readonly message: string;
}

export type ConnectionLimits = Pick<Limits, "sockets" | "socketsPerIdentity" | "silentSockets">;

/** Silent connections of all addresses together. */
const SILENT_IN_ALL_FACTOR = 10;

export function createConnectionPlaces({
  sockets,
  socketsPerIdentity,
  silentSockets,
}: ConnectionLimits): ConnectionPlaces {
  const ofIdentity = new Map<string, number>();
  const ofAddress = new Map<string, number>();
  /** Oldest first. */
  const silent = new Set<() => void>();
  let known = 0;

  return {
    excess: (identity) =>
      known < sockets && identity !== undefined
        ? {
            limit: "socketsPerIdentity",
            maximum: socketsPerIdentity,
            message: `One identity may have at most ${socketsPerIdentity} connections. Close one, or try again later.`,
          }
        : {
            limit: "sockets",
            maximum: sockets,
            message: `The gateway carries at most ${sockets} connections. Try again later.`,
          },
    silentExcess: {
      limit: "silentSockets",
      maximum: silentSockets,
      message: `At most ${silentSockets} connections of one address may wait for connection_init.`,
    },
    isFull: () => known >= sockets,
    enter(identity) {
      if (known >= sockets || (ofIdentity.get(identity) ?? 0) >= socketsPerIdentity) return undefined;
      known += 1;
      const leave = counted(ofIdentity, identity);
      return once(() => {
        known -= 1;
        leave();
      });
    },
    enterSilent(address, giveWay) {
      if ((ofAddress.get(address) ?? 0) >= silentSockets) return undefined;
      if (silent.size >= silentSockets * SILENT_IN_ALL_FACTOR) {
        const [oldest] = silent;
        oldest?.();
      }
      silent.add(giveWay);
      const leave = counted(ofAddress, address);
      return once(() => {
        silent.delete(giveWay);
        leave();
      });
    },
  };
}

function counted(counts: Map<string, number>, name: string): () => void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
  return () => {
    const left = (counts.get(name) ?? 1) - 1;
    if (left > 0) counts.set(name, left);
    else counts.delete(name);
  };
}

/** Holds nothing any more once it was left: places outlive what they were taken for. */
function once(leave: () => void): Place {
  let leaving: (() => void) | undefined = leave;
  return {
    leave() {
      const left = leaving;
      leaving = undefined;
      left?.();
    },
  };
}
