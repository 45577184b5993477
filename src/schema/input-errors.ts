import { GraphQLError } from "graphql";
import type { Id } from "../datasources/domain/ids.ts";

/** An input that the client must change; `message` says what was wrong and what would be right, `more` what programs go by. */
export function badUserInput(message: string, more: Readonly<Record<string, string>> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { ...more, code: "BAD_USER_INPUT" } });
}

const DIGITS = /^[1-9][0-9]{0,18}$/;

/** A portal id from a client: digits only, greater than 0. `name` is the argument's name for the message. */
export function parseId(value: string, name: string): Id {
  if (DIGITS.test(value)) return value;
  throw badUserInput(`${name} must be an id: a whole number greater than 0, such as "42". Got ${quote(value)}.`);
}

/** A chat id; the dialog id spelling `chat42` means the same chat. */
export function parseChatId(value: string, name = "chatId"): Id {
  return parseId(value.startsWith("chat") ? value.slice(4) : value, name);
}

export const MAX_PAGE_SIZE = 100;

/** The page size of a connection: 1..100, `fallback` when the client did not say. */
export function parsePageSize(value: number | null | undefined, name: "first" | "last", fallback: number): number {
  const size = value ?? fallback;
  if (Number.isInteger(size) && size >= 1 && size <= MAX_PAGE_SIZE) return size;
  throw badUserInput(`${name} must be between 1 and ${MAX_PAGE_SIZE}. Got ${size}.`);
}

/** Repeats a short part of what the client sent, so that the message helps and cannot be used to echo large bodies. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
