import { GraphQLError } from "graphql";

/** What a client asked for beyond a limit. */
export interface Excess {
  /** What is bounded, as it stands in the error's `limit`. */
  readonly limit: string;
  /** What would pass. */
  readonly maximum: number;
  /** What was asked for, where it can be told. */
  readonly actual?: number;
  readonly message: string;
}

/** The refusal of what goes beyond a limit: names the limit, what was asked for, and what would pass. */
export function limitExceeded({ limit, maximum, actual, message }: Excess): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: "LIMIT_EXCEEDED", limit, maximum, ...(actual === undefined ? {} : { actual }) },
  });
}

/** A number as it stands in sentences. */
export function counted(number: number): string {
  return number.toLocaleString("en-US");
}
