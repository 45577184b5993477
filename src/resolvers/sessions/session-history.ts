import type { SessionHistory } from "../../datasources/domain/session.ts";
import type { Session } from "../../schema/session.ts";
import type { OperationContext } from "../engine/context.ts";

/**
 * Everything about a session, downloaded once per operation; null when the portal knows no session there. The open session of a chat is asked
 * for as "the newest of the chat", which is how a look-up of chat and session in one request knows it; should another have begun in between,
 * it is asked for by its own id.
 */
function historyOf(session: Session, context: OperationContext): SessionHistory | Promise<SessionHistory | null> {
  const { id, chatId } = session;
  const { loaders } = context;
  const known = session.history ?? loaders.histories.known(id);
  if (known !== undefined) return known;
  if (chatId === undefined || loaders.chats.known(chatId)?.session?.sessionId !== id)
    return loaders.histories.load({ sessionId: id });
  return loaders.histories
    .load({ chatId })
    .then((newest) => (newest?.sessionId === id ? newest : loaders.histories.load({ sessionId: id })));
}

/** What an earlier operation read of a chat's open session, where that may still be shown. */
export function keptOf({ id, chatId, history }: Session, { loaders }: OperationContext): SessionHistory | undefined {
  if (history !== undefined || chatId === undefined || loaders.histories.known(id) !== undefined) return undefined;
  return loaders.histories.kept(chatId, id);
}

/** Derives a value from the session's history: at once where it is there; null when there is no such session. */
export function fromHistory<T>(
  session: Session,
  context: OperationContext,
  derive: (history: SessionHistory) => T,
): T | Promise<T | null> {
  const kept = keptOf(session, context);
  return kept === undefined ? fromReadHistory(session, context, derive) : derive(kept);
}

/** The same from what this operation reads, and nothing earlier: for what the viewer may do. */
export function fromReadHistory<T>(
  session: Session,
  context: OperationContext,
  derive: (history: SessionHistory) => T,
): T | Promise<T | null> {
  const history = historyOf(session, context);
  return history instanceof Promise
    ? history.then((found) => (found === null ? null : derive(found)))
    : derive(history);
}
