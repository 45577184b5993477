import { PortalRefusal } from "../datasources/bitrix24/errors.ts";
import { type UserError, UserErrorCode } from "../schema/mutation-payload.ts";
import { meaningOf } from "./refusal-table.ts";

/** Which argument is to blame for which error: its path in the mutation's arguments. */
export type Blame = Readonly<Partial<Record<UserErrorCode, readonly string[]>>>;

/**
 * A refusal by the portal as a user error; `blame` is the path of the one argument to blame, or paths by error.
 * Only what is about this object or this action becomes data. Throws the refusal itself when it is about the caller, the plan, the rate
 * or the portal, so that it becomes a GraphQL error.
 */
export function userErrorFor(refusal: PortalRefusal, blame: Blame | readonly string[] = {}): UserError {
  const meaning = meaningOf(refusal);
  if (meaning.kind !== "business") throw refusal;
  const field = isPath(blame) ? blame : blame[meaning.user];
  return {
    code: meaning.user,
    message: meaning.sentence,
    field: field === undefined ? null : [...field],
    bitrixCode: refusal.error,
    portalMessage: refusal.description === "" ? null : refusal.description,
  };
}

/** Whether an error is the portal's refusal of this object or this action, which `userErrorFor` turns into data. */
export function isBusinessRefusal(error: unknown): error is PortalRefusal {
  return error instanceof PortalRefusal && meaningOf(error).kind === "business";
}

/** A refusal by the gateway itself: the portal was not asked. */
export function ownUserError(code: UserErrorCode, message: string, field?: readonly string[]): UserError {
  return { code, message, field: field === undefined ? null : [...field], bitrixCode: null, portalMessage: null };
}

/** The portal answered `false` with HTTP 200: it did not do it and gives no reason. */
export function notDone(
  message = "The portal did not do it and gives no reason: read the object again to see what holds.",
): UserError {
  return ownUserError(UserErrorCode.NOT_DONE, message);
}

function isPath(blame: Blame | readonly string[]): blame is readonly string[] {
  return Array.isArray(blame);
}
