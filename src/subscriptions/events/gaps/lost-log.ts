import { z } from "zod";
import type { KeyValueStore } from "../../../storage/key-value-store.ts";

/** A data file that was damaged and given up: what its logs held is told to the subscribers of each portal that comes back. */
export interface LostLog {
  /** Says it in the logs of portals where it has not been said. A log begins again with its portal's first event or subscriber. */
  tell(portals: readonly string[]): Promise<void>;
}

const NAMESPACE = "lost-log";
const LOST = "lost";
/** Whoever comes back later than this has read everything again long ago. */
const OWED_MS = 7 * 24 * 60 * 60 * 1_000;

const schema = z.object({ since: z.number(), until: z.number() });
type Lost = z.infer<typeof schema>;

/** `lost`: from when until when, in milliseconds of the wall clock, this process has just given events up; a former life's are known. */
export function createLostLog(
  keyValues: KeyValueStore,
  lost: Lost | undefined,
  say: (portal: string, since: number, until: number) => Promise<void>,
): LostLog {
  const told = new Set<string>();
  let owed: Lost | null | undefined;

  async function whatIsOwed(): Promise<Lost | null> {
    if (lost !== undefined) {
      await keyValues.set(NAMESPACE, LOST, JSON.stringify(lost), { ttlMs: OWED_MS });
      return lost;
    }
    const text = await keyValues.get(NAMESPACE, LOST);
    return text === null ? null : schema.parse(JSON.parse(text));
  }

  return {
    async tell(portals) {
      owed ??= await whatIsOwed();
      if (owed === null) return;
      for (const portal of portals) {
        if (told.has(portal)) continue;
        const mark = `told ${portal}`;
        if ((await keyValues.get(NAMESPACE, mark)) === null) {
          await say(portal, owed.since, owed.until);
          await keyValues.set(NAMESPACE, mark, "", { ttlMs: OWED_MS });
        }
        told.add(portal);
      }
    },
  };
}
