import { UserErrorCode as Code } from "../schema/mutation-payload.ts";
import { TRANSFER } from "./chat-methods.ts";
import type { MeaningsByCode } from "./code-meanings.ts";
import { INVALID_CODE, MESSAGE_NOT_SENT, meaning, NETWORK_LINE_NOT_FOUND } from "./object-meanings.ts";

const BOT: MeaningsByCode = {
  ACCESS_DENIED: meaning(
    Code.BOT_NOT_CONFIGURED,
    "The portal demands the bot's client id under a webhook: set the credential's bot client id in the gateway's configuration.",
  ),
};

/** Refusals of the methods about bots and network lines. */
export const BOT_AND_NETWORK_METHODS: Readonly<Record<string, MeaningsByCode>> = {
  "imopenlines.network.join": {
    CODE: INVALID_CODE,
    NOT_FOUND: NETWORK_LINE_NOT_FOUND,
    INACTIVE: meaning(Code.NETWORK_LINE_INACTIVE, "The network line is switched off: its owner must switch it on."),
    "": meaning(Code.NETWORK_LINE_NOT_FOUND, "The network line could not be joined: check the code."),
  },
  "imopenlines.network.message.add": {
    CODE: INVALID_CODE,
    NOT_FOUND: NETWORK_LINE_NOT_FOUND,
    USER_MESSAGE_LIMIT: meaning(
      Code.WEEKLY_LIMIT_REACHED,
      "This user already got a message of this line within the last seven days: wait until they have passed.",
    ),
    WRONG_REQUEST: MESSAGE_NOT_SENT,
    "": MESSAGE_NOT_SENT,
  },
  "imopenlines.bot.session.operator": {
    ...BOT,
    WRONG_CHAT: meaning(
      Code.CHAT_NOT_WITH_BOT,
      "The chat is not in the hands of a bot: only a bot's chat can be handed to an operator this way.",
    ),
  },
  "imopenlines.bot.session.message.send": BOT,
  "imopenlines.bot.session.transfer": { ...TRANSFER, ...BOT },
  "imopenlines.bot.session.finish": BOT,
};
