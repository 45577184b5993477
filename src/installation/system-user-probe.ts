import type { PortalSession } from "../datasources/bitrix24/calls.ts";
import { UpstreamError } from "../datasources/bitrix24/errors.ts";
import type { Id } from "../datasources/domain/ids.ts";
import { dialogGet } from "../datasources/imopenlines/dialog.ts";
import { sessionHistoryGet } from "../datasources/imopenlines/history.ts";
import { eventBindings } from "./event-methods.ts";
import type { Ability } from "./system-users.ts";

export interface ProbeOptions {
  /** With the system user's credential. */
  readonly portal: PortalSession;
  /** A chat of open lines that is known to exist; undefined while none is. */
  readonly knownChat: Id | undefined;
  /** Where the application's handlers lead that others have set; undefined where none are. */
  readonly eventsAddress: string | undefined;
}

/**
 * What an application's own user is able to do: read a known chat's record (`imopenlines.dialog.get`) and its latest session
 * (`imopenlines.session.history.get`, for which the portal asks for another right), and see the handlers that somebody else has set (`event.get`; an ordinary employee sees his own only). Whatever is refused, or cannot be asked now, is not proven.
 */
export async function probeSystemUser({ portal, knownChat, eventsAddress }: ProbeOptions): Promise<Ability[]> {
  const [chats, histories, bindings] = await Promise.all([
    proves(async () => {
      if (knownChat === undefined) return false;
      return (await portal.read(dialogGet({ chatId: knownChat }), { fresh: true })).id === knownChat;
    }),
    proves(async () => {
      if (knownChat === undefined) return false;
      return (await portal.read(sessionHistoryGet({ chatId: knownChat }), { fresh: true })).chatId === knownChat;
    }),
    proves(async () => {
      const seen = await portal.read(eventBindings(), { fresh: true });
      return seen.some(({ handler }) => handler === eventsAddress);
    }),
  ]);
  return [
    ...(chats ? (["chats"] as const) : []),
    ...(histories ? (["histories"] as const) : []),
    ...(bindings ? (["bindings"] as const) : []),
  ];
}

async function proves(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof UpstreamError) return false;
    throw error;
  }
}
