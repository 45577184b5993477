import { z } from "zod";
import type { ProcessName } from "../../../storage/processes.ts";
import type { Moment } from "./moment.ts";

/** What a process tells others of itself, again and again. */
export interface BeatRecord {
  /** Every delivery sent to it before this moment was kept, or lies in a gap that was said. */
  readonly covered: Moment;
  readonly process: ProcessName;
  /** Differs from beat to beat, also while `covered` stands still. */
  readonly count: number;
  /** It ended in order, owing nothing. */
  readonly hasLeft: boolean;
  /** How often others have said its gap, because it was silent. */
  readonly timesSaid: number;
}

// What is missing was not yet written by an earlier version.
const schema = z.object({
  at: z.number(),
  up: z.number().default(0),
  boot: z.string().default("?"),
  machine: z.string().default(""),
  pid: z.number().default(0),
  started: z.string().default(""),
  count: z.number().default(0),
  left: z.boolean().default(false),
  said: z.number().default(0),
});

export function encodeBeat({ covered, process, count, hasLeft, timesSaid }: BeatRecord): string {
  return JSON.stringify({ ...covered, ...process, count, left: hasLeft, said: timesSaid });
}

/** Throws when it is not what `encodeBeat` writes. */
export function decodeBeat(text: string): BeatRecord {
  const { at, up, boot, machine, pid, started, count, left, said } = schema.parse(JSON.parse(text));
  return {
    covered: { at, up, boot },
    process: { machine, pid, started },
    count,
    hasLeft: left,
    timesSaid: said,
  };
}
