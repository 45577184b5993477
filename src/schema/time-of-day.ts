import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from "graphql";

const TIME_OF_DAY = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** A wall-clock time as `HH:MM`. `9:30` is accepted on input and means `09:30`. */
export const TimeOfDay = new GraphQLScalarType<string, string>({
  name: "TimeOfDay",
  description:
    "A time of day on a 24-hour clock, `HH:MM` such as `09:30`, from `00:00` to `23:59`, in the time zone that stands beside it. Seconds are not accepted.",
  serialize: (value) => parseTimeOfDay(value),
  parseValue: (value) => parseTimeOfDay(value),
  parseLiteral: (node) => parseTimeOfDay(node.kind === Kind.STRING ? node.value : undefined, node),
});

/** Throws a GraphQLError for anything that is no time of day; `node` is where the client wrote it. */
export function parseTimeOfDay(value: unknown, node?: ValueNode): string {
  const match = typeof value === "string" ? TIME_OF_DAY.exec(value) : null;
  if (match === null) {
    throw new GraphQLError('A TimeOfDay is written "HH:MM" on a 24-hour clock, such as "09:30".', {
      nodes: node ?? null,
    });
  }
  return `${(match[1] ?? "").padStart(2, "0")}:${match[2]}`;
}
