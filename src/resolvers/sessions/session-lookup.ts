import { PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";
import { Session } from "../../schema/session.ts";
import type { OperationContext } from "../engine/context.ts";
import { readActivity } from "./session-record.ts";

/**
 * A session by its id, as its chat's record or, where that is wanted, its history names it. Whoever may see neither may still see its entry in
 * the CRM, which tells part of it. Throws the portal's refusal where nothing tells of it.
 */
export async function sessionById(
  id: Id,
  context: OperationContext,
  isHistoryWanted: boolean,
): Promise<Session | null> {
  try {
    return await fromDialog(id, context, isHistoryWanted);
  } catch (error) {
    const isRefused = error instanceof PortalRefusal && refusalClass(error) === "business";
    const activity = isRefused ? await readActivity(id, context).catch(() => null) : null;
    if (activity === null) throw error;
    return new Session(id);
  }
}

async function fromDialog(id: Id, { loaders }: OperationContext, isHistoryWanted: boolean): Promise<Session | null> {
  if (!isHistoryWanted) return new Session(id, (await loaders.chats.bySession(id)).id);
  const history = await loaders.histories.load({ sessionId: id });
  return history ? new Session(history.sessionId, history.chatId, history) : null;
}
