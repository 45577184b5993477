import type { GraphQLError, GraphQLSchema } from "graphql";
import type { Limits } from "../../config/limits.ts";
import { costOf } from "./cost/cost.ts";
import { counted, limitExceeded } from "./limit-exceeded.ts";
import type { PreparedOperation } from "./prepare.ts";
import type { Variables } from "./variable-limits.ts";

/** Tells the most commands of the portal that an operation can need; for a subscription those of one event. */
export type Weigh = (operation: PreparedOperation, variables: Variables | null | undefined) => number;

export function createScales(schema: GraphQLSchema): Weigh {
  /** Of operations without variables: those that are sent again and again are weighed once. */
  const constant = new WeakMap<PreparedOperation, number>();
  return (operation, variables) => {
    const known = constant.get(operation);
    if (known !== undefined) return known;
    const cost = costOf(schema, operation.document, operation.name, variables);
    if ((operation.node.variableDefinitions?.length ?? 0) === 0) constant.set(operation, cost);
    return cost;
  };
}

/** Why an operation of that cost is not begun; undefined when it is. */
export function tooCostly(cost: number, { cost: maximum }: Pick<Limits, "cost">): GraphQLError | undefined {
  if (cost <= maximum) return undefined;
  const told = Number.isFinite(cost) ? counted(cost) : "countless";
  return limitExceeded({
    limit: "cost",
    maximum,
    ...(Number.isFinite(cost) ? { actual: cost } : {}),
    message: `The operation may need ${told} calls of the portal's methods; at most ${counted(maximum)} pass. Ask for smaller pages or fewer fields at once.`,
  });
}
