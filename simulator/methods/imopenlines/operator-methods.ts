import { RestError } from "../../rest-error.ts";
import { answer, finishForAnother, intercept, markSpam, skip, transfer } from "../../world/operator-actions.ts";
import type { Chat } from "../../world/records.ts";
import { finishSession, loadSession } from "../../world/sessions.ts";
import { openDialog } from "../dialog-access.ts";
import { raiseLegacy } from "../legacy-error.ts";
import { blankError, localisedError } from "../localised-errors.ts";
import { type Call, type Method, write } from "../method.ts";
import { foldKeys, intParam } from "../param-reading.ts";
import { transferTarget } from "./transfer-target.ts";

const scope = "imopenlines";

function foldedDialog(call: Call): Chat {
  return openDialog(call, intParam(foldKeys(call.params), "CHAT_ID"));
}

const operatorAnswer = write("imopenlines.operator.answer", scope, (call) => {
  const chat = foldedDialog(call);
  if (!answer(call.world, chat, call.userId)) throw blankError();
  return true;
});

const operatorSkip = write("imopenlines.operator.skip", scope, (call) => {
  const chat = foldedDialog(call);
  const wasMember = chat.members.has(call.userId);
  const open = call.world.openSession(chat.id) !== undefined;
  if (skip(call.world, chat, call.userId)) return true;
  if (!open && !wasMember) raiseLegacy(call.cache, localisedError("ACCESS_DENIED_KICK", call.portal.language));
  throw blankError();
});

const operatorSpam = write("imopenlines.operator.spam", scope, (call) => {
  markSpam(call.world, foldedDialog(call), call.userId);
  return true;
});

function notLoaded(): RestError {
  return new RestError("NOT_LOAD_SESSION_OR_CHAT", "Session or chat failed to load");
}

const operatorFinish = write("imopenlines.operator.finish", scope, (call) => {
  const chat = foldedDialog(call);
  const session = loadSession(call.world, chat, false);
  if (!session) throw notLoaded();
  if (session.operatorId !== call.userId) {
    throw new RestError("ERROR_USER_NOT_OPERATOR", "Attempt to close the dialog by a user who is not an operator");
  }
  finishSession(call.world, chat, session, "manual");
  return true;
});

const anotherFinish = write("imopenlines.operator.another.finish", scope, (call) => {
  const chat = openDialog(call, intParam(call.params, "CHAT_ID"));
  const session = loadSession(call.world, chat, false);
  if (!session) throw notLoaded();
  finishForAnother(call.world, chat, session, call.userId);
  return true;
});

function wrongOperator(): RestError {
  return new RestError("OPERATOR_WRONG", "You can not redirect to this operator");
}

export function requiredChatId(call: Call): number {
  const chatId = intParam(call.params, "CHAT_ID");
  if (chatId <= 0) throw new RestError("CHAT_ID_EMPTY", "Chat ID can't be empty");
  return chatId;
}

/** The dialog for the methods that answer every refusal with OPERATOR_WRONG. */
function dialogOrWrongOperator(call: Call, chatId: number): Chat {
  try {
    return openDialog(call, chatId);
  } catch {
    throw wrongOperator();
  }
}

const operatorTransfer = write("imopenlines.operator.transfer", scope, (call) => {
  const chatId = requiredChatId(call);
  const target = transferTarget(call.params);
  const chat = dialogOrWrongOperator(call, chatId);
  if (!transfer(call.world, chat, call.userId, target)) throw wrongOperator();
  return true;
});

const sessionIntercept = write("imopenlines.session.intercept", scope, (call) => {
  const chat = dialogOrWrongOperator(call, requiredChatId(call));
  intercept(call.world, chat, call.userId);
  return true;
});

export const operatorMethods: readonly Method[] = [
  operatorAnswer,
  operatorSkip,
  operatorSpam,
  operatorFinish,
  anotherFinish,
  operatorTransfer,
  sessionIntercept,
];
