import { ArgsType, Field, Int } from "type-graphql";

@ArgsType()
export class ForwardPaging {
  @Field(() => Int, {
    nullable: true,
    description: "How many items, 1..100; the field's description tells the default.",
  })
  readonly first?: number | null;

  @Field(() => String, { nullable: true, description: "Cursor to go on behind." })
  readonly after?: string | null;
}

/** `first/after` or `last/before`; neither pair means the newest items. */
@ArgsType()
export class TwoWayPaging extends ForwardPaging {
  @Field(() => Int, { nullable: true, description: "How many items from the end, or before `before`. 1..100." })
  readonly last?: number | null;

  @Field(() => String, { nullable: true, description: "Cursor to go back from." })
  readonly before?: string | null;
}
