import { Field, ID, InputType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { createConnectionType } from "./connections.ts";
import { describedEnum } from "./described-enum.ts";
import { OpenLine } from "./open-line.ts";

export const OpenLineConnection = createConnectionType("OpenLine", () => OpenLine, "Open lines of the portal.");

@InputType({ description: "Which lines. Conditions that are left out or null do not count; the others must all hold." })
export class OpenLineFilter {
  @Field(() => [ID], { nullable: true, description: "Lines with one of these ids, at most 100; `[]` finds none." })
  readonly ids?: readonly Id[] | null;

  @Field(() => Boolean, { nullable: true, description: "Lines that take dialogs, or those that do not." })
  readonly isActive?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Temporary lines, or the others." })
  readonly isTemporary?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: "Lines whose automatic texts are in this language, such as `de`.",
  })
  readonly languageCode?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Lines whose name contains this text, in either case. The portal's documentation describes filters for equal values only; a portal that does not take this one refuses the query.",
  })
  readonly nameContains?: string | null;
}

export type OpenLineOrderField = "ID" | "NAME";
export type OrderDirection = "ASC" | "DESC";

const OpenLineOrderFieldEnum = describedEnum<OpenLineOrderField>("OpenLineOrderField", "What lines are sorted by.", {
  ID: "By id, that is by age.",
  NAME: "By name, in the order of the portal's database; lines with the same name by id.",
});

export const OrderDirectionEnum = describedEnum<OrderDirection>("OrderDirection", "Which end of a list comes first.", {
  ASC: "Smallest or oldest first.",
  DESC: "Greatest or newest first.",
});

@InputType({ description: "In which order lines are listed." })
export class OpenLineOrder {
  @Field(() => OpenLineOrderFieldEnum, { description: "What lines are sorted by." })
  readonly field!: OpenLineOrderField;

  @Field(() => OrderDirectionEnum, { defaultValue: "ASC", description: "Which end comes first." })
  readonly direction!: OrderDirection;
}
