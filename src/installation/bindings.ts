import type { PortalSession } from "../datasources/bitrix24/calls.ts";
import { ACTIVITY_EVENTS, CRM_SCOPE } from "../datasources/crm/activity-events.ts";
import { OPEN_CHANNEL_EVENTS } from "../datasources/imopenlines/portal-events.ts";
import { type Binding, eventBind, eventBindings, eventUnbind } from "./event-methods.ts";

export const EVENTS_PATH = "bitrix24/events";
export const INSTALL_PATH = "bitrix24/install";

/** What a portal tells about the application itself; a portal that does not know one of them is used without it. */
export const APPLICATION_EVENTS = ["ONAPPINSTALL", "ONAPPUPDATE", "ONAPPUNINSTALL"] as const;

/** Where the portal delivers events, from the gateway's public address. */
export function eventsAddress(publicUrl: string): string {
  return new URL(EVENTS_PATH, publicUrl.endsWith("/") ? publicUrl : `${publicUrl}/`).href;
}

/** How an application's handlers in a portal compare with what the gateway needs. */
export interface BindingState {
  readonly bound: readonly string[];
  /** Events without which something is not delivered. */
  readonly missing: readonly string[];
  /** Events of ours that lead to our address though nothing here takes them. */
  readonly stale: readonly Binding[];
  /** Handlers of the application at other addresses: another gateway, or this one's former address. */
  readonly elsewhere: readonly Binding[];
}

/** What an application with these scopes can be told: where it may read the CRM, also what becomes of the entries of sessions there. */
export function wantedEvents(scopes: readonly string[]): readonly string[] {
  const ofActivities = scopes.includes(CRM_SCOPE) ? ACTIVITY_EVENTS : [];
  return [...OPEN_CHANNEL_EVENTS, ...ofActivities, ...APPLICATION_EVENTS];
}

/** Reads the handlers with the application's credential. `wanted` is what `wantedEvents` tells. Throws the errors of `errors.ts`. */
export async function readBindingState(
  portal: PortalSession,
  address: string,
  wanted: readonly string[],
): Promise<BindingState> {
  const bindings = await portal.read(eventBindings(), { fresh: true });
  const ours = bindings.filter(({ handler }) => handler === address);
  const bound = new Set(ours.map(({ event }) => event));
  return {
    bound: wanted.filter((event) => bound.has(event)),
    missing: wanted.filter((event) => !bound.has(event)),
    stale: ours.filter(({ event }) => !wanted.includes(event)),
    elsewhere: bindings.filter(({ handler }) => handler !== address),
  };
}

export interface BindingReport {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Events that the portal would not bind, with its error code. */
  readonly refused: readonly { readonly event: string; readonly error: string }[];
}

/** Whether every Open Channel event arrives; the application's own events and those of the CRM are wished for but not needed. */
export function isComplete({ refused }: BindingReport): boolean {
  return !refused.some(({ event }) => OPEN_CHANNEL_EVENTS.some((needed) => needed === event));
}

/** Sets the missing handlers and removes stale ones of our own address. What leads elsewhere stays: it may be another gateway's. */
export async function repairBindings(
  portal: PortalSession,
  address: string,
  wanted: readonly string[],
): Promise<BindingReport> {
  const { missing, stale } = await readBindingState(portal, address, wanted);
  const added: string[] = [];
  const refused: { event: string; error: string }[] = [];
  for (const event of missing) {
    const { result } = await portal.write(eventBind(event, address));
    if (result.kind === "done") added.push(event);
    else refused.push({ event, error: result.refusal.error });
  }
  const removed = await unbindAll(
    portal,
    stale.map(({ event }) => event),
    address,
  );
  if (refused.length === 0) return { added, removed, refused };
  // Another process may have bound it in between, which the portal answers with an error.
  const { missing: stillMissing } = await readBindingState(portal, address, wanted);
  return { added, removed, refused: refused.filter(({ event }) => stillMissing.includes(event)) };
}

/** Removes every handler that leads to our address; answers the events that had one. */
export async function removeBindings(portal: PortalSession, address: string): Promise<readonly string[]> {
  const { bound, stale } = await readBindingState(portal, address, []);
  return unbindAll(portal, [...bound, ...stale.map(({ event }) => event)], address);
}

async function unbindAll(portal: PortalSession, events: readonly string[], address: string): Promise<string[]> {
  const removed: string[] = [];
  for (const event of new Set(events)) {
    const { result } = await portal.write(eventUnbind(event, address));
    if (result.kind === "done" && result.value !== 0) removed.push(event);
  }
  return removed;
}
