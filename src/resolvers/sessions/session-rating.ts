import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Directive, ID, Info, Int, Mutation, Resolver } from "type-graphql";
import type { Id } from "../../datasources/domain/ids.ts";
import { sessionHistoryGet } from "../../datasources/imopenlines/history.ts";
import { sessionHeadVote } from "../../datasources/imopenlines/session-actions.ts";
import { isBusinessRefusal, notDone, ownUserError } from "../../refusals/user-error.ts";
import { parseId } from "../../schema/input-errors.ts";
import { type UserError, UserErrorCode } from "../../schema/mutation-payload.ts";
import { Session } from "../../schema/session.ts";
import { SessionRatePayload } from "../../schema/session-payloads.ts";
import { runAction } from "../engine/action.ts";
import type { OperationContext } from "../engine/context.ts";
import { defineFields } from "../engine/field-table.ts";
import { lookAhead } from "../engine/lookahead.ts";

/** What goes to the portal: a comment that is absent is erased by it whenever a rating is sent. */
interface Vote {
  readonly rating: number | undefined;
  readonly comment: string | undefined;
}

/** The supervisor's rating of a session. */
@Resolver()
export class SessionRating {
  @Directive('@rest(method: "imopenlines.session.head.vote")')
  @Directive('@rest(method: "imopenlines.session.history.get")')
  @Mutation(() => SessionRatePayload, {
    nullable: true,
    description:
      "Stores a supervisor's rating of a session, a comment, or both; repeated calls overwrite. For supervisors who may rate on the session's line. The portal would erase the stored comment whenever a rating comes without one, so a comment that the call does not mention is read first and sent along, which downloads the session's history; `comment: null` or `\"\"` together with a rating erases it on purpose. A comment alone leaves the rating; it cannot be erased without a rating. Comments are cut after 10,000 characters by the portal. " +
      "User errors: `RATING_OUT_OF_RANGE`, `RATING_OR_COMMENT_REQUIRED`, `COMMENT_UNREADABLE` (the stored comment could not be read, nothing was sent), `ACCESS_DENIED` (no such session, no right to rate, or not in the portal's plan), `SESSION_NOT_FOUND`. Costs one call, one more for a comment that is not mentioned (`imopenlines.session.head.vote`).",
  })
  async sessionRate(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("sessionId", () => ID, { description: "The session, which may be closed." }) sessionId: string,
    @Arg("rating", () => Int, { nullable: true, description: "1 to 5; not given or null: the rating stays." })
    rating?: number | null,
    @Arg("comment", () => String, {
      nullable: true,
      description: "Not given: the stored comment stays. null or empty together with a rating: it is erased.",
    })
    comment?: string | null,
  ): Promise<SessionRatePayload> {
    const id = parseId(sessionId, "sessionId");
    const problem = ratingProblem(rating, comment);
    if (problem !== undefined) return new SessionRatePayload([problem], id);
    const vote = await completeVote(context, id, rating ?? undefined, comment);
    if ("code" in vote) return new SessionRatePayload([vote], id);
    const blame = { SESSION_NOT_FOUND: ["sessionId"], ACCESS_DENIED: ["sessionId"] };
    const reread = lookAhead(info).child("session").isIdOnly ? undefined : sessionHistoryGet({ sessionId: id });
    const call = sessionHeadVote({ sessionId: id, ...vote });
    const epoch = context.portal.writeEpoch();
    const askedAt = performance.now();
    const done = await runAction(context, call, blame, reread);
    if (done.reread !== undefined)
      context.loaders.histories.expect({ sessionId: id }, { answer: done.reread, askedAt }, epoch);
    const userErrors = done.value === false ? [notDone()] : done.userErrors;
    return new SessionRatePayload(userErrors, id, done.reread !== undefined);
  }
}

/** The session as it was read again, or a reference that loads itself; null beside a refusal when it cannot be seen. */
export const sessionRateFields = defineFields(SessionRatePayload, {
  session: ({ sessionId, isReadAgain, userErrors }, { loaders }) => {
    if (!isReadAgain) return new Session(sessionId);
    return loaders.histories.load({ sessionId }).then(
      (history) => (history === null ? null : new Session(history.sessionId, history.chatId, history)),
      (error: unknown) => {
        if (userErrors.length > 0 && isBusinessRefusal(error)) return null;
        throw error;
      },
    );
  },
});

/** What is wrong with a rating before the portal is asked: it checks no range and takes a comment of just 0 for none. */
function ratingProblem(rating: number | null | undefined, comment: string | null | undefined): UserError | undefined {
  if (rating !== undefined && rating !== null) {
    if (rating >= 1 && rating <= 5) return undefined;
    return ownUserError(UserErrorCode.RATING_OUT_OF_RANGE, `A rating is a whole number from 1 to 5. Got ${rating}.`, [
      "rating",
    ]);
  }
  const text = comment?.trim() ?? "";
  if (text !== "" && text !== "0") return undefined;
  return ownUserError(
    UserErrorCode.RATING_OR_COMMENT_REQUIRED,
    "Give a rating, a comment that is not empty or just 0, or both; a comment can only be erased together with a rating.",
  );
}

/** Adds the stored comment where a rating would erase it, or says that it could not be read. */
async function completeVote(
  context: OperationContext,
  sessionId: Id,
  rating: number | undefined,
  comment: string | null | undefined,
): Promise<Vote | UserError> {
  if (comment !== undefined) return { rating, comment: comment ?? "" };
  try {
    // Read past every cache: an older comment would overwrite a newer one.
    const call = sessionHistoryGet({ sessionId });
    const history = await context.portal.read(call, { fresh: true });
    return { rating, comment: history.supervisorComment ?? "" };
  } catch (error) {
    if (!isBusinessRefusal(error)) throw error;
    return {
      ...ownUserError(
        UserErrorCode.COMMENT_UNREADABLE,
        "The stored comment could not be read, and a rating without it would erase it: give a comment to replace it, or null to erase it.",
        ["comment"],
      ),
      bitrixCode: error.error,
      portalMessage: error.description === "" ? null : error.description,
    };
  }
}
