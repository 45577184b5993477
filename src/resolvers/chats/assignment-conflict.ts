import { PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { UserRecord } from "../../datasources/domain/user.ts";
import { dialogGet } from "../../datasources/imopenlines/dialog.ts";
import { ownUserError } from "../../refusals/user-error.ts";
import { type UserError, UserErrorCode } from "../../schema/mutation-payload.ts";
import type { OperationContext } from "../engine/context.ts";

/**
 * Why the caller should not take this chat: a colleague is responsible for it. undefined when nothing stands against it.
 * Always asks the portal; a chat in the hands of a bot is free to be taken.
 */
export async function assignmentConflict(context: OperationContext, chatId: Id): Promise<UserError | undefined> {
  let chat: ChatRecord;
  try {
    chat = await context.portal.read(dialogGet({ chatId }), { fresh: true });
  } catch (error) {
    // Who is offered the chat may take it without a right to look at it: the action has a verdict of its own.
    if (error instanceof PortalRefusal) return undefined;
    throw error;
  }
  const { operatorId } = chat;
  // The chat's owner is its responsible operator, so the caller's own role tells whether that is the caller.
  if (operatorId === undefined || operatorId === null || chat.viewerRole === "OWNER") return undefined;
  const operator = await userOf(context, operatorId);
  if (operator?.isBot === true || operator?.kind === "BOT") return undefined;
  const name = operator?.name ?? "";
  return ownUserError(
    UserErrorCode.ALREADY_ASSIGNED,
    `${name === "" ? "Operator" : name} (user ${operatorId}) is responsible for this chat: ask for a transfer, or take it over with chatIntercept.`,
    ["chatId"],
  );
}

/** A refused look-up (the scope is missing, say) counts as no bot: better not to displace a colleague. */
async function userOf(context: OperationContext, userId: Id): Promise<UserRecord | null> {
  try {
    return await context.loaders.users.full(userId);
  } catch (error) {
    if (error instanceof PortalRefusal) return null;
    throw error;
  }
}
