import { Field, ID, ObjectType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { InboxItem } from "./inbox-item.ts";

@ObjectType({
  simpleResolvers: true,
  description:
    "What became of the caller's inbox since the result before: the first result is all of it. Keep items by id, put those of `changed` in their place, drop `removedIds`, and show them in `order`.",
})
export class InboxChange {
  @Field(() => Boolean, {
    description:
      "Whether `changed` is all of the list, as at first and whenever the gateway cannot tell what the client has: drop whatever else is kept.",
  })
  readonly isWholeList!: boolean;

  @Field(() => [ID], { description: "Ids of the rows that are shown, in their order: at most `first`." })
  readonly order!: readonly Id[];

  @Field(() => [InboxItem], { description: "Rows that came or of which something is different, in the list's order." })
  readonly changed!: readonly InboxItem[];

  @Field(() => [ID], {
    description: "Rows that are shown no longer: gone from the list, out of the filter, or pushed below the last row.",
  })
  readonly removedIds!: readonly Id[];

  @Field(() => Boolean, { description: "Whether the list goes on below the last row." })
  readonly hasMore!: boolean;
}
