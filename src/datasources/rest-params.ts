import { type ParamValue, ResultRef } from "./bitrix24/calls.ts";
import type { Id } from "./domain/ids.ts";

/** An id as a parameter: a JSON number where that is exact, the digits otherwise; a reference into an earlier answer stays one. */
export function idParam(id: Id | ResultRef): ParamValue {
  if (id instanceof ResultRef) return id;
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}

/** Portals misread `true`, `1` and `yes`; only `Y` and `N` are understood everywhere. */
export function flagParam(value: boolean): "Y" | "N" {
  return value ? "Y" : "N";
}

/** The dialog id of a chat, as the `im.dialog.*` methods want it. */
export function dialogIdParam(chatId: Id): string {
  return `chat${chatId}`;
}

/** A time in the ATOM form, which has no fractions: PHP's strict reader refuses what `toISOString` writes. */
export function timeParam(time: Date): string {
  return `${time.toISOString().slice(0, 19)}+00:00`;
}
