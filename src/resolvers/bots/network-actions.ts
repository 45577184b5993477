import { Arg, Ctx, Directive, Mutation, Resolver } from "type-graphql";
import { networkJoin, networkMessageAdd } from "../../datasources/imopenlines/network.ts";
import { notDone, ownUserError } from "../../refusals/user-error.ts";
import { parseId } from "../../schema/input-errors.ts";
import { UserErrorCode } from "../../schema/mutation-payload.ts";
import {
  NetworkLineJoinPayload,
  NetworkMessageSendInput,
  NetworkMessageSendPayload,
} from "../../schema/network-payloads.ts";
import { User } from "../../schema/user.ts";
import { runAction } from "../engine/action.ts";
import type { OperationContext } from "../engine/context.ts";
import { jsonParam } from "../engine/json-param.ts";
import { blockSizeProblem, emptyTextProblem, networkCodeProblem } from "../engine/text-guards.ts";
import { IDEMPOTENCY_KEY_UNSEEN, sendOnce } from "../sends/send-once.ts";
import { NOT_TO_BE_FOUND } from "../sends/sent-search.ts";

const JOIN_BLAME = {
  INVALID_NETWORK_CODE: ["code"],
  NETWORK_LINE_NOT_FOUND: ["code"],
  NETWORK_LINE_INACTIVE: ["code"],
};

const MESSAGE_BLAME = {
  INVALID_NETWORK_CODE: ["input", "code"],
  NETWORK_LINE_NOT_FOUND: ["input", "code"],
  USER_NOT_FOUND: ["input", "recipientId"],
  WEEKLY_LIMIT_REACHED: ["input", "recipientId"],
  TEXT_EMPTY: ["input", "text"],
  ATTACHMENT_INVALID: ["input", "attachments"],
  ATTACHMENT_TOO_LARGE: ["input", "attachments"],
  KEYBOARD_INVALID: ["input", "keyboard"],
};

/** Lines of other portals that reach this one through Bitrix24.Network. */
@Resolver()
export class NetworkActions {
  @Directive('@rest(method: "imopenlines.network.join")')
  @Mutation(() => NetworkLineJoinPayload, {
    nullable: true,
    description:
      "Joins an open line of another portal by its network code: a bot that stands for it appears on this portal. Anybody may; joining again changes nothing. " +
      "User errors: `INVALID_NETWORK_CODE`, `NETWORK_LINE_NOT_FOUND`, `NETWORK_LINE_INACTIVE`. Costs one call (`imopenlines.network.join`).",
  })
  async networkLineJoin(
    @Ctx() context: OperationContext,
    @Arg("code", () => String, { description: "The line's code: exactly 32 characters." }) code: string,
  ): Promise<NetworkLineJoinPayload> {
    const problem = networkCodeProblem(code, ["code"]);
    if (problem !== undefined) return new NetworkLineJoinPayload([problem], null);
    const { value, userErrors } = await runAction(context, networkJoin(code), JOIN_BLAME);
    if (value === null)
      return new NetworkLineJoinPayload(
        [ownUserError(UserErrorCode.NETWORK_LINE_NOT_FOUND, "The portal joined no line: check the code.", ["code"])],
        null,
      );
    return new NetworkLineJoinPayload(userErrors, value === undefined ? null : new User(value));
  }

  @Directive('@rest(method: "imopenlines.network.message.add")')
  @Mutation(() => NetworkMessageSendPayload, {
    nullable: true,
    description:
      "Writes to a user of this portal in the name of a network line. Anybody may, but each user gets at most one message a week of each line. " +
      "User errors: `INVALID_NETWORK_CODE`, `NETWORK_LINE_NOT_FOUND`, `USER_NOT_FOUND`, `WEEKLY_LIMIT_REACHED`, `TEXT_EMPTY`, `ATTACHMENT_TOO_LARGE`, `ATTACHMENT_INVALID`, `KEYBOARD_INVALID`, `MESSAGE_NOT_SENT`, `IDEMPOTENCY_KEY_REUSED`. Costs one call (`imopenlines.network.message.add`).",
  })
  async networkMessageSend(
    @Ctx() context: OperationContext,
    @Arg("input", () => NetworkMessageSendInput, { description: "The message." }) input: NetworkMessageSendInput,
    @Arg("idempotencyKey", () => String, { nullable: true, description: IDEMPOTENCY_KEY_UNSEEN })
    idempotencyKey?: string | null,
  ): Promise<NetworkMessageSendPayload> {
    const recipientId = parseId(input.recipientId, "input.recipientId");
    const problem =
      networkCodeProblem(input.code, ["input", "code"]) ??
      emptyTextProblem(input.text, ["input", "text"]) ??
      blockSizeProblem(input.attachments, "attachments") ??
      blockSizeProblem(input.keyboard, "keyboard");
    if (problem !== undefined) return new NetworkMessageSendPayload([problem], null);
    const call = networkMessageAdd({
      code: input.code,
      recipientId,
      text: input.text,
      attachment: jsonParam(input.attachments, "input.attachments"),
      keyboard: jsonParam(input.keyboard, "input.keyboard"),
      hasLinkPreview: input.urlPreview,
    });
    const { attachments = null, keyboard = null, urlPreview, code, text } = input;
    const outcome = await sendOnce(
      context,
      {
        mutation: "networkMessageSend",
        idempotencyKey,
        body: [code, recipientId, text, attachments, keyboard, urlPreview],
        method: call.method,
        search: NOT_TO_BE_FOUND,
      },
      async () => {
        const { value, userErrors } = await runAction(context, call, MESSAGE_BLAME);
        return { messageId: null, userErrors: value === false ? [notDone()] : userErrors };
      },
    );
    const isSent = outcome.userErrors.length === 0;
    return new NetworkMessageSendPayload([...outcome.userErrors], isSent ? new User(recipientId) : null);
  }
}
