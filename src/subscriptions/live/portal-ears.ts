import { guard, inBackground } from "../../process/guard.ts";
import type { LoggedEvent } from "../events/event-log.ts";

type Heard = (logged: LoggedEvent) => void;

/** Those who want to hear of a portal's events as they come, without a place in its log: what is missed is missed. */
export interface PortalEars {
  /** Returns what ends it. Has the log read for as long as somebody hears. */
  hear(portal: string, heard: Heard): () => void;
  /** An event was read from the portal's log. */
  tell(portal: string, logged: LoggedEvent): void;
  /** The portal's log is another one now. */
  logIsGone(portal: string): void;
}

export interface PortalEarsOptions {
  /** Has the portal's log read until it is released. */
  readonly useTail: (portal: string) => Promise<{ readonly release: () => void }>;
  readonly onError: (error: unknown) => void;
}

/** A log that could not be opened is tried again after this. */
const REOPEN_MS = 500;

interface Ear {
  readonly heard: Heard;
  isOver: boolean;
  release: (() => void) | undefined;
  timer: NodeJS.Timeout | undefined;
}

export function createPortalEars({ useTail, onError }: PortalEarsOptions): PortalEars {
  const ears = new Map<string, Set<Ear>>();

  async function open(portal: string, ear: Ear): Promise<void> {
    try {
      const { release } = await useTail(portal);
      if (ear.isOver) {
        release();
        return;
      }
      ear.release?.();
      ear.release = release;
    } catch (error) {
      onError(error);
      if (ear.isOver) return;
      ear.timer = setTimeout(
        guard("following a log again", () => open(portal, ear)),
        REOPEN_MS,
      );
    }
  }

  return {
    hear(portal, heard) {
      const ear: Ear = { heard, isOver: false, release: undefined, timer: undefined };
      const all = ears.get(portal) ?? new Set();
      ears.set(portal, all.add(ear));
      inBackground("following a log", () => open(portal, ear));
      return () => {
        ear.isOver = true;
        clearTimeout(ear.timer);
        ear.release?.();
        all.delete(ear);
        if (all.size === 0 && ears.get(portal) === all) ears.delete(portal);
      };
    },
    tell(portal, logged) {
      for (const { heard } of ears.get(portal) ?? []) heard(logged);
    },
    logIsGone(portal) {
      for (const ear of ears.get(portal) ?? []) inBackground("following the new log", () => open(portal, ear));
    },
  };
}
