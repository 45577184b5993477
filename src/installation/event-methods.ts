import type { Call } from "../datasources/bitrix24/calls.ts";
import { acceptance, integer, list, object, optionalId, optionalText, text } from "../datasources/bitrix24/wire.ts";
import type { Id } from "../datasources/domain/ids.ts";

/** A handler that the application has set for an event. */
export interface Binding {
  /** Event code in upper case. */
  readonly event: string;
  readonly handler: string;
  /** The user with whose tokens the event is delivered; null: whoever caused it. */
  readonly authUserId: Id | null;
}

/** Handlers of the application (`event.get`); an administrator sees all, others their own. */
export function eventBindings(): Call<Binding[]> {
  return { method: "event.get", params: {}, decode: decodeBindings };
}

function decodeBindings(result: unknown): Binding[] {
  const rows = list(result, "", object);
  // Offline handlers have no address; they are a queue of another kind.
  return rows.flatMap((row) => {
    const handler = optionalText(row.handler, "handler");
    if (handler === null) return [];
    return {
      event: text(row.event, "event").toUpperCase(),
      handler,
      authUserId: optionalId(row.auth_type, "auth_type"),
    };
  });
}

/** Sets a handler (`event.bind`); refused with `ERROR_CORE` when it is set already. */
export function eventBind(event: string, handler: string): Call<boolean> {
  return { method: "event.bind", params: { event, handler, auth_type: 0 }, decode: acceptance };
}

/** Removes a handler (`event.unbind`), whichever user it delivers for. Answers how many were removed. */
export function eventUnbind(event: string, handler: string): Call<number> {
  return { method: "event.unbind", params: { event, handler }, decode: decodeCount };
}

function decodeCount(result: unknown): number {
  return integer(object(result, "").count, "count");
}
