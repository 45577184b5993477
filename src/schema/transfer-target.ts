import { Field, ID, InputType } from "type-graphql";
import type { TransferTarget as Target } from "../datasources/domain/transfer-target.ts";
import { badUserInput, parseId } from "./input-errors.ts";

@InputType({ description: "To whom a chat is transferred: exactly one of the two." })
export class TransferTarget {
  @Field(() => ID, { nullable: true, description: "An operator: an active employee of the portal." })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: "An open line: its queue hands the chat to an operator." })
  lineId?: string | null;
}

/** The one target that was named; throws BAD_USER_INPUT for none, two, null or an id that is not one. */
export function parseTransferTarget(target: TransferTarget, name: string): Target {
  const named = Object.entries(target).filter(([, value]) => value !== undefined);
  const [first, second] = named;
  if (first === undefined || second !== undefined || typeof first[1] !== "string")
    throw badUserInput(`${name} must name exactly one target, userId or lineId, and not null.`);
  return first[0] === "userId"
    ? { userId: parseId(first[1], `${name}.userId`) }
    : { lineId: parseId(first[1], `${name}.lineId`) };
}
