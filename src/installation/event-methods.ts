import type { Call } from "../datasources/bitrix24/calls.ts";
import { acceptance, object, optionalCount, optionalId, optionalText, text } from "../datasources/bitrix24/wire.ts";
import { kept, ornamental } from "../datasources/bitrix24/wire-lists.ts";
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
  return kept(result, "", decodeBinding).filter((binding) => binding !== null);
}

function decodeBinding(value: unknown, path: string): Binding | null {
  const raw = object(value, path);
  const handler = optionalText(raw.handler, `${path}.handler`);
  // Offline handlers have no address; they are a queue of another kind.
  if (handler === null) return null;
  return {
    event: text(raw.event, `${path}.event`).toUpperCase(),
    handler,
    authUserId: ornamental(optionalId, raw.auth_type, `${path}.auth_type`),
  };
}

/** Sets a handler (`event.bind`); refused with `ERROR_CORE` when it is set already. */
export function eventBind(event: string, handler: string): Call<boolean> {
  return { method: "event.bind", params: { event, handler, auth_type: 0 }, decode: acceptance };
}

/** Removes a handler (`event.unbind`), whichever user it delivers for. Answers how many were removed; null where that cannot be read. */
export function eventUnbind(event: string, handler: string): Call<number | null> {
  return { method: "event.unbind", params: { event, handler }, decode: decodeCount };
}

function decodeCount(result: unknown): number | null {
  return ornamental(optionalCount, object(result, "").count, "count");
}
