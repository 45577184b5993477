import type { PortalSession } from "../bitrix24/calls.ts";
import { PortalProtocolError, PortalRefusal } from "../bitrix24/errors.ts";
import type { ChatRecord } from "../domain/chat.ts";
import type { SessionHistory } from "../domain/session.ts";
import { dialogGet } from "./dialog.ts";
import { sessionHistoryGet } from "./history.ts";

export interface ChatWithHistory {
  readonly chat: Promise<ChatRecord>;
  /** The newest session; null when the chat has had none. Fails like `chat` where that fails. */
  readonly history: Promise<SessionHistory | null>;
}

/**
 * A customer's chat and its newest session in one request (`imopenlines.dialog.get`, then `imopenlines.session.history.get` of the chat that it answers).
 * The two parts fail independently. A portal that resolves the reference to another chat is a `PortalProtocolError` of the history.
 */
export function readChatByUserCodeWithSession(portal: PortalSession, userCode: string): ChatWithHistory {
  const [chat, linked] = portal.readLinked(dialogGet({ userCode }), (ref) => sessionHistoryGet({ chatId: ref("id") }));
  const history = noSessionAsNull(linked).then(async (found) => {
    const { id } = await chat;
    if (found !== null && found.chatId !== id)
      throw new PortalProtocolError(
        "The portal answered with the history of another chat than the one asked for.",
        "imopenlines.session.history.get",
      );
    return found;
  });
  // Either part may be left unread by the operation; its failure must not become an unhandled rejection.
  chat.catch(() => undefined);
  history.catch(() => undefined);
  return { chat, history };
}

/** "This chat has no session" is an answer, not a failure. */
export async function noSessionAsNull(history: Promise<SessionHistory>): Promise<SessionHistory | null> {
  try {
    return await history;
  } catch (error) {
    if (error instanceof PortalRefusal && error.code === "INVALID_SESSION_ID") return null;
    throw error;
  }
}
