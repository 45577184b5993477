import { acceptance } from "../bitrix24/wire.ts";
import type { Id } from "../domain/ids.ts";
import type { TransferTarget } from "../domain/transfer-target.ts";
import type { ChatWrite } from "../im/chat-write.ts";
import { flagParam, idParam } from "../rest-params.ts";
import { transferParams } from "./operator.ts";

/** WELCOME: the greeting of the line's settings. DEFAULT: the given text. */
export type BotMessageKind = "WELCOME" | "DEFAULT";

/** Hands the dialog from the bot to the line's queue (`imopenlines.bot.session.operator`). Refusal: `WRONG_CHAT` when no bot has it. */
export function botSessionOperator(chatId: Id): ChatWrite<boolean> {
  return {
    method: "imopenlines.bot.session.operator",
    changes: "BOT",
    params: { CHAT_ID: idParam(chatId) },
    decode: acceptance,
  };
}

/**
 * Writes an automatic message into the dialog (`imopenlines.bot.session.message.send`). Always true, even for an unknown chat or an empty
 * text.
 */
export function botSessionMessageSend(chatId: Id, kind: BotMessageKind, text: string | undefined): ChatWrite<boolean> {
  return {
    method: "imopenlines.bot.session.message.send",
    changes: null,
    params: { CHAT_ID: idParam(chatId), NAME: kind, MESSAGE: text },
    decode: acceptance,
  };
}

/**
 * Hands the dialog from the application's bot to an operator or to a line's queue (`imopenlines.bot.session.transfer`). `leave`: the bot
 * leaves at once instead of staying until the transfer is confirmed. `clientId` is needed under webhook authorization.
 */
export function botSessionTransfer(
  chatId: Id,
  target: TransferTarget,
  options: { readonly leave: boolean; readonly clientId: string | undefined },
): ChatWrite<boolean> {
  return {
    method: "imopenlines.bot.session.transfer",
    changes: "BOT",
    params: {
      CHAT_ID: idParam(chatId),
      ...transferParams(target),
      LEAVE: flagParam(options.leave),
      CLIENT_ID: options.clientId,
    },
    decode: acceptance,
  };
}

/** Ends the dialog on behalf of the application's bot (`imopenlines.bot.session.finish`). `clientId` is needed under webhook authorization. */
export function botSessionFinish(chatId: Id, clientId: string | undefined): ChatWrite<boolean> {
  return {
    method: "imopenlines.bot.session.finish",
    changes: "BOT",
    params: { CHAT_ID: idParam(chatId), CLIENT_ID: clientId },
    decode: acceptance,
  };
}
