import { GraphQLError } from "graphql";
import { PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import type { CapabilityName } from "../../datasources/domain/capability.ts";
import type { MissingKind } from "../../datasources/loaders/capabilities.ts";
import { type MissingReason, missingReasonOf } from "../../refusals/missing-reason.ts";
import type { OperationContext } from "./context.ts";

/** How far a reason reaches. */
const KINDS: Readonly<Record<MissingReason, MissingKind>> = {
  PLAN: "plan",
  MODULE: "portal",
  SCOPE: "credential",
  RIGHT: "credential",
};

/**
 * Reads what not every portal, plan or credential has. What is known to be missing is not asked for again: the portal's own refusal is thrown
 * once more, which becomes FORBIDDEN with its reason. `proves`: whether this answer shows that it is there; an empty one shows nothing.
 */
export async function useCapability<T>(
  { loaders: { memory } }: OperationContext,
  name: CapabilityName,
  read: () => Promise<T>,
  proves: (answer: T) => boolean,
): Promise<T> {
  const { capabilities } = memory;
  await capabilities.recalled();
  const known = capabilities.get(name);
  if (known?.status === "missing") throw known.refusal;
  try {
    const answer = await read();
    if (known === undefined && proves(answer)) capabilities.isAvailable(name);
    return answer;
  } catch (error) {
    const reason = error instanceof PortalRefusal ? missingReasonOf(error) : undefined;
    if (error instanceof PortalRefusal && reason !== undefined) capabilities.isMissing(name, KINDS[reason], error);
    throw error;
  }
}

/** The refusal that says that a capability is missing; undefined for every other error. */
export function missingCapability(error: unknown): PortalRefusal | undefined {
  return error instanceof PortalRefusal && missingReasonOf(error) !== undefined ? error : undefined;
}

/** FORBIDDEN because something is missing that the refusal tells about. */
export function forbidden(
  message: string,
  { method, error }: PortalRefusal,
  reason: MissingReason | undefined,
): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: "FORBIDDEN", ...(reason === undefined ? {} : { reason }), bitrix24: { method, error } },
  });
}
