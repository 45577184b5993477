import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Directive, ID, Info, Mutation, Resolver } from "type-graphql";
import type { Id } from "../../datasources/domain/ids.ts";
import {
  type BotMessageKind,
  botSessionFinish,
  botSessionMessageSend,
  botSessionOperator,
  botSessionTransfer,
} from "../../datasources/imopenlines/bot.ts";
import { isBusinessRefusal, notDone } from "../../refusals/user-error.ts";
import {
  BotChatRouteToOperatorPayload,
  BotChatTransferPayload,
  BotMessageKindEnum,
  BotMessageSendPayload,
  BotSessionFinishPayload,
} from "../../schema/bot-payloads.ts";
import { parseChatId } from "../../schema/input-errors.ts";
import { parseTransferTarget, TransferTarget } from "../../schema/transfer-target.ts";
import { refusedChatAction, runAcceptedChatAction, runChatAction } from "../chats/chat-action.ts";
import type { OperationContext } from "../engine/context.ts";
import { emptyTextProblem } from "../engine/text-guards.ts";
import { IDEMPOTENCY_KEY } from "../sends/send-once.ts";
import { sendToChat } from "../sends/send-to-chat.ts";
import type { SentSearch } from "../sends/sends.ts";
import { type SoughtMessage, searchInChat } from "../sends/sent-search.ts";

/** What an open-line bot does with its chats. Its client id comes from the credential's configuration. */
@Resolver()
export class BotActions {
  @Directive('@rest(method: "imopenlines.bot.session.finish")')
  @Mutation(() => BotSessionFinishPayload, {
    nullable: true,
    description:
      "Ends the session in the name of the application's bot. For an application with a registered bot, or a webhook whose credential names the bot's client id. The portal only says \"accepted\"; look at `chat.state`. " +
      "User errors: `BOT_NOT_FOUND`, `BOT_NOT_CONFIGURED`, `CHAT_NOT_FOUND`. Needs the scope `imbot`. Costs one call (`imopenlines.bot.session.finish`).",
  })
  async botSessionFinish(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat whose session ends." }) chatId: string,
  ): Promise<BotSessionFinishPayload> {
    const id = parseChatId(chatId);
    const call = botSessionFinish(id, context.portal.botClientId);
    return new BotSessionFinishPayload(await runAcceptedChatAction(context, info, id, call));
  }

  @Directive('@rest(method: "imopenlines.bot.session.transfer")')
  @Mutation(() => BotChatTransferPayload, {
    nullable: true,
    description:
      "Hands the chat from the application's bot to an operator or to the queue of a line. Trap: transferring a chat without an open session silently opens a new session first. " +
      "User errors: `TRANSFER_REFUSED`, `TRANSFER_TARGET_INVALID`, `BOT_NOT_FOUND`, `BOT_NOT_CONFIGURED`, `CHAT_NOT_FOUND`. Needs the scope `imbot`. Costs one call (`imopenlines.bot.session.transfer`).",
  })
  async botChatTransfer(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to hand over." }) chatId: string,
    @Arg("to", () => TransferTarget, { description: "An operator or a line." }) to: TransferTarget,
    @Arg("leave", () => Boolean, {
      defaultValue: false,
      description: "true: the bot leaves at once. false: it stays until the transfer is confirmed.",
    })
    leave: boolean,
  ): Promise<BotChatTransferPayload> {
    const id = parseChatId(chatId);
    const call = botSessionTransfer(id, parseTransferTarget(to, "to"), {
      leave,
      clientId: context.portal.botClientId,
    });
    const blame = { TRANSFER_REFUSED: ["to"], TRANSFER_TARGET_INVALID: ["to"] };
    return new BotChatTransferPayload(await runAcceptedChatAction(context, info, id, call, blame));
  }

  @Directive('@rest(method: "imopenlines.bot.session.message.send")')
  @Directive('@rest(method: "im.dialog.messages.get")')
  @Mutation(() => BotMessageSendPayload, {
    nullable: true,
    description:
      'Sends an automatic message to the customer: the line\'s greeting or a text. Anybody may; the portal checks neither a bot nor access, and only says "accepted", even for an unknown chat. Trap: it opens a session where none is open. ' +
      "User errors: `TEXT_EMPTY` (kind `DEFAULT` without a text), `CHAT_NOT_FOUND`, `BOT_NOT_CONFIGURED`, `IDEMPOTENCY_KEY_REUSED`. Needs the scope `imbot`. Costs one call, with a key two or three (`imopenlines.bot.session.message.send`).",
  })
  async botMessageSend(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to write to." }) chatId: string,
    @Arg("kind", () => BotMessageKindEnum, { description: "The line's greeting, or the given text." })
    kind: BotMessageKind,
    @Arg("text", () => String, { nullable: true, description: "The text of kind `DEFAULT`." }) text?: string | null,
    @Arg("idempotencyKey", () => String, {
      nullable: true,
      description: `${IDEMPOTENCY_KEY} A greeting is looked for by the text that its line has then, and never sent again: where it is not found, \`OUTCOME_UNKNOWN\` stays the answer.`,
    })
    idempotencyKey?: string | null,
  ): Promise<BotMessageSendPayload> {
    const id = parseChatId(chatId);
    const problem = kind === "DEFAULT" ? emptyTextProblem(text ?? "") : undefined;
    if (problem !== undefined) return new BotMessageSendPayload(refusedChatAction(id, problem));
    const call = botSessionMessageSend(id, kind, text ?? undefined);
    const { result } = await sendToChat(
      context,
      {
        mutation: "botMessageSend",
        idempotencyKey,
        body: [id, kind, text ?? null],
        method: call.method,
        search:
          kind === "DEFAULT" ? searchInChat(context, ofBot(context, id, text ?? "")) : searchForGreeting(context, id),
      },
      id,
      () => runChatAction(context, info, id, call),
      (value) => ({ messageId: null, refusal: value === false ? notDone() : undefined }),
    );
    return new BotMessageSendPayload(result);
  }

  @Directive('@rest(method: "imopenlines.bot.session.operator")')
  @Mutation(() => BotChatRouteToOperatorPayload, {
    nullable: true,
    description:
      "Hands the chat from the bot to the queue of its line, which offers it to a free operator. Anybody may, as long as a bot has the chat. Trap: it opens a session where none is open. " +
      "User errors: `CHAT_NOT_WITH_BOT`, `BOT_NOT_CONFIGURED`, `CHAT_NOT_FOUND`. Needs the scope `imbot`. Costs one call (`imopenlines.bot.session.operator`).",
  })
  async botChatRouteToOperator(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to hand over." }) chatId: string,
  ): Promise<BotChatRouteToOperatorPayload> {
    const id = parseChatId(chatId);
    return new BotChatRouteToOperatorPayload(
      await runAcceptedChatAction(context, info, id, botSessionOperator(id), { CHAT_NOT_WITH_BOT: ["chatId"] }),
    );
  }
}

/** By the greeting of the chat's line. That it is not found proves nothing: it may have been another one when it was sent, and the portal may fill it in. */
function searchForGreeting(context: OperationContext, chatId: Id): SentSearch {
  return {
    newestId: () => searchInChat(context, ofBot(context, chatId, "")).newestId(),
    async sentSince(after, mark) {
      const text = await greetingOf(context, chatId);
      if (text === null || text.trim() === "") return "unclear";
      const found = await searchInChat(context, ofBot(context, chatId, text)).sentSince(after, mark);
      return found === "none" ? "unclear" : found;
    },
  };
}

/** null where the line has none, or cannot be told. */
async function greetingOf({ loaders }: OperationContext, chatId: Id): Promise<string | null> {
  try {
    const { session, userCode } = await loaders.chats.load(chatId);
    const lineId = session?.lineId ?? userCode?.lineId ?? null;
    return lineId === null ? null : ((await loaders.lines.load(lineId))?.welcome.text ?? null);
  } catch (error) {
    if (!isBusinessRefusal(error)) throw error;
    return null;
  }
}

/** A bot writes in its own name where one has the chat, as the system otherwise. */
function ofBot({ loaders }: OperationContext, chatId: Id, text: string): SoughtMessage {
  const isBot = async (userId: Id): Promise<boolean> => {
    const user = await loaders.users.load(userId);
    return user?.isBot === true || user?.kind === "BOT";
  };
  return { chatId, text, isAuthor: (authorId) => authorId === null || isBot(authorId) };
}
