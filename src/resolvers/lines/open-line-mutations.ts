import { Arg, Ctx, Directive, ID, Mutation, Resolver } from "type-graphql";
import { configToChangeGet } from "../../datasources/imopenlines/config/config-reads.ts";
import {
  checkLineChanges,
  configAdd,
  configDelete,
  configUpdate,
} from "../../datasources/imopenlines/config/config-writes.ts";
import { type Blame, ownUserError } from "../../refusals/user-error.ts";
import { parseId } from "../../schema/input-errors.ts";
import { UserErrorCode } from "../../schema/mutation-payload.ts";
import { OpenLine, openLineRef } from "../../schema/open-line.ts";
import { OpenLineCreateInput, OpenLineUpdateInput } from "../../schema/open-line-input.ts";
import {
  OpenLineCreatePayload,
  OpenLineDeletePayload,
  OpenLineUpdatePayload,
} from "../../schema/open-line-payloads.ts";
import { runAction } from "../engine/action.ts";
import type { OperationContext } from "../engine/context.ts";
import { withInputErrors } from "./line-settings-input.ts";

const LINE_BLAME: Blame = { LINE_NOT_FOUND: ["openLineId"], ACCESS_DENIED: ["openLineId"] };

@Resolver()
export class OpenLineMutations {
  @Directive('@rest(method: "imopenlines.config.add")')
  @Mutation(() => OpenLineCreatePayload, {
    nullable: true,
    description:
      "Creates a line; a channel must be connected to it in the portal before customers can write. Any user of the portal may, by its documentation. User errors: `LINE_NOT_SAVED`, for which the portal gives no reason. A setting that the portal would misread or change by itself is refused as `BAD_USER_INPUT` before anything is sent; users of the queue who are not active are dropped by the portal without a word. One call (`imopenlines.config.add`).",
  })
  async openLineCreate(
    @Arg("input", () => OpenLineCreateInput, { description: "Settings of the new line." }) input: OpenLineCreateInput,
    @Ctx() context: OperationContext,
  ): Promise<OpenLineCreatePayload> {
    const call = withInputErrors(() => configAdd(input));
    const { value: lineId, userErrors } = await runAction(context, call);
    if (lineId !== null) return new OpenLineCreatePayload(userErrors, openLineRef(lineId));
    const message = "The portal did not save the new line and gives no reason: check its name and its queue.";
    return new OpenLineCreatePayload([ownUserError(UserErrorCode.LINE_NOT_SAVED, message, ["input"])], null);
  }

  @Directive('@rest(method: "imopenlines.config.get")')
  @Directive('@rest(method: "imopenlines.config.update")')
  @Mutation(() => OpenLineUpdatePayload, {
    nullable: true,
    description:
      "Changes settings of a line and leaves the others as they are. Needs the right to modify Open Lines. User errors: `LINE_NOT_FOUND`, `ACCESS_DENIED`, and `LINE_NOT_SAVED` for a failure without a reason, such as a queue in which nobody is active. A setting that the portal would misread or change by itself is refused as `BAD_USER_INPUT` before anything is sent. Two calls one after the other: the line is read first, because the portal resets the bot's settings and the category whenever they are not sent along; whoever changes just these between the two is overwritten (`imopenlines.config.update`).",
  })
  async openLineUpdate(
    @Arg("openLineId", () => ID, { description: "The line." }) openLineId: string,
    @Arg("input", () => OpenLineUpdateInput, { description: "What is to change." }) input: OpenLineUpdateInput,
    @Ctx() context: OperationContext,
  ): Promise<OpenLineUpdatePayload> {
    const lineId = parseId(openLineId, "openLineId");
    withInputErrors(() => checkLineChanges(input));
    const current = await context.portal.read(configToChangeGet(lineId), { fresh: true });
    if (current === null) return new OpenLineUpdatePayload([lineNotFound()], null);
    const call = withInputErrors(() => configUpdate(current, input));
    const { value: isSaved, userErrors } = await runAction(context, call, LINE_BLAME);
    const line = new OpenLine(lineId);
    if (isSaved !== false) return new OpenLineUpdatePayload(userErrors, line);
    const message =
      "The portal did not save the changes and gives no reason: check that the queue names somebody who is active.";
    return new OpenLineUpdatePayload([ownUserError(UserErrorCode.LINE_NOT_SAVED, message, ["input"])], line);
  }

  @Directive('@rest(method: "imopenlines.config.delete")')
  @Mutation(() => OpenLineDeletePayload, {
    nullable: true,
    description:
      "Deletes a line with its queue and automatic texts, and disconnects its channels; this cannot be undone. Needs the right to modify Open Lines. User errors: `LINE_NOT_FOUND`, `ACCESS_DENIED`. One call (`imopenlines.config.delete`).",
  })
  async openLineDelete(
    @Arg("openLineId", () => ID, { description: "The line." }) openLineId: string,
    @Ctx() context: OperationContext,
  ): Promise<OpenLineDeletePayload> {
    const lineId = parseId(openLineId, "openLineId");
    const { value: isDeleted, userErrors } = await runAction(context, configDelete(lineId), LINE_BLAME);
    if (isDeleted === false) return new OpenLineDeletePayload([lineNotFound()], null);
    return new OpenLineDeletePayload(userErrors, isDeleted === true ? lineId : null);
  }
}

function lineNotFound() {
  return ownUserError(UserErrorCode.LINE_NOT_FOUND, "There is no open line with this id.", ["openLineId"]);
}
