import type { Call } from "../bitrix24/calls.ts";
import { acceptance } from "../bitrix24/wire.ts";
import type { ChatChange } from "../domain/chat-change.ts";
import type { Id } from "../domain/ids.ts";
import type { TransferTarget } from "../domain/transfer-target.ts";
import type { ChatWrite } from "../im/chat-write.ts";
import { idParam } from "../rest-params.ts";

/** The target's parameter. `QUEUE_ID` is a line's id, never an element of a queue. */
export function transferParams(target: TransferTarget): Call<boolean>["params"] {
  return "userId" in target ? { USER_ID: idParam(target.userId) } : { QUEUE_ID: idParam(target.lineId) };
}

function chatAction(method: string, changes: ChatChange, chatId: Id): ChatWrite<boolean> {
  return { method, changes, params: { CHAT_ID: idParam(chatId) }, decode: acceptance };
}

/**
 * Makes the caller the operator, silently taking the chat over from a colleague (`imopenlines.operator.answer`). Fails with a blank code
 * when there is nothing to take.
 */
export function operatorAnswer(chatId: Id): ChatWrite<boolean> {
  return chatAction("imopenlines.operator.answer", "ANSWER", chatId);
}

/** Declines the dialog for the next one in the queue (`imopenlines.operator.skip`). Fails with a blank code when there is nobody else. */
export function operatorSkip(chatId: Id): ChatWrite<boolean> {
  return chatAction("imopenlines.operator.skip", "SKIP", chatId);
}

/** Marks the dialog as spam and ends it (`imopenlines.operator.spam`). True even when no session was open. */
export function operatorSpam(chatId: Id): ChatWrite<boolean> {
  return chatAction("imopenlines.operator.spam", "SPAM", chatId);
}

/**
 * Ends the caller's dialog (`imopenlines.operator.finish`). The first time it may only ask the customer for a rating; then the session is
 * CLOSING.
 */
export function operatorFinish(chatId: Id): ChatWrite<boolean> {
  return chatAction("imopenlines.operator.finish", "FINISH", chatId);
}

/** Ends a dialog whoever its operator is (`imopenlines.operator.another.finish`). */
export function operatorAnotherFinish(chatId: Id): ChatWrite<boolean> {
  return chatAction("imopenlines.operator.another.finish", "FINISH", chatId);
}

/**
 * Hands the dialog to an operator or to a line's queue (`imopenlines.operator.transfer`). Nearly every refusal, missing rights too, is
 * `OPERATOR_WRONG`.
 */
export function operatorTransfer(chatId: Id, target: TransferTarget): ChatWrite<boolean> {
  return {
    method: "imopenlines.operator.transfer",
    changes: "TRANSFER",
    params: { CHAT_ID: idParam(chatId), ...transferParams(target) },
    decode: acceptance,
  };
}
