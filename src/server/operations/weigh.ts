import type { GraphQLError, GraphQLSchema } from "graphql";
import type { Limits } from "../../config/limits.ts";
import { createAnswerFields } from "./cost/answer-fields.ts";
import { costOf } from "./cost/cost.ts";
import { type OperationText, operationText } from "./cost/selected-fields.ts";
import { counted, limitExceeded } from "./limit-exceeded.ts";
import type { PreparedOperation } from "./prepare.ts";
import type { Variables } from "./variable-limits.ts";

/** What an operation can need at the most; a subscription for one event. */
export interface Weight {
  /** Commands of the portal. */
  readonly cost: number;
  /** Fields of the answer. */
  readonly answerFields: number;
}

export type Weigh = (operation: PreparedOperation, variables: Variables | null | undefined) => Weight;

const NOTHING: Weight = { cost: 0, answerFields: 0 };

export function createScales(schema: GraphQLSchema): Weigh {
  const answerFields = createAnswerFields(schema);
  /** Of operations without variables: those that are sent again and again are weighed once. */
  const constant = new WeakMap<PreparedOperation, Weight>();
  function weightOf(text: OperationText): Weight {
    const cost = costOf(text);
    // What multiplies without end is refused for either: going through it once is long enough.
    return { cost, answerFields: Number.isFinite(cost) ? answerFields(text) : Number.POSITIVE_INFINITY };
  }
  return (operation, variables) => {
    const known = constant.get(operation);
    if (known !== undefined) return known;
    const text = operationText(schema, operation.document, operation.name, variables);
    const weight = text === undefined ? NOTHING : weightOf(text);
    if ((operation.node.variableDefinitions?.length ?? 0) === 0) constant.set(operation, weight);
    return weight;
  };
}

/** Why an operation of that weight is not begun; undefined when it is. */
export function tooHeavy(weight: Weight, limits: Pick<Limits, "cost" | "answerFields">): GraphQLError | undefined {
  const measured = [
    { limit: "cost", what: "The operation may need # calls of the portal's methods" },
    { limit: "answerFields", what: "The answer may have # fields" },
  ] as const;
  const over = measured.find(({ limit }) => weight[limit] > limits[limit]);
  if (over === undefined) return undefined;
  const maximum = limits[over.limit];
  const actual = weight[over.limit];
  const isTold = Number.isSafeInteger(actual);
  return limitExceeded({
    limit: over.limit,
    maximum,
    ...(isTold ? { actual } : {}),
    message: `${over.what.replace("#", isTold ? counted(actual) : "countless")}; at most ${counted(maximum)} pass. Ask for smaller pages or fewer fields at once.`,
  });
}
