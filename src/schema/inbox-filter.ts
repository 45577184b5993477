import { Field, ID, InputType } from "type-graphql";
import type { ChatRecord } from "../datasources/domain/chat.ts";
import type { Id } from "../datasources/domain/ids.ts";
import { type ChatState, ChatStateEnum } from "./chat-details.ts";
import { parseId } from "./input-errors.ts";

@InputType({ description: "Narrows an inbox. All given conditions must hold; an empty list holds for no chat." })
export class InboxFilter {
  @Field(() => Boolean, { nullable: true, description: "Only chats with messages that the caller has not read." })
  readonly unreadOnly?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Leave out chats that wait in a queue and have not been offered to the caller in person.",
  })
  readonly skipUndistributed?: boolean | null;

  @Field(() => [ChatStateEnum], { nullable: true, description: "Only chats in one of these states." })
  readonly states?: ChatState[] | null;

  @Field(() => [ID], { nullable: true, description: "Only chats that one of these lines serves now." })
  readonly lineIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: "Only chats of one of these channels, such as `livechat`." })
  readonly connectorIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: "Only chats one of these operators is responsible for." })
  readonly operatorIds?: string[] | null;
}

/** What of a chat a filter looks at. */
export interface InboxTraits {
  readonly state: ChatState;
  readonly lineId: Id | null;
  readonly connectorId: string | null;
  readonly operatorId: Id | null;
}

export interface ParsedInboxFilter {
  readonly unreadOnly: boolean;
  readonly skipUndistributed: boolean;
  /** Absent when the portal does all the filtering. */
  readonly matches: ((chat: ChatRecord) => boolean) | undefined;
}

/** `traitsOf` tells a chat's traits. Throws BAD_USER_INPUT for an id that is none. */
export function parseInboxFilter(
  filter: InboxFilter | null | undefined,
  traitsOf: (chat: ChatRecord) => InboxTraits,
): ParsedInboxFilter {
  const states = setOf(filter?.states);
  const lines = setOf(filter?.lineIds?.map((id) => parseId(id, "filter.lineIds")));
  const connectors = setOf(filter?.connectorIds);
  const operators = setOf(filter?.operatorIds?.map((id) => parseId(id, "filter.operatorIds")));
  const isFiltered = [states, lines, connectors, operators].some((set) => set !== undefined);
  const matches = (chat: ChatRecord): boolean => {
    const { state, lineId, connectorId, operatorId } = traitsOf(chat);
    return (
      (states?.has(state) ?? true) &&
      (lines?.has(lineId ?? "") ?? true) &&
      (connectors?.has(connectorId ?? "") ?? true) &&
      (operators?.has(operatorId ?? "") ?? true)
    );
  };
  return {
    unreadOnly: filter?.unreadOnly === true,
    skipUndistributed: filter?.skipUndistributed === true,
    matches: isFiltered ? matches : undefined,
  };
}

function setOf<T>(values: readonly T[] | null | undefined): ReadonlySet<T> | undefined {
  return values === null || values === undefined ? undefined : new Set(values);
}
