import type { Call } from "./calls.ts";
import { UnclearAnswer } from "./connection.ts";
import { type OperatingTime, readDuration, readOperatingTime, readRefusal } from "./envelope.ts";
import { PortalProtocolError, type PortalRefusal } from "./errors.ts";
import { encodeCommand } from "./php-query.ts";
import { isPlainObject, object, optionalObject } from "./wire.ts";

/** A `batch` carries at most this many commands (`protocol.md` 4). */
export const BATCH_LIMIT = 50;

/** What became of one command of a batch. */
export type CommandAnswer =
  | {
      readonly kind: "result";
      readonly result: unknown;
      readonly operating: OperatingTime | undefined;
      readonly tookMs: number | undefined;
    }
  | { readonly kind: "refused"; readonly refusal: PortalRefusal }
  /** The portal did not mention the command at all. */
  | { readonly kind: "missing" };

/** The key of the command at a place. Never a bare number: PHP would turn the maps of the answer into lists. */
export function commandKey(index: number): string {
  return `c${index}`;
}

/**
 * Body parameters of `batch` for these groups of calls; references of a group point to its first call. Every command runs whatever becomes
 * of the others.
 */
export function batchParams(groups: readonly (readonly Call<unknown>[])[]): { halt: 0; cmd: Record<string, string> } {
  const cmd: Record<string, string> = {};
  let index = 0;
  for (const group of groups) {
    const first = commandKey(index);
    for (const call of group) {
      cmd[commandKey(index)] = encodeCommand(call.method, call.params, first);
      index += 1;
    }
  }
  return { halt: 0, cmd };
}

/** What it does not tell in a readable way is no reason to lose what the commands answered. */
function ornamentalMap(value: unknown): Readonly<Record<string, unknown>> {
  return isPlainObject(value) ? value : {};
}

/** The answers by command key, in the order of `calls`. Keys that were not asked for are ignored. Throws `UnclearAnswer`: the commands may have run. */
export function readBatchResult(calls: readonly Call<unknown>[], result: unknown): CommandAnswer[] {
  let results: Readonly<Record<string, unknown>>;
  let errors: Readonly<Record<string, unknown>>;
  let times: Readonly<Record<string, unknown>>;
  try {
    const maps = object(result, "result");
    errors = ornamentalMap(maps.result_error);
    // Where every command was refused there is nothing in it.
    results = optionalObject(maps.result, "result.result") ?? {};
    times = ornamentalMap(maps.result_time);
  } catch (error) {
    throw new UnclearAnswer(
      new PortalProtocolError("The portal's answer to batch has not the shape of one.", "batch", { cause: error }),
    );
  }
  return calls.map((call, index): CommandAnswer => {
    const key = commandKey(index);
    const refusal = Object.hasOwn(errors, key) ? readRefusal(call.method, errors[key]) : undefined;
    if (refusal !== undefined) return { kind: "refused", refusal };
    if (Object.hasOwn(results, key)) {
      const time = times[key];
      return {
        kind: "result",
        result: results[key],
        operating: readOperatingTime(time),
        tookMs: readDuration(time),
      };
    }
    return { kind: "missing" };
  });
}
