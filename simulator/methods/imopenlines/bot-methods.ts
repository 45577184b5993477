import type { Params } from "../../protocol/php-form.ts";
import { RestError } from "../../rest-error.ts";
import { botLeaves, isWithBot } from "../../world/bots.ts";
import { sendWelcome, staffWrites } from "../../world/conversation.ts";
import { lineSettings } from "../../world/line-settings.ts";
import { joinChat } from "../../world/members.ts";
import { addSystemMessage } from "../../world/messages.ts";
import { answer, requeue, transfer } from "../../world/operator-actions.ts";
import type { Chat } from "../../world/records.ts";
import { finishSession, loadSession } from "../../world/sessions.ts";
import { systemText } from "../../world/system-texts.ts";
import { type Call, type Method, write } from "../method.ts";
import { foldKeys, intParam, isEmptyParam, textParam } from "../param-reading.ts";
import { accessDenied } from "./crm-arguments.ts";
import { transferTarget } from "./transfer-target.ts";

const scope = "imopenlines";

function requiredChat(params: Params): number {
  const chatId = intParam(params, "CHAT_ID");
  if (chatId <= 0) throw new RestError("CHAT_ID_EMPTY", "Chat ID can't be empty");
  return chatId;
}

function linesChat({ world }: Call, chatId: number): Chat | undefined {
  const chat = world.chats.get(chatId);
  return chat?.kind === "lines" ? chat : undefined;
}

/** The bot of the calling application; for webhooks the one registered under CLIENT_ID. */
function callingBot({ world, credential, params }: Call): number {
  const folded = foldKeys(params);
  if (credential.kind === "webhook" && isEmptyParam(folded, "CLIENT_ID"))
    throw accessDenied("Client ID not specified.");
  const clientId = credential.kind === "oauth" ? credential.clientId : textParam(folded, "CLIENT_ID");
  const bot = world.bots.find((candidate) => candidate.clientId === clientId);
  if (!bot) throw new RestError("BOT_ID_ERROR", "Bot not found");
  return bot.userId;
}

const botOperator = write("imopenlines.bot.session.operator", scope, (call) => {
  const { world } = call;
  const chat = linesChat(call, requiredChat(foldKeys(call.params)));
  const session = chat && isWithBot(world, chat) ? loadSession(world, chat, true) : undefined;
  if (!chat || !session) throw new RestError("WRONG_CHAT", "Operator is not a bot");
  const botId = chat.ownerId;
  addSystemMessage(world, chat, systemText.quickBotToQueue());
  requeue(world, chat, session, { mode: "BOT" });
  if (lineSettings(world, session.lineId)?.welcomeBotLeaves === false) joinChat(world, chat, [botId]);
  return true;
});

/** Always true, whatever happens: also for unknown chats and empty texts. */
const botMessage = write("imopenlines.bot.session.message.send", scope, (call) => {
  const params = foldKeys(call.params);
  const chat = linesChat(call, requiredChat(params));
  if (!chat) return true;
  const text = textParam(params, "MESSAGE").trim();
  if (textParam(params, "NAME").toUpperCase() === "WELCOME") sendWelcome(call.world, chat);
  else if (text !== "") {
    const authorId = isWithBot(call.world, chat) ? chat.ownerId : 0;
    staffWrites(call.world, chat, { authorId, text, params: { IMPORTANT_CONNECTOR: "Y" } });
  }
  return true;
});

const botTransfer = write("imopenlines.bot.session.transfer", scope, (call) => {
  const { world, params } = call;
  const chatId = requiredChat(params);
  const target = transferTarget(params);
  const botId = callingBot(call);
  const chat = linesChat(call, chatId);
  if (!chat || !transfer(world, chat, botId, target)) {
    throw new RestError("OPERATOR_WRONG", "You can not redirect to this operator");
  }
  if (params.LEAVE === "Y") botLeaves(world, chat);
  else joinChat(world, chat, [botId]);
  return true;
});

const botFinish = write("imopenlines.bot.session.finish", scope, (call) => {
  const { world } = call;
  const chatId = requiredChat(foldKeys(call.params));
  const botId = callingBot(call);
  const chat = linesChat(call, chatId);
  if (!chat) return true;
  answer(world, chat, botId);
  const session = world.openSession(chat.id);
  if (session) finishSession(world, chat, session, "manual");
  return true;
});

export const botMethods: readonly Method[] = [botOperator, botMessage, botTransfer, botFinish];
