import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Directive, ID, Info, Mutation, Resolver } from "type-graphql";
import {
  operatorAnotherFinish,
  operatorAnswer,
  operatorFinish,
  operatorSkip,
  operatorSpam,
  operatorTransfer,
} from "../../datasources/imopenlines/operator.ts";
import { parseChatId } from "../../schema/input-errors.ts";
import {
  ChatAnswerPayload,
  ChatFinishOnBehalfPayload,
  ChatFinishPayload,
  ChatMarkAsSpamPayload,
  ChatSkipPayload,
  ChatTransferPayload,
} from "../../schema/operator-payloads.ts";
import { parseTransferTarget, TransferTarget } from "../../schema/transfer-target.ts";
import type { OperationContext } from "../engine/context.ts";
import { assignmentConflict } from "./assignment-conflict.ts";
import { refusedChatAction, runAcceptedChatAction } from "./chat-action.ts";

/** What an operator does with a chat of the queue. */
@Resolver()
export class OperatorActions {
  @Directive('@rest(method: "imopenlines.operator.answer")')
  @Directive('@rest(method: "imopenlines.dialog.get")')
  @Mutation(() => ChatAnswerPayload, {
    nullable: true,
    description:
      "Takes the chat: the caller becomes its operator, other operators leave it, and the customer is told who answers. Anybody with access to the chat may do it. " +
      "The portal itself would silently take the chat over from a colleague; with `ifUnassigned` (the default) the gateway looks first and answers `ALREADY_ASSIGNED` when another operator is responsible (a bot does not count). Looks and actions through this gateway are made in turn for each chat, so that of two at once one has the chat and the other gets `ALREADY_ASSIGNED`; whoever takes it in Bitrix24 itself in the moment between look and action is still displaced: `chat.operator` of the payload tells the truth. A caller who may not look takes the chat without it. Use `ifUnassigned: false` or `chatIntercept` to take over on purpose. " +
      "User errors: `ALREADY_ASSIGNED`, `CANNOT_ANSWER` (already yours, no open session, or being taken right now), `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. " +
      "Costs one call, one more with `ifUnassigned`, and a third where a bot or colleague is there (`imopenlines.operator.answer`).",
  })
  async chatAnswer(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to take." }) chatId: string,
    @Arg("ifUnassigned", () => Boolean, {
      defaultValue: true,
      description: "Look first, and leave the chat alone when another operator is responsible.",
    })
    ifUnassigned: boolean,
  ): Promise<ChatAnswerPayload> {
    const id = parseChatId(chatId);
    const answer = () => runAcceptedChatAction(context, info, id, operatorAnswer(id));
    const answerIfUnassigned = async () => {
      const conflict = await assignmentConflict(context, id);
      return conflict === undefined ? answer() : refusedChatAction(id, conflict);
    };
    return new ChatAnswerPayload(
      ifUnassigned ? await context.turns.inTurn(`answer ${id}`, context.signal, answerIfUnassigned) : await answer(),
    );
  }

  @Directive('@rest(method: "imopenlines.operator.skip")')
  @Mutation(() => ChatSkipPayload, {
    nullable: true,
    description:
      "Declines the chat, so that the queue offers it to the next operator. For the operator to whom it was offered. Trap: the system message that the chat was declined is posted even when nobody else is found, and without an open session the caller is removed from the chat all the same. " +
      "User errors: `CANNOT_SKIP` (the line offers chats to everyone at once, nobody else is in the queue, or no session is open), `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. Costs one call (`imopenlines.operator.skip`).",
  })
  async chatSkip(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to decline." }) chatId: string,
  ): Promise<ChatSkipPayload> {
    const id = parseChatId(chatId);
    return new ChatSkipPayload(await runAcceptedChatAction(context, info, id, operatorSkip(id)));
  }

  @Directive('@rest(method: "imopenlines.operator.finish")')
  @Mutation(() => ChatFinishPayload, {
    nullable: true,
    description:
      "Ends the session of the chat, as its operator. Trap: on a line that asks customers for a rating or says goodbye automatically, the first call only starts the closing: `chat.state` is then `CLOSING` and the session ends with the customer's rating, after a while, or with a second call. " +
      "User errors: `NOT_OPERATOR` (also when nobody is responsible), `NO_OPEN_SESSION`, `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. Costs one call (`imopenlines.operator.finish`).",
  })
  async chatFinish(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat whose session ends." }) chatId: string,
  ): Promise<ChatFinishPayload> {
    const id = parseChatId(chatId);
    return new ChatFinishPayload(await runAcceptedChatAction(context, info, id, operatorFinish(id)));
  }

  @Directive('@rest(method: "imopenlines.operator.another.finish")')
  @Mutation(() => ChatFinishOnBehalfPayload, {
    nullable: true,
    description:
      "Ends the session of a chat that is assigned to somebody else; anybody with access to the chat may. A system message names the caller; when nobody is responsible, the caller takes the chat first. Closes in two steps like `chatFinish`: look at `chat.state`. " +
      "User errors: `NO_OPEN_SESSION`, `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. Costs one call (`imopenlines.operator.another.finish`).",
  })
  async chatFinishOnBehalf(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat whose session ends." }) chatId: string,
  ): Promise<ChatFinishOnBehalfPayload> {
    const id = parseChatId(chatId);
    return new ChatFinishOnBehalfPayload(await runAcceptedChatAction(context, info, id, operatorAnotherFinish(id)));
  }

  @Directive('@rest(method: "imopenlines.operator.spam")')
  @Mutation(() => ChatMarkAsSpamPayload, {
    nullable: true,
    description:
      'Marks the session as spam and ends it at once, without a goodbye or a request for a rating. Anybody with access to the chat may. The portal only says "accepted", also when no session was open: `chat.state` tells the truth. ' +
      "User errors: `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. Costs one call (`imopenlines.operator.spam`).",
  })
  async chatMarkAsSpam(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat whose session is spam." }) chatId: string,
  ): Promise<ChatMarkAsSpamPayload> {
    const id = parseChatId(chatId);
    return new ChatMarkAsSpamPayload(await runAcceptedChatAction(context, info, id, operatorSpam(id)));
  }

  @Directive('@rest(method: "imopenlines.operator.transfer")')
  @Mutation(() => ChatTransferPayload, {
    nullable: true,
    description:
      "Hands the chat to another operator, who becomes responsible at once, or to the queue of a line, where it waits unassigned. The sender leaves the chat. Anybody with access to the chat may. Traps: transferring a chat without an open session silently opens a new session first; and who hands a chat to a line that he does not work on may not see it any more, so that `chat` is null with an error although the transfer is done. " +
      "User errors: `TRANSFER_REFUSED` (target unavailable, the caller himself, or no access to the chat: the portal does not tell them apart), `TRANSFER_TARGET_INVALID`, `CHAT_NOT_FOUND`. `operators` lists possible targets. Costs one call (`imopenlines.operator.transfer`).",
  })
  async chatTransfer(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to hand over." }) chatId: string,
    @Arg("to", () => TransferTarget, { description: "An operator or a line." }) to: TransferTarget,
  ): Promise<ChatTransferPayload> {
    const id = parseChatId(chatId);
    const target = parseTransferTarget(to, "to");
    const blame = { TRANSFER_REFUSED: ["to"], TRANSFER_TARGET_INVALID: ["to"] };
    return new ChatTransferPayload(await runAcceptedChatAction(context, info, id, operatorTransfer(id, target), blame));
  }
}
