import { Field, ID, InputType } from "type-graphql";
import type { Id } from "../datasources/domain/ids.ts";
import { parseUserCode } from "../datasources/domain/user-code.ts";
import { badUserInput, parseChatId, parseId, quote } from "./input-errors.ts";

@InputType({ description: "Names a chat in one of three ways." })
export class ChatLookup {
  @Field(() => ID, { nullable: true, description: "The chat's id; `chat5` is read as `5`." })
  readonly id?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of any session of the chat." })
  readonly sessionId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The customer's code: `connector|line|chat in the channel|user in the channel`; the CRM's prefix `imol|` may stay.",
  })
  readonly userCode?: string | null;
}

@InputType({ description: "Names a session in one of two ways." })
export class SessionLookup {
  @Field(() => ID, { nullable: true, description: "The session's id." })
  readonly id?: string | null;

  @Field(() => ID, { nullable: true, description: "A chat's id, for its newest session; `chat5` is read as `5`." })
  readonly chatId?: string | null;
}

export type ParsedChatLookup =
  | { readonly key: "id"; readonly chatId: Id }
  | { readonly key: "sessionId"; readonly sessionId: Id }
  | { readonly key: "userCode"; readonly userCode: string };

export type ParsedSessionLookup =
  | { readonly key: "id"; readonly sessionId: Id }
  | { readonly key: "chatId"; readonly chatId: Id };

/** Throws BAD_USER_INPUT unless exactly one key is given and its value can be meant. */
export function parseChatLookup(by: ChatLookup): ParsedChatLookup {
  const [key, value] = onlyKey(by, ["id", "sessionId", "userCode"]);
  switch (key) {
    case "id":
      return { key, chatId: parseChatId(value, "by.id") };
    case "sessionId":
      return { key, sessionId: parseId(value, "by.sessionId") };
    case "userCode":
      return { key, userCode: parseUserCodeInput(value) };
  }
}

/** Throws BAD_USER_INPUT unless exactly one key is given and its value can be meant. */
export function parseSessionLookup(by: SessionLookup): ParsedSessionLookup {
  const [key, value] = onlyKey(by, ["id", "chatId"]);
  switch (key) {
    case "id":
      return { key, sessionId: parseId(value, "by.id") };
    case "chatId":
      return { key, chatId: parseChatId(value, "by.chatId") };
  }
}

/** `@oneOf` is checked by the executor too; this holds for one that does not know it. */
function onlyKey<Key extends string>(
  by: { readonly [K in Key]?: string | null },
  keys: readonly Key[],
): readonly [Key, string] {
  const given: (readonly [Key, string])[] = [];
  for (const key of keys) {
    const value = by[key];
    if (value === null) throw badUserInput(`by.${key} must not be null. Leave out the keys that you do not use.`);
    if (value !== undefined) given.push([key, value]);
  }
  const [only, ...more] = given;
  if (only !== undefined && more.length === 0) return only;
  throw badUserInput(`by needs exactly one of ${keys.join(", ")}. Got ${given.length === 0 ? "none" : given.length}.`);
}

/** The code as the portal stores it: `session.open` would look for the CRM's prefix literally. */
function parseUserCodeInput(value: string): string {
  const code = parseUserCode(value.trim());
  if (code !== null) return code.raw;
  throw badUserInput(
    `by.userCode must be connector|line|chat|user, such as "livechat|22|1775|599". Got ${quote(value)}.`,
  );
}
